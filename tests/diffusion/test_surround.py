"""The tone of what is kept around a product."""

from __future__ import annotations

import numpy as np
import pytest

from prodimages.diffusion.surround import blended


def ring(side=256, outer=60, inner=30):
    """A product like a ring, whose opening is kept too, on a scene of one tone."""
    y, x = np.mgrid[:side, :side] - side / 2
    keep = np.hypot(y, x) < outer
    return keep, np.hypot(y, x) < inner


def painting(keep, slope=0.3):
    """Lighter to the right and at random per pixel beyond the edge, where the scene is plain."""
    side = len(keep)
    scene = np.full((side, side, 3), 0.4, np.float32)
    noise = np.random.default_rng(0).normal(0, 0.03, (side, side, 1))
    across = slope * (np.arange(side) / side - 0.5)[None, :, None]
    return (scene + across + noise).astype(np.float32).clip(0, 1), scene


@pytest.mark.parametrize("side", [256, 512])
def test_an_opening_shows_no_facets(side):
    """By the nearest difference, neighbors in it would be apart as two pixels at the edge are."""
    keep, opening = ring(side, side * 60 // 256, side * 30 // 256)
    painted, scene = painting(keep)
    result = blended(painted, scene, keep, reach=5.0)
    apart = np.abs(np.diff(result[..., 0], axis=1))[opening[:, 1:]]
    assert apart.max() < 0.006
    # And it takes on what lies beyond, from dark on the left to light on the right.
    middle, off = side // 2, side * 20 // 256
    assert result[middle, middle + off, 0] - result[middle, middle - off, 0] > 0.02


def test_the_edge_is_that_of_the_painting():
    keep, _opening = ring()
    painted, scene = painting(keep)
    painted[:, :128] += 0.2
    result = blended(painted, scene, keep, reach=5.0)
    edge = 128 - 60
    assert result[128, edge + 1, 0] == pytest.approx(painted[128, edge, 0], abs=0.1)
    assert np.array_equal(result[~keep], painted[~keep])


def test_a_shadow_of_the_draft_stays_inside():
    keep, _opening = ring()
    painted, scene = painting(keep, slope=0)
    scene[120:136, 120:136] *= 0.5
    result = blended(painted, scene, keep, reach=5.0)
    assert result[100, 128, 0] - result[128, 128, 0] == pytest.approx(0.2, abs=0.03)


def test_a_picture_that_is_kept_all_but_for_a_corner_has_that_corners_tone():
    keep = np.ones((96, 64), bool)
    keep[:4, :4] = False
    scene = np.full((96, 64, 3), 0.4, np.float32)
    result = blended(scene + 0.1, scene, keep, reach=4.0)
    np.testing.assert_allclose(result, 0.5, atol=0.01)
