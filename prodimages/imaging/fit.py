"""How much a photo's product has to be enlarged for a picture; plain arithmetic."""

from __future__ import annotations

MAX_ENLARGEMENT = 1.5
"""Most canvas pixels that a photo's pixel becomes by interpolation."""
MAX_LEARNED = 4.0
"""The same with learned enlargement."""
HEADROOM = 0.04
"""Share of the canvas's height that a standing product leaves free above it."""


def wanted_scale(
    product: tuple[float, float],
    canvas: tuple[int, int],
    *,
    fill: float,
    align: str = "center",
    ground: float = 0.86,
    bleeds: frozenset[str] = frozenset(),
    factor: float = 1.0,
) -> float:
    """Canvas pixels for a photo pixel, where nothing caps it.

    ``product`` and ``canvas`` are (width, height) in pixels; ``fill`` (0..1) is the share of
    the canvas that the product takes in the dimension that limits it, ``ground`` the fraction
    of the height where one that is aligned to it stands, ``factor`` what staff set by hand.
    """
    room = fill * canvas[1]
    if align == "ground" and "bottom" not in bleeds:
        room = min(room, (ground - HEADROOM) * canvas[1])
    wanted = min(fill * canvas[0] / product[0], room / product[1]) * factor
    if {"left", "right"} <= bleeds:
        wanted = max(wanted, canvas[0] / product[0])
    if {"top", "bottom"} <= bleeds:
        wanted = max(wanted, canvas[1] / product[1])
    return wanted
