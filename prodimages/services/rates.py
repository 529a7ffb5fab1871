"""How often a client may ask: fixed windows, counted in a cache.

``add`` and ``incr`` are atomic in Redis and Memcached, so that exactly the limit passes there,
however many processes count. A cache that is down lets requests through: what costs
compute is limited by the budgets, in the database.
"""

from __future__ import annotations

import logging
import re
import time

from django.core.cache import BaseCache, caches

from prodimages.conf import settings

logger = logging.getLogger(__name__)

_PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(rf"([1-9]\d*)/({'|'.join(_PERIODS)})", re.ASCII)
_EXACT = ("RedisCache", "MemcachedCache", "PyMemcacheCache", "PyLibMCCache")


def parse_rate(rate: str) -> tuple[int, int]:
    """``"600/minute"`` as a number and seconds. Raises ValueError for anything else."""
    found = _RATE.fullmatch(rate)
    if found is None:
        raise ValueError(f"{rate!r} is no rate like 600/minute")
    return int(found[1]), _PERIODS[found[2]]


def wait_for(kind: str, client: str, *, rate: str | None = None) -> float | None:
    """Count a request; None when it may pass, or the seconds until the next window.

    ``rate`` is that of the API for ``kind``, where none is given.
    """
    rate = rate or settings.API_RATES.get(kind)
    if rate is None:
        return None
    limit, period = parse_rate(rate)
    now = time.time()
    window = int(now // period)
    try:
        count = _count(caches[settings.API_CACHE], f"prodimages:{kind}:{client}:{window}", period)
    except Exception:  # each cache library raises errors of its own
        logger.warning("The cache does not count requests; they pass uncounted.", exc_info=True)
        return None
    return None if count <= limit else (window + 1) * period - now


def _count(cache: BaseCache, key: str, period: int) -> int:
    # Kept a little longer than the window, for machines whose clocks disagree.
    cache.add(key, 0, timeout=period + 60)
    try:
        return int(cache.incr(key))
    except ValueError:  # thrown out by a full cache between the two calls
        cache.set(key, 1, timeout=period + 60)
        return 1


def is_exact(cache: BaseCache) -> bool:
    """Whether all processes count together and atomically in this cache."""
    names = {cls.__name__ for cls in type(cache).__mro__}
    return not names.isdisjoint(_EXACT)
