"""Which products match which style rule: a dry run, which orders nothing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from prodimages.models import ProductSettings, StyleRule
from prodimages.services.styles import matches
from prodimages.shops.base import ShopBackend

MOST = 10_000
"""Products that one survey looks at."""
CHUNK = 500
NO_RULE, OWN_STYLES = "none", "own"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Survey:
    """``chosen`` says for each product, by key, what chooses its styles.

    That is the position of a rule in the sequence that was asked about, as text, or NO_RULE, or
    OWN_STYLES where staff chose styles for the product itself.
    """

    chosen: dict[Any, str]
    is_whole: bool
    """False where the shop has more than MOST products."""

    def counts(self) -> Counter[str]:
        return Counter(self.chosen.values())

    def keys(self, choice: str) -> list[Any]:
        return [key for key, chosen in self.chosen.items() if chosen == choice]


def survey(products: QuerySet[Any], backend: ShopBackend, rules: Sequence[StyleRule]) -> Survey:
    """Look at ``products`` in the order of their keys, by ``rules`` in theirs."""
    own = set(
        ProductSettings.objects.filter(shop=backend.shop, styles__is_active=True)
        .values_list("product_id", flat=True)
        .distinct()
    )
    chosen: dict[Any, str] = {}
    for page in pages(products):
        for product in page:
            if len(chosen) == MOST:
                return Survey(chosen=chosen, is_whole=False)
            info = backend.describe(product)
            first = (str(at) for at, rule in enumerate(rules) if matches(rule, info))
            chosen[product.pk] = OWN_STYLES if product.pk in own else next(first, NO_RULE)
    return Survey(chosen=chosen, is_whole=True)


def pages(
    products: QuerySet[Any], *, after: Any = None, size: int = CHUNK
) -> Iterator[Sequence[Any]]:
    """``products`` in lists of ``size`` by their keys, from behind ``after``.

    Each page is a query of its own, so that neither memory nor a cursor holds them all.
    """
    ordered = products.order_by("pk")
    while page := list(ordered[:size] if after is None else ordered.filter(pk__gt=after)[:size]):
        yield page
        after = page[-1].pk


def in_order(rules: Iterable[StyleRule], draft: StyleRule | None = None) -> list[StyleRule]:
    """The active ones as they are asked, with ``draft`` in place of what it would replace."""
    others = [rule for rule in rules if draft is None or rule.pk != draft.pk or rule.pk is None]
    if draft is not None:
        others.append(draft)
    active = [rule for rule in others if rule.is_active]
    return sorted(active, key=lambda rule: (rule.position, rule.pk is None, rule.pk or 0))
