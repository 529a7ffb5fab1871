"""Orders pictures for the products that a shop has already, piece by piece and never twice."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prodimages.choices import Source
from prodimages.exceptions import BudgetSpent, RequestRefused
from prodimages.models import GenerationJob, Style, StyleRule
from prodimages.pipeline.registry import needs_photo
from prodimages.services.rule_matches import pages
from prodimages.services.styles import matches
from prodimages.services.submission import Order, submit
from prodimages.shops.base import ProductInfo, ShopBackend
from prodimages.shops.platform import PlatformShop
from prodimages.shops.registry import shop_backend

CHUNK = 250
"""Products of one order: small enough to be written in a moment."""
CLIENT = "backfill"
CONDITIONS = ("category", "tag", "product_type", "sku", "name", "color", "key")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be backfilled. The same wish, asked again, goes on where it stopped."""

    shop: str
    style: Style | None
    """None lets the rules choose."""
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """``category`` is the beginning of a path and ``tag`` one of several; the others are equal.
    Upper and lower case are the same."""
    count: int = 1

    def name(self) -> str:
        """The same for the same wish."""
        body = [self.shop, self.style and self.style.slug, dict(self.where), self.count]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


@dataclasses.dataclass
class Progress:
    """What has become of the products so far; ``looked_at`` counts them all."""

    looked_at: int = 0
    matching: int = 0
    ordered: int = 0
    jobs: int = 0
    before: int = 0
    """Ordered by an earlier run, or by one beside this."""
    skipped: int = 0
    reasons: dict[str, int] = dataclasses.field(default_factory=dict)


def products(wish: Wish) -> QuerySet[Any]:
    """All products of the shop; conditions are looked at one by one. Raises RequestRefused."""
    unknown = sorted(set(wish.where) - set(CONDITIONS))
    if unknown:
        raise RequestRefused.about(
            "where",
            _("There is no condition “%(name)s”. Known: %(known)s.")
            % {"name": unknown[0], "known": ", ".join(CONDITIONS)},
        )
    return shop_backend(wish.shop).products()


def run(wish: Wish, progress: Progress, *, dry: bool = False) -> Iterator[None]:
    """Order piece by piece, and keep ``progress`` up to date, also where this ends in an error.

    Raises BudgetSpent where a budget has no room for one more product, and RequestRefused where
    the style can't be served: what was ordered stays ordered, and the next run goes on there.
    """
    backend = shop_backend(wish.shop)
    for page in pages(products(wish), size=CHUNK):
        wanted = [product for product in page if _meets(wish.where, backend.describe(product))]
        progress.matching += len(wanted)
        left = _without_ordered(wish, wanted)
        progress.before += len(wanted) - len(left)
        if dry:
            _try(wish, backend, left, progress)
        else:
            _order(wish, backend, left, progress)
        progress.looked_at += len(page)
        yield


def _meets(where: Mapping[str, str], info: ProductInfo) -> bool:
    rule = StyleRule(category=where.get("category", ""), tag=where.get("tag", ""))
    plain = {name: text for name, text in where.items() if name not in ("category", "tag")}
    return matches(rule, info) and all(
        str(getattr(info, name)).lower() == text.lower() for name, text in plain.items()
    )


def _without_ordered(wish: Wish, wanted: Sequence[Any]) -> list[Any]:
    """Those for which this wish has made no job yet."""
    jobs = GenerationJob.objects.filter(
        submission__shop=wish.shop,
        submission__client=CLIENT,
        submission__idempotency_key__startswith=wish.name(),
        product__in=[product.pk for product in wanted],
    )
    there = set(jobs.values_list("product_id", flat=True))
    return [product for product in wanted if product.pk not in there]


def _try(wish: Wish, backend: ShopBackend, left: Sequence[Any], progress: Progress) -> None:
    """Count as an order would, as far as that is known without one."""
    photos = backend.photos_for(left)
    for product in left:
        if photos.get(product.pk) or not (wish.style is None or needs_photo(wish.style.task)):
            progress.ordered += 1
        else:
            _skip(progress, [_("The product has no photo yet.")])


def _order(wish: Wish, backend: ShopBackend, left: list[Any], progress: Progress) -> None:
    if not left:
        return
    try:
        receipt = submit(_as_order(wish, left))
    except BudgetSpent:
        if len(left) == 1:
            raise
        # What room there is, is used before the run stops.
        half = len(left) // 2
        _order(wish, backend, left[:half], progress)
        _order(wish, backend, left[half:], progress)
    except IntegrityError:
        # A run beside this one was faster with some of them.
        rest = _without_ordered(wish, left)
        if len(rest) == len(left):
            raise
        progress.before += len(left) - len(rest)
        _order(wish, backend, rest, progress)
    except RequestRefused as refused:
        if set(refused.problems) != {"products"}:
            raise
        _skip(progress, [text.partition(": ")[2] for text in refused.problems["products"]])
    else:
        _count(progress, left, receipt.skipped, receipt.job_count)
        if isinstance(backend, PlatformShop):
            backend.settle(*left)


def _as_order(wish: Wish, left: Sequence[Any]) -> Order:
    keys = ",".join(str(product.pk) for product in left)
    part = hashlib.sha256(keys.encode()).hexdigest()[:32]
    return Order(
        products=left,
        style=wish.style,
        count=wish.count,
        shop=wish.shop,
        source=Source.COMMAND,
        client=CLIENT,
        idempotency_key=f"{wish.name()}:{part}",
        once=f"{CLIENT}:{wish.name()}",
    )


def _count(progress: Progress, left: Sequence[Any], skipped: Sequence[Any], jobs: int) -> None:
    progress.jobs += jobs
    progress.ordered += len(left) - len(skipped)
    _skip(progress, [item.reason for item in skipped])


def _skip(progress: Progress, reasons: Collection[str]) -> None:
    progress.skipped += len(reasons)
    for reason in reasons:
        progress.reasons[reason] = progress.reasons.get(reason, 0) + 1
