"""Pictures on their way from a graphics card, which paints the next ones while they come.

What a pipeline asks of a card waits there in a queue. So the next call may begin before the
pictures of the last one are decoded, and the card has no pause between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch


class Arriving:
    """One picture, (height, width, 3) float32 0..1."""

    def __init__(self, pixels: torch.Tensor, there: torch.cuda.Event | None = None) -> None:
        """``pixels`` lie in the memory of the processor, and hold once ``there`` has come."""
        self._pixels = pixels
        self._there = there

    def taken(self) -> np.ndarray:
        """Wait for it. Raises RuntimeError for what went wrong on the card since it was asked."""
        if self._there is not None:
            self._there.synchronize()
        pixels: np.ndarray = self._pixels.numpy()
        return pixels


def sent(images: torch.Tensor | Sequence[torch.Tensor]) -> list[Arriving]:
    """(n, 3, height, width) 0..1 of any format and device, as soon as they are painted."""
    rows = [image.float().permute(1, 2, 0).contiguous() for image in images]
    if not rows or rows[0].device.type != "cuda":
        return [Arriving(row.cpu()) for row in rows]
    # Into memory that the card writes to by itself, a tenth of the time of an ordinary copy.
    copies = [row.to("cpu", non_blocking=True) for row in rows]
    there = _mark(rows[0].device)
    return [Arriving(copy, there) for copy in copies]


def pace(device: torch.device) -> Callable[[], None]:
    """Call the result after each step: it waits until the card has done the one before.

    With a whole step always in its queue the card has no pause, and what is asked between two
    steps, such as whether the picture is still wanted, is not asked long before its time.
    """
    if device.type != "cuda":
        return lambda: None
    last: list[torch.cuda.Event] = []

    def step() -> None:
        last.append(_mark(device))
        if len(last) > 1:
            last.pop(0).synchronize()

    return step


def _mark(device: torch.device) -> torch.cuda.Event:
    """Comes when the card has done all that it was asked so far; who waits takes no processor."""
    event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
    event.record(torch.cuda.current_stream(device))
    return event
