"""Fetches the products of an outside shop that are not mirrored here yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from django.utils import timezone

from prodimages.shops.platform import PlatformShop, PlatformUnavailable, StateUnclear

ATTEMPTS = 4
LONGEST_WAIT = 60.0


def missing_ids(
    backend: PlatformShop, on_page: Callable[[int], None] | None = None
) -> Sequence[str]:
    """The shop's products that have no row here. Raises PlatformUnavailable, PlatformRefused."""
    return [key for key in backend.list_ids(on_page) if backend.find(key) is None]


def mirror(
    backend: PlatformShop, ids: Sequence[str], *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[bool]:
    """Fetch and keep one after the other; gives for each whether the shop still has it.

    What is fetched so waits for no event: its pictures are ordered by a backfill. Raises
    PlatformUnavailable when the shop does not answer after a few attempts; the next run goes on.
    """
    for external_id in ids:
        yield _patiently(backend, external_id, sleep)


def _patiently(backend: PlatformShop, external_id: str, sleep: Callable[[float], None]) -> bool:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _bring(backend, external_id)
        except (PlatformUnavailable, StateUnclear) as error:
            if attempt == ATTEMPTS:
                raise
            asked = getattr(error, "retry_after", None)
            sleep(min(max(asked or 0, 2.0**attempt), LONGEST_WAIT))
    return False


def _bring(backend: PlatformShop, external_id: str) -> bool:
    asked_at = timezone.now()
    product = backend.fetch(external_id)
    if product is None:
        return False
    as_of = product.updated_at or asked_at
    backend.take(product, as_of=as_of, asked_at=asked_at, by_event=False)
    return True
