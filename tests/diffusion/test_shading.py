from __future__ import annotations

import numpy as np
import pytest

from prodimages.diffusion.shading import shaded, shading


def painted():
    """A surface of 64 pixels, a square product on it, and its reddish shadow to the right."""
    without = np.full((64, 64, 3), 0.5, np.float32)
    without += np.linspace(-0.2, 0.2, 64, dtype=np.float32)[None, :, None]
    cover = np.zeros((64, 64), bool)
    cover[26:38, 26:38] = True
    with_product = without.copy()
    with_product[30:38, 38:46] *= (0.5, 0.4, 0.4)
    with_product[cover] = (0.9, 0.1, 0.1)
    return with_product, without, cover


def test_the_layer_is_the_shadow_alone():
    factors = shading(*painted())
    assert factors[34, 42, 1] == pytest.approx(0.55, abs=0.1)
    assert factors[34, 42, 0] > factors[34, 42, 1]
    assert factors[10, 10] == pytest.approx(1)
    # Left of the product the light is as before: its color does not leak into the layer.
    assert factors[32, 22] == pytest.approx(1, abs=0.02)


def test_a_drift_of_the_whole_picture_is_no_shadow():
    with_product, without, cover = painted()
    factors = shading(with_product * 0.8, without, cover)
    assert factors[5, 5] == pytest.approx(1, abs=0.02)
    assert factors[32, 22] == pytest.approx(1, abs=0.03)


def test_the_layer_is_multiplied_in_linear_light_at_any_size():
    factors = shading(*painted())
    surface = np.full((256, 256, 3), 0.4, np.float32)
    lit = shaded(surface, factors)
    assert lit.shape == (256, 256, 3)
    assert lit[4 * 34, 4 * 42, 1] == pytest.approx(0.4 * factors[34, 42, 1], abs=0.02)
    assert lit[20, 20] == pytest.approx(0.4, abs=0.01)
