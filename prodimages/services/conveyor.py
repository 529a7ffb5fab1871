"""Batches that overlap: two before their engine, one at it, one behind it.

Each runs in a thread of its own with a keeper, a lease, a deadline and a database connection of
its own, just as a batch does that runs alone; only the engine's device is taken in turns. So
while a graphics card paints one batch, the next ones' photos are decoded, cut out and placed,
and the last one's pictures are composed, checked, encoded and stored.

No more than two are claimed ahead of their turn, since another process can't begin those. With
one, a card waited for a tenth of the time where drawing four canvases took as long as painting.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context

from django.db import connections

from prodimages.engines import hands
from prodimages.services.keeper import LeaseKeeper
from prodimages.services.queue import Held

logger = logging.getLogger(__name__)

Execute = Callable[[Sequence[Held], LeaseKeeper], None]

AHEAD = 2
"""Batches that have not had their turn."""
MOST = AHEAD + 2
"""Batches at once."""
STINT_SECONDS = 180.0
"""After which a process ends what it has begun, and looks at what else there is to do. Each time
a card waits for two or three seconds, until the next batch's canvases are drawn.
"""
SWITCH_SECONDS = 0.0005
"""For how long a thread may keep the interpreter: the one that feeds a card must not wait."""
_LOOK_SECONDS = 1.0
"""Between two looks for jobs while batches are at work and none was found."""


class Conveyor:
    """Use it as a context manager; leaving it waits for all that was put on it."""

    def __init__(self, execute: Execute, *, on_hang: Callable[[], None] | None) -> None:
        self._execute = execute
        self._on_hang = on_hang
        self._changed = threading.Condition()
        self._lanes: list[_Lane] = []
        self._hands = hands.Hands(hands.share(), after=connections.close_all)
        self._until = time.monotonic() + STINT_SECONDS
        self._switching = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        self.count = 0
        """Jobs that were put on it."""

    def __enter__(self) -> Conveyor:
        return self

    def __exit__(self, *exc: object) -> None:
        self.wait()
        self._hands.__exit__()
        sys.setswitchinterval(self._switching)

    def wait(self) -> None:
        """Until all that was put on it has ended."""
        with self._changed:
            self._changed.wait_for(lambda: not self._lanes)

    def put(self, held: Sequence[Held]) -> None:
        """Begin with a batch, and come back at once."""
        lane = _Lane(self, held)
        with self._changed:
            self._lanes.append(lane)
        self.count += len(held)
        lane.start()

    def next(self, claim: Callable[[], list[Held]]) -> list[Held]:
        """The batch to put next, or to run when this is done; none when the stint is over."""
        while self._has_room():
            if held := claim():
                return held
            with self._changed:
                if not self._lanes:
                    return []
                self._changed.wait(_LOOK_SECONDS)
        return []

    def _has_room(self) -> bool:
        """Wait for room. False when the stint is over."""

        def is_ready() -> bool:
            ahead = sum(not lane.had_turn for lane in self._lanes)
            return len(self._lanes) < MOST and ahead < AHEAD

        with self._changed:
            while time.monotonic() < self._until:
                if is_ready():
                    return True
                self._changed.wait(max(0.0, self._until - time.monotonic()))
        return False

    def run(self, lane: _Lane, held: Sequence[Held]) -> None:
        """In the lane's thread."""
        end = None if self._on_hang is None else lambda: self._end(lane)
        try:
            with (
                hands.lent(self._hands),
                LeaseKeeper(held, on_hang=end, on_turn=lambda: self._on_turn(lane)) as lane.keeper,
            ):
                self._execute(held, lane.keeper)
        except Exception:  # the leases run out, and the jobs are claimed again
            logger.exception("A batch ended in the middle.")
        finally:
            connections.close_all()
            with self._changed:
                self._lanes.remove(lane)
                self._changed.notify_all()

    def _on_turn(self, lane: _Lane) -> None:
        with self._changed:
            lane.had_turn = True
            self._changed.notify_all()

    def _end(self, hung: _Lane) -> None:
        """The process is about to end for a batch that hangs; the others are not to blame."""
        for lane in list(self._lanes):
            if lane is not hung and lane.keeper is not None:
                try:
                    lane.keeper.hand_back()
                except Exception:
                    logger.warning("A batch could not be handed back.", exc_info=True)
        assert self._on_hang is not None
        self._on_hang()


class _Lane:
    """One batch in a thread, which inherits the caller's context: the active language, say."""

    def __init__(self, conveyor: Conveyor, held: Sequence[Held]) -> None:
        self.had_turn = False
        """Whether its engine has taken it up."""
        self.keeper: LeaseKeeper | None = None
        self._thread = threading.Thread(
            target=copy_context().run,
            args=(conveyor.run, self, held),
            name="prodimages-lane",
            daemon=True,
        )

    def start(self) -> None:
        self._thread.start()
