from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.enlargement.tiles import enlarge
from prodimages.exceptions import JobCanceled
from prodimages.imaging.enlarging import enlarged_alpha, resized


def picture(height: int = 70, width: int = 90) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    bands = (np.sin(x / 5), np.cos(y / 7), np.sin((x + y) / 9))
    return np.rint(np.stack(bands, axis=-1) * 90 + 128).astype(np.uint8)


class Brightening:
    """A stand-in for a network: enlarges, and adds a color cast as the real ones do."""

    def __init__(self, scale: int):
        self.scale = scale

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        size = rgb.shape[1] * self.scale, rgb.shape[0] * self.scale
        return resized(rgb, size, Image.Resampling.BICUBIC) + np.float32([0.05, 0.0, -0.04])


def enlarged(
    rgb: np.ndarray, factor: int, *, scale: int = 4, tile: int = 32, is_canceled=lambda: False
):
    told: list[float] = []
    network = Brightening(scale)
    result = enlarge(
        rgb, factor, network, tile=tile, on_progress=told.append, is_canceled=is_canceled
    )
    return result, told


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("factor", [2, 4])
def test_scaled_back_it_is_the_photo(factor, scale):
    rgb = picture()
    large, _told = enlarged(rgb, factor, scale=scale)
    assert large.shape == (70 * factor, 90 * factor, 3)
    back = resized(large.astype(np.float32), (90, 70))
    assert np.abs(back - rgb).max() < 2.0  # 10 levels and more without holding it to the photo


@pytest.mark.parametrize("scale", [2, 4])
def test_pieces_leave_no_seam(scale):
    in_pieces, _told = enlarged(picture(), 4, scale=scale, tile=24)
    at_once, _told = enlarged(picture(), 4, scale=scale, tile=500)
    assert np.abs(in_pieces.astype(int) - at_once).max() <= 1


def test_progress_rises_to_one_over_the_pieces():
    _large, told = enlarged(picture(), 2, tile=32)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 3 * 3 + 1
    _large, told = enlarged(picture(), 4, scale=2, tile=32)  # two rounds, the second is longer
    assert told == sorted(told)
    assert told[3 * 3] == pytest.approx(1 / 5)
    assert told[-1] == 1.0


def test_it_stops_between_two_pieces():
    asked: list[bool] = []

    def is_canceled() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(JobCanceled):
        enlarged(picture(), 2, is_canceled=is_canceled)
    assert len(asked) == 3


def test_a_plain_outline_gets_steeper_and_sheer_parts_stay():
    alpha = np.zeros((40, 40), np.float32)
    alpha[:, 20:] = 1
    alpha[:, 19] = 0.5
    alpha[:, 30:] = 0.6  # sheer
    large = enlarged_alpha(alpha, 4)
    assert np.count_nonzero((large[80, :100] > 0.05) & (large[80, :100] < 0.95)) <= 6
    assert np.abs(large[:, 135:] - 0.6).max() < 0.02
