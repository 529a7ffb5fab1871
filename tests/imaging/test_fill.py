"""Small areas filled in from around them."""

from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.color import ciede2000, lab
from prodimages.imaging.fill import fill


def shaded(side: int) -> np.ndarray:
    """A cloth that is lit from the left, with some grain."""
    y, x = np.mgrid[0:side, 0:side] / side
    base = np.stack([70 + 80 * x, 90 + 60 * x, 150 + 30 * y], axis=-1)
    return np.rint(base + np.random.default_rng(1).normal(0, 2, base.shape)).astype(np.uint8)


@pytest.mark.parametrize("side", [120, 700])
def test_shading_goes_on_where_a_sticker_was(side):
    cloth = shaded(side)
    area = np.zeros((side, side), dtype=np.float32)
    area[side // 3 : side // 2, side // 4 : side // 2] = 1
    stuck = cloth.copy()
    stuck[area > 0] = (255, 60, 20)
    result = fill(stuck, area)
    inside = area > 0
    difference = ciede2000(lab(result[inside]), lab(cloth[inside]))
    assert difference.mean() < 3
    assert np.percentile(difference, 99) < 8
    far = np.ones_like(inside)
    margin = round(0.06 * side) + 4
    far[side // 3 - margin : side // 2 + margin, side // 4 - margin : side // 2 + margin] = False
    assert np.array_equal(result[far], stuck[far])


def test_the_fill_has_the_grain_of_its_surroundings():
    cloth = shaded(200)
    area = np.zeros((200, 200), dtype=np.float32)
    area[80:130, 80:130] = 1
    result = fill(cloth, area).astype(float)
    spread = result[90:120, 90:120, 2].std() / cloth[20:50, 90:120, 2].astype(float).std()
    assert 0.5 < spread < 1.6


def test_nothing_to_fill_and_nothing_to_fill_from():
    cloth = shaded(40)
    assert np.array_equal(fill(cloth, np.zeros((40, 40), dtype=np.float32)), cloth)
    assert np.array_equal(fill(cloth, np.ones((40, 40), dtype=np.float32)), cloth)


def test_the_same_photo_gives_the_same_fill():
    area = np.zeros((60, 60), dtype=np.float32)
    area[20:40, 20:40] = 1
    assert np.array_equal(fill(shaded(60), area), fill(shaded(60), area))
