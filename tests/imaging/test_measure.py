"""Measurements on pictures of known blur, noise, black and light."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging import background
from prodimages.imaging.background import survey
from prodimages.imaging.measure import blur_sigma, grain_sigma, measure
from tests.cutouts.scenes import SIDE, mug, product_colors

EVERYWHERE = np.ones((SIDE, SIDE), dtype=bool)


def edges(sigma: float) -> np.ndarray:
    """L* of slanted stripes, sampled finely so that only ``sigma`` blurs them."""
    fine = 4
    y, x = np.mgrid[0 : SIDE * fine, 0 : SIDE * fine] / fine
    stripes = np.where((x + 0.3 * y) % 60 < 30, 75.0, 35.0)
    blurred = ndimage.gaussian_filter(stripes, sigma * fine)
    return blurred.reshape(SIDE, fine, SIDE, fine).mean(axis=(1, 3))


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.5, 2.5])
def test_blur_is_measured(sigma):
    found = blur_sigma(edges(sigma), EVERYWHERE)
    assert found == pytest.approx(sigma, abs=0.15 + 0.1 * sigma)


def test_blur_is_measured_under_grain():
    noisy = edges(1.5) + np.random.default_rng(2).normal(0, 1.0, (SIDE, SIDE))
    assert blur_sigma(noisy, EVERYWHERE) == pytest.approx(1.5, abs=0.4)


def test_a_plain_plane_has_no_blur():
    assert blur_sigma(np.full((SIDE, SIDE), 60.0), EVERYWHERE) is None


def noisy(sigma: float, textured: bool = False) -> np.ndarray:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    plane = 90 + 60 * np.sin(x / 150) * np.cos(y / 170)
    if textured:
        plane = plane + np.where(x > SIDE / 2, 30 * np.sin(x * 2.1) * np.sin(y * 1.7), 0)
    grain = np.random.default_rng(7).normal(0, sigma, (SIDE, SIDE))
    return np.repeat(np.rint(plane + grain).clip(0, 255).astype(np.uint8)[..., None], 3, axis=-1)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0, 8.0])
@pytest.mark.parametrize("textured", [False, True])
def test_grain_is_measured_beside_texture(sigma, textured):
    assert grain_sigma(noisy(sigma, textured), EVERYWHERE) == pytest.approx(sigma, rel=0.15)


def test_a_clean_picture_has_no_grain():
    assert grain_sigma(np.full((SIDE, SIDE, 3), 120, dtype=np.uint8), EVERYWHERE) == 0


def test_black_and_light_are_those_of_the_photo():
    alpha = mug()
    behind = np.broadcast_to(np.array([0.9, 0.88, 0.82]), (SIDE, SIDE, 3))
    mixed = product_colors((0.3, 0.3, 0.3)) * alpha[..., None] + behind * (1 - alpha[..., None])
    photo = np.rint(mixed * 255).astype(np.uint8)
    found = measure(photo, alpha, survey(photo, alpha))
    assert found.light is not None
    assert found.light[1] == 1
    assert found.light[0] > 1 > found.light[2]
    assert 0.01 < found.black < 0.06
    assert measure(photo, alpha).light is None


@pytest.mark.parametrize("rows", [slice(None), slice(7, 8)], ids=["all", "one row, many solutions"])
def test_the_normal_equations_give_what_numpy_gives(rows):
    terms = background._terms((40, 60)).astype(np.float64)[rows].reshape(-1, 6)
    values = np.random.default_rng(2).normal(0, 0.1, len(terms)) + terms @ np.arange(6.0)
    expected = np.linalg.lstsq(terms, values, rcond=1e-6)[0]  # rounding is no fact to fit
    found = background._least_squares(terms, values)
    assert np.abs(terms @ (found - expected)).max() < 1e-6
    assert np.abs(found - expected).max() < 1e-4
