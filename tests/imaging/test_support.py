"""The far edge of a shelf or table behind a product, and what is none."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging.support import far_edge

SIDE = 240
WALL, WOOD = np.array([205, 203, 196.0]), np.array([150, 110, 70.0])


def photo(behind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A navy box that ends on row 190, before an (SIDE, SIDE, 3) picture, and its alpha."""
    alpha = np.zeros((SIDE, SIDE), dtype=np.float32)
    alpha[70:190, 85:155] = 1
    mixed = np.where(alpha[..., None] > 0, np.array([39, 52, 94.0]), behind)
    grain = np.random.default_rng(2).normal(0, 3, mixed.shape)
    return np.rint((mixed + grain).clip(0, 255)).astype(np.uint8), alpha


def shelf(edge: float, tilt: float = 0.0) -> np.ndarray:
    """A wall above a wooden board that begins on row ``edge``, out of focus."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    is_board = rows > edge + tilt * (columns - SIDE / 2)
    return ndimage.gaussian_filter(np.where(is_board[..., None], WOOD, WALL), (2, 2, 0))


@pytest.mark.parametrize(("edge", "tilt"), [(150, 0.0), (120, 0.02), (60, 0.0)])
def test_an_edge_behind_the_product_is_found(edge, tilt):
    assert far_edge(*photo(shelf(edge, tilt))) == pytest.approx(edge / SIDE, abs=0.03)


def joints(every: int) -> np.ndarray:
    """Boards from above, each of a tone of its own, with dark joints between them."""
    rows = np.arange(SIDE)
    tone = np.random.default_rng(5).normal(1, 0.03, SIDE)[rows // every]
    tone = np.where(rows % every < 2, 0.6, tone)
    return np.broadcast_to((tone[:, None] * WOOD)[:, None], (SIDE, SIDE, 3))


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(np.broadcast_to(WALL, (SIDE, SIDE, 3)), id="a sheet"),
        pytest.param(np.linspace(0.6, 1, SIDE)[:, None, None] * WALL, id="a sweep"),
        pytest.param(joints(30), id="boards from above"),
        pytest.param(shelf(215), id="an edge below the product"),
        pytest.param(shelf(20), id="an edge far above it"),
        pytest.param(shelf(150).transpose(1, 0, 2), id="an upright edge"),
        pytest.param(shelf(150, 0.4), id="a slope"),
    ],
)
def test_what_carries_nothing_is_no_edge(behind):
    assert far_edge(*photo(np.ascontiguousarray(np.broadcast_to(behind, (SIDE, SIDE, 3))))) is None


def test_nothing_is_known_of_an_empty_cut_out_or_one_that_fills_the_frame():
    rgb, alpha = photo(shelf(150))
    assert far_edge(rgb, alpha * 0) is None
    assert far_edge(rgb, alpha * 0 + 1) is None
