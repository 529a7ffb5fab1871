"""The learning rate over a stage."""

from __future__ import annotations

import math


def rate(progress: float, warmup: float) -> float:
    """0..1 of the highest: a straight rise, then half a cosine (Loshchilov and Hutter 2017)."""
    if progress < warmup:
        return max(progress / warmup, 1e-3)
    return 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))
