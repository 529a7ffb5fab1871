from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging.registration import displacement


def textured(size: int = 128) -> np.ndarray:
    noise = np.random.default_rng(3).random((size, size))
    return ndimage.gaussian_filter(noise, 1.5)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (3.0, -5.0), (0.5, 1.5), (-7.25, 0.75)])
def test_a_known_shift_is_found(shift: tuple[float, float]) -> None:
    picture = textured()
    moved = ndimage.shift(picture, shift, order=3, mode="wrap")

    assert displacement(picture, moved) == pytest.approx(shift, abs=0.25)


def test_other_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="differ"):
        displacement(np.zeros((4, 4)), np.zeros((4, 5)))


def test_a_flat_picture_has_no_shift() -> None:
    flat = np.ones((32, 32))

    assert displacement(flat, flat) == (0.0, 0.0)
