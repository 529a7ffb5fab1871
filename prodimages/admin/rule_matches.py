"""The dry run of the style rules: which products get which styles, before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from prodimages.admin.access import host_products
from prodimages.admin.pages import page
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.models import Style, StyleRule
from prodimages.services.rule_matches import MOST, NO_RULE, OWN_STYLES, Survey, in_order, survey
from prodimages.shops.base import ShopBackend
from prodimages.shops.registry import shop_backend

if TYPE_CHECKING:
    from prodimages.admin.styles import StyleRuleAdmin

PER_PAGE = 50
ASKED = ("_matches", "rule", "page")


def saved_rules(admin: StyleRuleAdmin, request: HttpRequest) -> HttpResponse:
    """All rules of one shop as they stand."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    declared = list(settings.SHOPS)
    shop = request.GET.get("shop") or ("local" if "local" in declared else "".join(declared[:1]))
    rules = in_order(StyleRule.objects.for_shop(shop))
    styles = [list(rule.styles.all()) for rule in rules]
    return _show(admin, request, shop, rules, styles, request.GET)


def draft_rule(
    admin: StyleRuleAdmin, request: HttpRequest, draft: StyleRule, styles: QuerySet[Style]
) -> HttpResponse:
    """The rules of its shop with ``draft``, which is not saved, among them."""
    rules = in_order(StyleRule.objects.for_shop(draft.shop), draft)
    lists = [list(styles if rule is draft else rule.styles.all()) for rule in rules]
    asked = request.POST.copy()
    if "rule" not in asked and draft in rules:
        asked["rule"] = str(rules.index(draft))
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (*ASKED, "csrfmiddlewaretoken")
    ]
    return _show(admin, request, draft.shop, rules, lists, asked, hidden=hidden, draft=draft)


def _show(
    admin: StyleRuleAdmin,
    request: HttpRequest,
    shop: str,
    rules: list[StyleRule],
    styles: list[list[Style]],
    asked: QueryDict,
    **context: Any,
) -> HttpResponse:
    context |= {
        "title": _("Which products match?"),
        "subtitle": None,
        "opts": admin.opts,
        "shop": shop,
        "shops": sorted(settings.SHOPS),
        "most": MOST,
    }
    try:
        backend = shop_backend(shop)
    except RequestRefused as refused:
        context["problem"] = str(refused)
    else:
        products = _products(admin, request, backend)
        found = survey(products, backend, rules)
        context |= {"survey": found, "rows": _rows(found, rules, styles)}
        context |= _matching(found, products, backend, asked)
    return page(request, admin.admin_site, "prodimages/admin/rule_matches.html", context)


def _products(admin: StyleRuleAdmin, request: HttpRequest, backend: ShopBackend) -> QuerySet[Any]:
    """The shop's products, without those that the host's admin would not show this person."""
    products = backend.products()
    seen = host_products(request, admin.admin_site)
    return products if seen is None else products.filter(pk__in=seen.order_by().values("pk"))


def _rows(found: Survey, rules: list[StyleRule], styles: list[list[Style]]) -> list[dict[str, Any]]:
    counts = found.counts()
    rows: list[dict[str, Any]] = [
        {"choice": str(at), "name": rule.name, "styles": styles[at], "count": counts[str(at)]}
        for at, rule in enumerate(rules)
    ]
    rows.append({"choice": OWN_STYLES, "name": _("Styles of the product's own settings")})
    rows.append({"choice": NO_RULE, "name": _("No rule: nothing is made by itself")})
    for row in rows[-2:]:
        row["count"] = counts[row["choice"]]
    return rows


def _matching(
    found: Survey, products: QuerySet[Any], backend: ShopBackend, asked: QueryDict
) -> dict[str, Any]:
    """One page of the products that the asked for rule chooses; of all without one."""
    choice = asked.get("rule", "")
    keys = found.keys(choice) if choice else list(found.chosen)
    shown = Paginator(keys, PER_PAGE).get_page(asked.get("page"))
    by_key = products.in_bulk(list(shown.object_list))
    infos = [backend.describe(by_key[key]) for key in shown.object_list if key in by_key]
    return {"choice": choice, "page": shown, "infos": infos}
