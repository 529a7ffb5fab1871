"""From a request's body to an order, and from its receipt to one result for each product."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from prodimages.api.callers import Caller
from prodimages.choices import Source
from prodimages.exceptions import RequestRefused
from prodimages.models import Style
from prodimages.pipeline.overrides import Overrides
from prodimages.services.submission import Order, Receipt, repeat_of, submit
from prodimages.shops.registry import shop_backend

HEADER = "Idempotency-Key"


def idempotency_key(request: Request) -> str:
    """Of the header; empty when there is none. Raises ValidationError for one that is no key."""
    key = str(request.headers.get(HEADER, ""))
    if key and not (len(key) <= 200 and key.isascii() and key.isprintable()):
        text = _("An idempotency key is up to 200 printable ASCII characters.")
        raise ValidationError({HEADER: [text]})
    return key


def place(
    request: Request, wishes: Mapping[str, Any], texts: Sequence[str]
) -> tuple[Receipt, dict[str, Model]]:
    """Submit ``wishes``, a validated body, for the products that ``texts`` mean.

    Returns the receipt and the products that there are, by text. A repeat is known by its
    body alone, so that it gets the same answer when a style or a product has gone since.
    Raises RequestRefused by field of the body, and what ``submit`` raises.
    """
    caller: Caller = request.auth
    key, digest = idempotency_key(request), _digest(request.path, wishes)
    earlier = None
    if key:
        earlier = repeat_of(shop=caller.shop, client=caller.client, key=key, digest=digest)
    products = _products(request, texts)
    if earlier is not None:
        return earlier, products
    style = _style(caller.shop, wishes["style"])
    if not products:
        raise RequestRefused.about("products", _("The shop has none of these products."))
    order = Order(
        products=list({product.pk: product for product in products.values()}.values()),
        style=style,
        count=wishes["count"],
        seed=wishes["seed"],
        prompt=wishes["prompt"],
        size=wishes["size"],
        overrides=_overrides(wishes["overrides"]),
        shop=caller.shop,
        source=Source.API,
        client=caller.client,
        api_key=caller.key,
        body_digest=digest,
        idempotency_key=key,
        user=caller.user,
        proof=wishes.get("proof", False),
    )
    return submit(order), products


def _digest(path: str, wishes: Mapping[str, Any]) -> str:
    body = json.dumps([path, wishes], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _products(request: Request, texts: Sequence[str]) -> dict[str, Model]:
    caller: Caller = request.auth
    found = shop_backend(caller.shop).find_all(list(dict.fromkeys(texts)))
    visible = caller.products_within_reach(request)
    if visible is None:
        return found
    keys = [product.pk for product in found.values()]
    allowed = set(visible.filter(pk__in=keys).values_list("pk", flat=True))
    return {text: product for text, product in found.items() if product.pk in allowed}


def _style(shop: str, slug: str | None) -> Style | None:
    if slug is None:
        return None
    style = Style.objects.offered(shop).filter(slug=slug).first()
    if style is None:
        raise RequestRefused.about("style", _("The shop has no such style that is active."))
    return style


def _overrides(values: Mapping[str, Any] | None) -> Overrides | None:
    """None takes what is remembered for each product, as everywhere."""
    if values is None:
        return None
    try:
        return Overrides.parse(values)
    except RequestRefused as refused:
        problems = {f"overrides.{name}": texts for name, texts in refused.problems.items()}
        raise RequestRefused(problems) from refused


def results(
    receipt: Receipt, texts: Sequence[str], products: Mapping[str, Model]
) -> list[dict[str, Any]]:
    """What each of ``texts`` got: keys of its generations, or why there are none."""
    of_product: dict[str, list[int]] = defaultdict(list)
    for job, product in receipt.submission.jobs.order_by("pk").values_list("pk", "product_id"):
        of_product[str(product)].append(job)
    reasons = {item.key: item.reason for item in receipt.skipped}
    answer = []
    for text in texts:
        key = str(products[text].pk) if text in products else ""
        made = of_product.get(key, [])
        error = None if made else reasons.get(key, _("The shop has no such product."))
        answer.append({"product": text, "generations": made, "error": error})
    return answer
