"""A product that staff turn: by the stated angle, about its middle, and never mirrored."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.composite import composite, eroded_mask
from prodimages.imaging.fidelity import interior_difference, shift_from_photo
from prodimages.imaging.placement import ByHand, place, plan_placement
from prodimages.imaging.rotation import turned_extent

CANVAS = (512, 512)


def bar(width: int = 600, height: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """A lying bar that is red on the left and blue on the right, off the photo's middle."""
    rgb = np.full((900, 1000, 3), 225, np.uint8)
    alpha = np.zeros((900, 1000), np.float32)
    part = np.s_[300 : 300 + height, 150 : 150 + width]
    alpha[part] = 1
    rgb[part] = (30, 40, 200)
    rgb[300 : 300 + height, 150 : 150 + width // 2] = (200, 40, 30)
    alpha = ndimage.gaussian_filter(alpha, 0.7)
    return rgb, alpha


def pattern(size: int = 640) -> tuple[np.ndarray, np.ndarray]:
    """A disc with rings and stripes a dozen pixels wide."""
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    radius = np.hypot(x, y)
    waves = 128 + 70 * np.sin(radius / 4) * np.cos(x / 9)
    rgb = np.stack([waves, 0.6 * waves + 40, 0.4 * waves + 70], axis=2).astype(np.uint8)
    return rgb, np.clip(0.45 * size - radius, 0, 1).astype(np.float32)


def put(rgb, alpha, *, fill=0.7, canvas=CANVAS, **by_hand):
    source = bounding_box(alpha)
    hand = ByHand(**by_hand)
    placement = plan_placement(
        (source[2] - source[0], source[3] - source[1]),
        canvas,
        fill=fill,
        by_hand=hand,
        extent=turned_extent(alpha, source, hand.rotation),
    )
    return placement, place(rgb, alpha, canvas, placement)


def angle_of(alpha: np.ndarray) -> float:
    """The angle of the longest axis in degrees, clockwise, from the moments of inertia."""
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    total = alpha.sum()
    y, x = y - (y * alpha).sum() / total, x - (x * alpha).sum() / total
    mixed, across, down = ((part * alpha).sum() for part in (x * y, x * x, y * y))
    return float(np.degrees(0.5 * np.arctan2(2 * mixed, across - down)))


@pytest.mark.parametrize("degrees", [-45, -20.5, -3, 1, 12.25, 33, 45])
@pytest.mark.parametrize("fill", [0.2, 0.7])
def test_a_bar_is_turned_by_the_stated_angle_about_its_middle(degrees, fill):
    placement, placed = put(*bar(), fill=fill, rotation=degrees)
    assert angle_of(placed.alpha) == pytest.approx(degrees, abs=0.1)
    y, x = ndimage.center_of_mass(placed.alpha)
    assert (x + 0.5, y + 0.5) == pytest.approx(placement.middle, abs=0.2)
    assert placement.middle == pytest.approx((256, 256), abs=1)


@pytest.mark.parametrize("degrees", [-40, 40])
def test_a_turned_product_is_not_mirrored(degrees):
    _placement, placed = put(*bar(), rotation=degrees)
    solid = placed.alpha >= 1
    y, x = np.nonzero(solid & (placed.rgb[..., 0] > 150))
    other_y, other_x = np.nonzero(solid & (placed.rgb[..., 2] > 150))
    assert x.mean() < 256 < other_x.mean()
    assert (y.mean() < other_y.mean()) == (degrees > 0)


@pytest.mark.parametrize("degrees", [-30, 15, 45])
def test_the_box_of_a_turned_product_is_tight(degrees):
    _placement, placed = put(*bar(), rotation=degrees)
    assert bounding_box(placed.alpha, 0.3) == pytest.approx(placed.box, abs=2)


def test_turning_keeps_the_size_and_the_real_width():
    rgb, alpha = bar()
    _upright, before = put(rgb, alpha)
    placement, _after = put(rgb, alpha, rotation=45)
    turned = place(rgb, alpha, CANVAS, placement, width_cm=20.0)
    assert turned.scale == before.scale
    assert turned.alpha.sum() == pytest.approx(before.alpha.sum(), rel=0.005)
    per_cm = (before.box[2] - before.box[0]) / 20.0
    assert (turned.box[2] - turned.box[0]) / turned.width_cm == pytest.approx(per_cm, rel=0.01)


def test_the_rim_takes_nothing_of_what_lies_around_the_product():
    rgb, alpha = bar()
    rgb[...] = (200, 40, 30)
    rgb[alpha == 0] = (0, 255, 0)
    _placement, placed = put(rgb, alpha, rotation=20)
    rim = (placed.alpha > 0.05) & (placed.alpha < 0.95)
    assert rim.sum() > 200
    assert np.abs(placed.rgb[rim].astype(int) - (200, 40, 30)).max() <= 2


@pytest.mark.parametrize("fill", [0.35, 0.9])
@pytest.mark.parametrize("degrees", [-45, 7, 30])
def test_turning_leaves_the_product_what_it_was(degrees, fill):
    rgb, alpha = pattern()
    _placement, placed = put(rgb, alpha, fill=fill, rotation=degrees)
    shift = shift_from_photo(rgb, alpha, placed)
    assert shift.delta_e_mean < 1.4
    assert shift.delta_e_p95 < 3.2
    assert shift.structure > 0.98


def test_a_product_turned_otherwise_than_recorded_is_noticed():
    rgb, alpha = pattern()
    _placement, placed = put(rgb, alpha, rotation=20)
    _other, wrong = put(rgb, alpha, rotation=23)
    placed.rgb[:] = wrong.rgb
    assert shift_from_photo(rgb, alpha, placed).structure < 0.9


def test_pixels_inside_the_turned_product_stay_exact_in_the_picture():
    _placement, placed = put(*pattern(), rotation=25, x=0.05)
    picture = composite(np.full((512, 512, 3), 0.37, np.float32), placed, seed=4)
    inside = eroded_mask(placed.alpha)
    assert inside.sum() > 10_000
    assert (picture[inside] == placed.rgb[inside]).all()
    assert interior_difference(picture, placed).largest == 0


def test_upright_and_all_but_upright_agree():
    rgb, alpha = pattern()
    _one, upright = put(rgb, alpha)
    _other, tilted = put(rgb, alpha, rotation=0.001)
    assert tilted.box == upright.box
    middles = [ndimage.center_of_mass(placed.alpha) for placed in (upright, tilted)]
    assert middles[0] == pytest.approx(middles[1], abs=0.3)  # boxes are whole pixels
    inside = eroded_mask(np.minimum(upright.alpha, tilted.alpha))
    gap = np.abs(upright.rgb[inside].astype(int) - tilted.rgb[inside])
    assert gap.mean() < 4
