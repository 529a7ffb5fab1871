"""The correction on photos whose true light is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage
from skimage import data, transform

from prodimages.imaging.color import ciede2000, lab, linear_of, to_srgb
from prodimages.imaging.correction import (
    MOST_DELTA_E,
    Correction,
    apply,
    capped,
    estimate,
    from_gray_point,
    shift,
)
from tests.cutouts.scenes import SIDE, background, mug, product_colors

ALPHA = mug()
Y, X = np.mgrid[0:SIDE, 0:SIDE] / SIDE


def taken(behind, color=(0.5, 0.3, 0.25), gains=(1, 1, 1), shade=1.0, light=1.0):
    """The true photo and the one under a cast, a falloff and a lamp that is too weak."""
    mixed = product_colors(color) * ALPHA[..., None] + behind * (1 - ALPHA[..., None])
    mixed += np.random.default_rng(4).normal(0, 0.006, mixed.shape)
    true = np.rint(mixed.clip(0, 1) * 255).astype(np.uint8)
    lit = linear_of(true) * np.asarray(gains) * light * np.asarray(shade)[..., None]
    return true, np.rint(to_srgb(lit) * 255).astype(np.uint8)


def product_error(one, other) -> float:
    inside = ALPHA > 0.99
    return float(ciede2000(lab(one[inside]), lab(other[inside])).mean())


def sheet(level: float) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), level)


@pytest.mark.parametrize(
    "level, gains",
    [
        (0.93, (1.06, 0.99, 0.88)),
        (0.93, (0.95, 1.0, 1.08)),
        (0.9, (0.97, 1.02, 0.93)),
        (0.75, (1.05, 0.99, 0.94)),
    ],
)
def test_a_cast_is_found_on_a_neutral_sheet(level, gains):
    true, cast = taken(sheet(level), gains=gains)
    found = estimate(cast, ALPHA)
    undone = np.array(found.gains) * gains
    assert np.abs(undone / undone.mean() - 1).max() < 0.01
    assert product_error(apply(found, cast), true) < 0.6
    assert product_error(cast, true) > 1.0


def wall(red: float, green: float, blue: float) -> np.ndarray:
    return np.broadcast_to(np.array([red, green, blue]), (SIDE, SIDE, 3))


def rug() -> np.ndarray:
    checks = ((X * 8).astype(int) + (Y * 8).astype(int)) % 2
    return np.where(checks[..., None] == 1, [0.8, 0.75, 0.7], [0.4, 0.5, 0.6])


def wood() -> np.ndarray:
    grain = np.sin(X * 90 + 6 * np.sin(Y * 9)) * 0.06
    return (np.array([0.72, 0.55, 0.36]) + grain[..., None]).clip(0, 1)


@pytest.mark.parametrize(
    "behind",
    [
        wood(),
        rug(),
        wall(0.8, 0.3, 0.3),
        wall(0.85, 0.77, 0.64),
        wall(0.6, 0.7, 0.85),
        wall(0.3, 0.3, 0.3),
        background("brick"),
        background("grass"),
    ],
    ids=["wood", "rug", "red", "beige", "sky", "dark", "brick", "grass"],
)
def test_uncertain_backgrounds_change_no_color(behind):
    _true, photo = taken(behind)
    found = estimate(photo, ALPHA)
    assert found.gains == (1.0, 1.0, 1.0)
    assert found.exposure == 1.0
    assert found.confidence["white_balance"] < 0.55


def test_the_garment_alone_never_decides():
    """A photo that the product fills, and one with nothing but the product's color."""
    _true, photo = taken(sheet(0.9), gains=(1.06, 0.99, 0.88))
    assert estimate(photo, np.ones((SIDE, SIDE), dtype=np.float32)).is_identity
    one = [estimate(taken(sheet(0.9), color=color)[1], ALPHA).gains for color in COLORS]
    assert one[0] == one[1]


COLORS = ((0.8, 0.1, 0.1), (0.1, 0.2, 0.7))


def falloff() -> np.ndarray:
    return np.exp(-0.35 * ((X - 0.3) ** 2 + (Y - 0.4) ** 2) * 2 - 0.2 * X)


def test_a_light_falloff_is_flattened_but_not_the_mean():
    true, shaded = taken(sheet(0.9), shade=falloff())
    found = estimate(shaded, ALPHA, most_delta_e=20)
    flat = linear_of(apply(found, shaded))[..., 1] / np.maximum(linear_of(true)[..., 1], 1e-3)
    solid = ALPHA > 0.99
    assert np.std(flat[solid]) / flat[solid].mean() < 0.03
    before = falloff()[solid]
    assert np.std(before) / before.mean() > 0.05
    assert flat[solid].mean() == pytest.approx(before.mean(), rel=0.05)


def test_a_standing_product_keeps_its_shading():
    _true, shaded = taken(sheet(0.9), shade=falloff())
    assert estimate(shaded, ALPHA, is_flat=False).falloff == ()


def test_too_little_light_is_raised_by_a_third_at_most():
    true, dark = taken(sheet(0.85), light=0.5)
    found = estimate(dark, ALPHA, most_delta_e=20)
    assert 1.1 < found.exposure <= 1.35
    assert product_error(apply(found, dark), true) < product_error(dark, true)


@pytest.mark.parametrize("cap", [MOST_DELTA_E, 2.0])
def test_the_shift_stays_within_the_cap(cap):
    _true, photo = taken(sheet(0.93))
    strong = Correction(gains=(1.6, 1.0, 0.5), exposure=1.3, black=0.01)
    held = capped(strong, photo, ALPHA, cap)
    mean, p95 = shift(photo, apply(held, photo), ALPHA)
    assert mean <= p95 <= cap * 1.02
    assert p95 > cap * 0.85
    assert 0 < held.strength < 1


def test_the_same_photo_gives_the_same_correction():
    _true, photo = taken(sheet(0.93), gains=(1.06, 0.99, 0.88), shade=falloff())
    first, again = estimate(photo, ALPHA), estimate(photo.copy(), ALPHA.copy())
    assert first == again
    assert np.array_equal(apply(first, photo), apply(again, photo))


def test_the_identity_changes_nothing():
    _true, photo = taken(sheet(0.93))
    assert np.array_equal(apply(Correction(), photo), photo)
    table = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    almost = Correction(falloff=(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert np.array_equal(apply(almost, table), table)


def test_a_gray_point_makes_its_place_gray():
    _true, cast = taken(wood(), gains=(1.1, 1.0, 0.8))
    cast[40:80, 300:340] = (190, 170, 140)
    found = from_gray_point(cast, 320 / SIDE, 60 / SIDE)
    corrected = apply(found, cast)[60, 320].astype(int)
    assert corrected.max() - corrected.min() <= 1


@pytest.mark.parametrize("shade", [2, 255])
def test_a_black_or_blown_out_gray_point_is_refused(shade):
    photo = np.full((50, 50, 3), shade, dtype=np.uint8)
    with pytest.raises(ValueError):
        from_gray_point(photo, 0.5, 0.5)


def test_a_cast_on_a_textured_product_is_found_from_the_sheet():
    texture = transform.resize(data.coffee(), (SIDE, SIDE), anti_aliasing=True)
    mixed = texture * ALPHA[..., None] + sheet(0.92) * (1 - ALPHA[..., None])
    shadow = 1 - 0.4 * ndimage.gaussian_filter(ndimage.shift(ALPHA, (14, 18), order=1), 10)
    lit = linear_of((mixed * 255).astype(np.uint8)) * shadow[..., None] * (1.05, 1.0, 0.9)
    found = estimate(np.rint(to_srgb(lit) * 255).astype(np.uint8), ALPHA, is_flat=False)
    undone = np.array(found.gains) * (1.05, 1.0, 0.9)
    assert np.abs(undone / undone.mean() - 1).max() < 0.02
