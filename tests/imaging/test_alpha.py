from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.exceptions import JobFailure
from prodimages.imaging.alpha import (
    alpha_from_png,
    alpha_to_png,
    bounding_box,
    feathered,
    read_doubt,
    resample,
    snap,
)
from tests.imaging.files import gradient, saved


def disc(size=100, radius=30):
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    return (radius - np.hypot(x, y) + 0.5).clip(0, 1).astype(np.float32)


def test_the_stored_form_is_stable():
    stored = alpha_to_png(disc())
    again = alpha_from_png(stored, (100, 100))
    assert alpha_to_png(again) == stored
    assert np.abs(again - disc()).max() <= 0.5 / 255


def test_doubt_travels_with_the_stored_form():
    assert read_doubt(alpha_to_png(disc(), doubt=0.125)) == 0.125
    assert read_doubt(saved(Image.new("L", (80, 80)), "PNG")) == 0
    assert read_doubt(b"no picture") == 0


def test_a_hard_mask_gets_a_soft_rim():
    hard = (disc() > 0.5).astype(np.float32)
    soft = feathered(hard)
    assert ((soft > 0.05) & (soft < 0.95)).sum() > 100
    assert soft[50, 50] == pytest.approx(1)
    assert np.array_equal(feathered(soft), soft)


def test_a_mask_with_transparency_counts_by_its_alpha():
    image = Image.new("RGBA", (80, 80), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 20, 60, 60))
    alpha = alpha_from_png(saved(image, "PNG"), (80, 80))
    assert alpha[40, 40] == 1
    assert alpha[0, 0] == 0


def test_a_mask_of_another_size_is_scaled():
    image = Image.new("L", (80, 60), 255)
    assert alpha_from_png(saved(image, "PNG"), (160, 120)).shape == (120, 160)


def test_a_mask_of_other_proportions_is_refused():
    with pytest.raises(JobFailure, match="proportions"):
        alpha_from_png(saved(Image.new("L", (80, 80)), "PNG"), (160, 120))


def test_a_mask_that_is_no_picture_is_refused():
    with pytest.raises(JobFailure):
        alpha_from_png(b"no mask", (80, 80))


def test_bounding_box():
    alpha = np.zeros((50, 60), dtype=np.float32)
    assert bounding_box(alpha) is None
    alpha[10:20, 30:45] = 1
    assert bounding_box(alpha) == (30, 10, 45, 20)


def test_colors_outside_never_bleed_into_the_rim():
    alpha = disc(200, 60)
    rgb = np.where(alpha[..., None] > 0, 200, 0).astype(np.uint8) + np.zeros(3, dtype=np.uint8)
    small, matte = resample(rgb, alpha, (0, 0, 200, 200), (77, 77))
    assert (small[matte > 0.02] >= 199).all()
    assert (small[matte == 0] == 0).all()


def test_resampling_to_the_same_size_changes_nothing():
    alpha = np.ones((80, 120), dtype=np.float32)
    same, matte = resample(gradient(), alpha, (0, 0, 120, 80), (120, 80))
    assert np.array_equal(same, gradient())
    assert (matte == 1).all()


def test_snap_leaves_no_veil():
    matte = snap(np.array([-0.1, 0.002, 0.5, 0.999, 1.1]))
    assert matte.tolist() == [0, 0, 0.5, 1, 1]
