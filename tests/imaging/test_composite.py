from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.composite import composite, dither, eroded_mask
from prodimages.imaging.types import PlacedProduct
from tests.imaging.test_alpha import disc


@pytest.fixture
def placed():
    alpha = disc(120, 40)
    rgb = np.random.default_rng(2).integers(0, 256, (120, 120, 3), dtype=np.uint8)
    rgb[alpha == 0] = 0
    return PlacedProduct(rgb=rgb, alpha=alpha, box=(20, 20, 100, 100), scale=1.0)


def test_solid_pixels_are_the_products_own(placed):
    background = np.full((120, 120, 3), 0.337, dtype=np.float32)
    composed = composite(background, placed, seed=5)
    solid = placed.alpha == 1
    assert solid.sum() > 4000
    assert np.array_equal(composed[solid], placed.rgb[solid])


def test_white_stays_white(placed):
    composed = composite(np.ones((120, 120, 3), dtype=np.float32), placed, seed=5)
    assert (composed[placed.alpha == 0] == 255).all()


def test_the_rim_mixes_by_alpha(placed):
    background = np.full((120, 120, 3), 0.5, dtype=np.float32)
    composed = composite(background, placed, seed=5)
    rim = (placed.alpha > 0) & (placed.alpha < 1)
    weight = placed.alpha[rim][:, None]
    wanted = placed.rgb[rim] * weight + 127.5 * (1 - weight)
    assert np.abs(composed[rim] - wanted).max() <= 1


def test_the_seed_decides(placed):
    background = np.full((120, 120, 3), 0.337, dtype=np.float32)
    first = composite(background, placed, seed=5)
    assert np.array_equal(first, composite(background, placed, seed=5))
    assert not np.array_equal(first, composite(background, placed, seed=6))


def test_another_size_is_an_error(placed):
    with pytest.raises(ValueError, match="differ"):
        composite(np.ones((64, 64, 3), dtype=np.float32), placed, seed=1)


def test_dithering_shows_no_bands():
    ramp = np.repeat(np.linspace(100, 104, 1000)[None, :, None], 400, axis=0)
    values = np.broadcast_to(ramp, (400, 1000, 3)).astype(np.float32)
    dithered = dither(values, np.random.default_rng(1))
    assert np.abs(dithered.mean(axis=0) - values[0]).max() < 0.12
    assert (dithered[..., 0] == dithered[..., 1]).all()


def test_dithering_leaves_whole_values_alone():
    values = np.tile(np.arange(256, dtype=np.float32)[None, :, None], (20, 1, 3))
    assert np.array_equal(dither(values, np.random.default_rng(3)), values.astype(np.uint8))


def test_the_eroded_mask_reaches_the_canvas_edge():
    mask = eroded_mask(np.ones((20, 20), dtype=np.float32))
    assert mask.all()
    assert eroded_mask(disc(120, 40)).sum() < (disc(120, 40) >= 1).sum()
