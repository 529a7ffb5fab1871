"""How near two pictures of the same seed have to be that a card painted in another order."""

from __future__ import annotations

import numpy as np

MEAN = 3 / 255
"""Of all differences. Pictures of two seeds differ by 0.13 to 0.19 here."""
MOST = 32 / 255
"""Of one color of one pixel: rounding to bfloat16 alone moves one by up to 17 of 255, as a
processor shows that paints these random models in float32 and in bfloat16.
"""


def assert_alike(one: np.ndarray, other: np.ndarray, *, of_rounding: float = 1.0) -> None:
    """(H, W, 3) 0..1 each; ``of_rounding`` is the share of bfloat16's rounding to allow."""
    apart = np.abs(one - other)
    found = f"mean {255 * apart.mean():.2f}, most {255 * apart.max():.1f} of 255"
    assert apart.mean() <= of_rounding * MEAN, found
    assert apart.max() <= of_rounding * MOST, found


def assert_apart(one: np.ndarray, other: np.ndarray) -> None:
    """Pictures of two seeds, by far more than rounding."""
    assert np.abs(one - other).mean() > 4 * MEAN
