"""The page between the product list and the jobs: choose, preview, send."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.admin.forms import GenerateForm, StyleChoice, new_key
from prodimages.admin.ordering import FITTING, WANTED, Ordering, wanted_by
from prodimages.admin.pages import admin_url, is_live, page
from prodimages.admin.placement_page import page_url
from prodimages.admin.selection import Selection
from prodimages.admin.style_cards import StyleCards, own_pictures, style_in_words
from prodimages.exceptions import IdempotencyConflict, RequestRefused
from prodimages.models import Style
from prodimages.services import proofs
from prodimages.services.resolution import resolution
from prodimages.shops.registry import shop_backend

PRODUCTS_SHOWN = 24


def generate_page(ordering: Ordering, selection: Selection | None) -> HttpResponse:
    """Show the form, its preview, or send the order.

    ``selection`` is given where the page is opened; a form that comes back carries its own.
    """
    data: QueryDict = ordering.request.POST
    if "key" not in data:
        selection = selection or Selection()
        return _show(ordering, _fresh_form(ordering, selection), selection)
    if selection is not None:  # the product's own page: its address says which product
        data = ordering.request.POST.copy()
        data["selection"] = selection.as_text()
    if "_fit" in data:
        data = _fitted(data)
    form = GenerateForm(data, shop=ordering.shop)
    form.is_valid()
    selection = form.cleaned_data.get("selection", Selection())
    if "_preview" in data or "_fit" in data:
        return _show(ordering, form, selection)
    if form.is_valid():
        try:
            receipt = ordering.submit(form)
        except IdempotencyConflict:
            form = _with_new_key(ordering, form)
        except RequestRefused as refused:
            form.refuse(refused)
        else:
            ordering.tell(receipt)
            return HttpResponseRedirect(ordering.after(receipt))
    return _show(ordering, form, selection)


def _fitted(data: QueryDict) -> QueryDict:
    """The form with one of the ways out for small photos filled in; it may be changed again."""
    name, _is, value = str(data["_fit"]).partition("=")
    data = data.copy()
    if name in {*FITTING, "size"}:
        data[name] = value
    return data


def _fresh_form(ordering: Ordering, selection: Selection) -> GenerateForm:
    first = Style.objects.offered(ordering.shop).first()
    return GenerateForm(
        shop=ordering.shop,
        initial={"style": first, "key": new_key(), "selection": selection.as_text()},
    )


def _with_new_key(ordering: Ordering, form: GenerateForm) -> GenerateForm:
    """The form again, for somebody who came back to it and changed it."""
    data = ordering.request.POST.copy()
    data["selection"] = form.data["selection"]
    data["key"] = new_key()
    form = GenerateForm(data, shop=ordering.shop)
    form.is_valid()
    form.add_error(
        None,
        _(
            "This form was sent before with other values, and those jobs exist. "
            "Press “Generate” once more to order these as well."
        ),
    )
    return form


def _show(ordering: Ordering, form: GenerateForm, selection: Selection) -> HttpResponse:
    request, host = ordering.request, ordering.host
    products: list[Model] = []
    problem = ""
    try:
        products = ordering.products(selection)
    except RequestRefused as refused:
        problem = str(refused)
    context = _preview(ordering, form, products)
    if is_live(request):
        return page(request, host.admin_site, "prodimages/admin/includes/preview.html", context)
    _show_own_styles(ordering, form)
    names = f"{host.opts.app_label}_{host.opts.model_name}"
    context |= {
        "title": _("Generate images"),
        "subtitle": None,
        "opts": host.opts,
        "form": form,
        "fields": [form[name] for name in (*WANTED, *FITTING)],
        "offers_proof": proofs.asks(len(products)),
        "problem": problem,
        "count": len(products),
        "summary": _summary(ordering, products),
        "rows": _rows(ordering, products[:PRODUCTS_SHOWN]),
        "more": max(0, len(products) - PRODUCTS_SHOWN),
        "action": admin_url(host.admin_site, f"{names}_generate_images"),
        "list_url": admin_url(host.admin_site, f"{names}_changelist"),
        "placement_url": page_url(host.admin_site, products[0]) if len(products) == 1 else "",
    }
    return page(request, host.admin_site, "prodimages/admin/generate.html", context)


def _show_own_styles(ordering: Ordering, form: GenerateForm) -> None:
    """Give the cards of the shop's own styles a picture that was made with them."""
    style = form.fields["style"]
    assert isinstance(style, StyleChoice)
    assert style.queryset is not None
    if isinstance(style.widget, StyleCards):
        site = ordering.host.admin_site
        style.widget.pictures = own_pictures(ordering.request, site, style.queryset)


def _summary(ordering: Ordering, products: list[Model]) -> str:
    opts = ordering.host.opts
    noun = ngettext(str(opts.verbose_name), str(opts.verbose_name_plural), len(products))
    return f"{len(products)} {noun}"


def _preview(ordering: Ordering, form: GenerateForm, products: list[Model]) -> dict[str, Any]:
    """The first product's plan, or why there is none."""
    if not products:
        return {"plan": None, "refused": ""}
    if form.is_bound:
        form.is_valid()
        if any(name not in form.cleaned_data for name in WANTED):
            return {"plan": None, "refused": _("Correct the fields first.")}
        wanted = wanted_by(form)
    else:
        wanted = {"style": form.initial["style"]}
    try:
        plan = ordering.preview(products[0], wanted)
    except RequestRefused as refused:
        return {"plan": None, "refused": str(refused), "first": products[0]}
    return {
        "plan": plan,
        "style_name": style_in_words(plan.style["slug"], plan.style["name"]),
        "first": products[0],
        "notices": plan.notices,
        "resolution": resolution(products, plan, shop=ordering.shop),
    }


def _rows(ordering: Ordering, products: list[Model]) -> list[dict[str, Any]]:
    """The products with the address of their photo's thumbnail; none where there is no photo."""
    backend = shop_backend(ordering.shop)
    photos = backend.photos_for(products)
    host = ordering.host
    name = f"{host.opts.app_label}_{host.opts.model_name}_product_photo"
    return [
        {
            "product": product,
            "photo": admin_url(host.admin_site, name, product.pk) if photos.get(product.pk) else "",
        }
        for product in products
    ]
