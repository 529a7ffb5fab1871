"""Spill on products of known color before known backdrops."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging.color import ciede2000, lab, linear_of, to_srgb
from prodimages.imaging.spill import rim_width, suppress_spill
from tests.cutouts.scenes import mug, product_colors

ALPHA = mug()
BACKDROPS = {"red": (0.75, 0.08, 0.1), "blue": (0.1, 0.2, 0.7), "green": (0.1, 0.6, 0.2)}


def bytes_of(linear: np.ndarray) -> np.ndarray:
    return np.rint(to_srgb(linear) * 255).astype(np.uint8)


def lit_by(backdrop, color, share: float = 0.25):
    """The product's true colors, the same with bounced light at its rim, and the photo."""
    true = linear_of((product_colors(color) * 255).astype(np.uint8))
    light = linear_of((np.array(backdrop) * 255).astype(np.uint8))
    depth = ndimage.distance_transform_edt(ALPHA > 0.5)
    bounce = share * np.clip(1 - depth / 5, 0, 1)[..., None]
    spilled = true + bounce * (light - 0.2)
    photo = spilled * ALPHA[..., None] + light * (1 - ALPHA[..., None])
    return bytes_of(true), bytes_of(spilled), bytes_of(photo)


def rim_error(one, other) -> float:
    depth = ndimage.distance_transform_edt(ALPHA > 0.5)
    rim = (depth > 0) & (depth <= 4)
    return float(ciede2000(lab(one[rim]), lab(other[rim])).mean())


@pytest.mark.parametrize("backdrop", BACKDROPS)
@pytest.mark.parametrize("color", [(0.9, 0.9, 0.88), (0.5, 0.5, 0.52)], ids=["white", "gray"])
def test_the_backdrops_color_leaves_the_rim(backdrop, color):
    true, spilled, photo = lit_by(BACKDROPS[backdrop], color)
    cleaned = suppress_spill(spilled, photo, ALPHA)
    assert rim_error(cleaned, true) < 0.6 * rim_error(spilled, true)


def test_behind_the_rim_nothing_changes():
    _true, spilled, photo = lit_by(BACKDROPS["red"], (0.9, 0.9, 0.88))
    cleaned = suppress_spill(spilled, photo, ALPHA)
    depth = ndimage.distance_transform_edt(ALPHA > 0.5)
    inside = depth > rim_width(ALPHA.shape)
    assert np.array_equal(cleaned[inside], spilled[inside])


@pytest.mark.parametrize("backdrop", [(0.9, 0.9, 0.9), (0.5, 0.5, 0.48)])
def test_a_gray_backdrop_changes_nothing(backdrop):
    _true, spilled, photo = lit_by(backdrop, (0.6, 0.2, 0.2))
    assert np.array_equal(suppress_spill(spilled, photo, ALPHA), spilled)


def test_a_product_of_the_backdrops_own_color_keeps_it():
    true, _spilled, photo = lit_by(BACKDROPS["red"], (0.7, 0.1, 0.12), share=0.0)
    assert rim_error(suppress_spill(true, photo, ALPHA), true) < 1.0


@pytest.mark.parametrize("side, width", [(300, 3), (1000, 5), (4096, 8)])
def test_the_rim_is_three_to_eight_pixels(side, width):
    assert rim_width((side, side // 2)) == width
