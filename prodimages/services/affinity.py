"""Which jobs a process takes first: those whose model it has in memory, for a while.

Loading a model takes longer than most pictures. So a process stays with what it has loaded,
but not for ever: once in AFFINITY_SECONDS it takes the job whose turn it is, whatever that
needs, and then stays with that model. However many jobs of one model come in, the first job
of the queue waits so long and one batch at most for each process, and models are switched
once in that time at most when jobs of several are mixed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.services import queue
from prodimages.services.queue import Held

logger = logging.getLogger(__name__)


class Affinity:
    """The memory of one process of when it last took the job whose turn it was."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._in_turn_at = float("-inf")

    def claim(self, worker: str, queues: Sequence[str], *, limit: int) -> list[Held]:
        """``queue.claim``, with the engines preferred that are warm, while that is fair."""
        prefer = self._preferred()
        held = queue.claim(worker, queues, limit=limit, prefer=prefer)
        if held and held[0].job.engine not in prefer:
            self._in_turn_at = self._clock()
        return held

    def _preferred(self) -> frozenset[str]:
        if self._clock() - self._in_turn_at >= settings.AFFINITY_SECONDS:
            return frozenset()
        return warm_engines()


def warm_engines() -> frozenset[str]:
    """Engines whose model is in memory; none where that makes no difference among them."""
    warm, cold = set(), False
    for alias in settings.ENGINES:
        try:
            is_warm = get_engine(alias).is_warm
        except Exception:
            logger.debug("The engine %s can't be loaded.", alias, exc_info=True)
            continue
        if is_warm:
            warm.add(alias)
        elif is_warm is False:
            cold = True
    return frozenset(warm) if cold else frozenset()


of_this_process = Affinity()
