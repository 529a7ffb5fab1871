"""Strength in whole steps, so that a model of four steps does what the number says."""

from __future__ import annotations


def exact_strength(kept: int, steps: int, *, floors: bool) -> float:
    """The strength at which a pipeline runs exactly ``kept`` of ``steps`` steps.

    Older classes run ``floor(steps * strength)`` steps, those of flow models
    ``steps - floor(steps - steps * strength)``; a quarter of a step to the safe side of
    either keeps rounding errors from adding or losing one.
    """
    if not 1 <= kept <= steps:
        raise ValueError(f"{kept} of {steps} steps")
    if kept == steps:
        return 1.0
    return (kept + (0.25 if floors else -0.25)) / steps
