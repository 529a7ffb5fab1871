from __future__ import annotations

import numpy as np
import pytest
from skimage import color

from prodimages.imaging.color import ciede2000, lab, lightness


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (2, 4000, 3), dtype=np.uint8)


def test_lab_agrees_with_scikit_image(pixels):
    assert np.abs(lab(pixels[0]) - color.rgb2lab(pixels[0])).max() < 0.02


def test_lightness_is_the_first_of_lab(pixels):
    assert np.abs(lightness(pixels[0]) - lab(pixels[0])[..., 0]).max() < 1e-3


def test_ciede2000_agrees_with_scikit_image(pixels):
    one, other = color.rgb2lab(pixels[0]), color.rgb2lab(pixels[1])
    assert np.abs(ciede2000(one, other) - color.deltaE_ciede2000(one, other)).max() < 1e-3


def test_ciede2000_of_grays_and_equals():
    grays = np.array([[50.0, 0, 0], [50, 2.5, 0], [20, 3, -8]])
    others = np.array([[50.0, 0, 0], [50, 0, -2.5], [20, 3, -8]])
    # The second pair is number 18 of Sharma's test data with its digits kept: 4.3065.
    assert ciede2000(grays, others) == pytest.approx([0, 4.3065, 0], abs=1e-4)
