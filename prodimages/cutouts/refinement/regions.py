"""Which regions of a mask belong to the product, decided region by region."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

CERTAIN = 0.97
"""The belief that a region gets which was decided to be product."""
_GAP_SHARE = 0.035
"""Gaps up to twice this share of the longest side are closed over to be looked at."""
_LEAST_PRIOR, _LEAST_SEEN, _LEAST_EVIDENCE = 0.06, 0.85, -2.0
_SEEN_IN_A_ROW = 0.6
_LEAST_ROW, _LEAST_SLENDER, _MOST_UNLIKE = 3, 4.0, 1.6
"""How many gaps are a row of stripes, how slender each is, and how unlike in size they may be."""
_STRONG_EVIDENCE = 2.5
_MOST_GROWTH = 0.5


def close_gaps(belief: np.ndarray, prior: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """Fill the gaps of (H, W) ``belief`` that look like product, leave the others open.

    A gap is a hole, or a bay of the outline narrower than 7 % of the picture. It is
    filled where the backend saw at least a trace nearly all over (``prior``) and its
    colors don't speak for the surroundings (``evidence``): a stripe of a shirt is, the
    ear of a mug is not. Of gaps in a row, slender and alike, less of a trace will do:
    they are the stripes that a product shares with its ground.
    """
    product = belief > 0.5
    reach = _GAP_SHARE * max(belief.shape)
    labels, count = ndimage.label(ndimage.binary_fill_holes(_closed(product, reach)) & ~product)
    if not count:
        return belief
    numbers = np.arange(1, count + 1)
    seen = ndimage.mean(prior > _LEAST_PRIOR, labels, numbers)
    colored = ndimage.mean(evidence, labels, numbers)
    least = np.where(_in_a_row(labels, count), _SEEN_IN_A_ROW, _LEAST_SEEN)
    fills = (seen > least) & (colored > _LEAST_EVIDENCE)
    filled = np.concatenate([[False], fills])[labels]
    return np.where(filled, np.maximum(belief, CERTAIN), belief)


def _in_a_row(labels: np.ndarray, count: int) -> np.ndarray:
    """(count,) bool: which of the labelled gaps lie side by side, slender, parallel and alike."""
    shapes = [_ellipse(labels, number) for number in range(1, count + 1)]
    alike = [[_is_beside(one, other) for other in shapes] for one in shapes]
    return np.sum(alike, axis=1) >= _LEAST_ROW


def _ellipse(labels: np.ndarray, number: int) -> tuple[complex, complex, float, float]:
    """Middle, direction, length and width of a region, by its second moments."""
    rows, columns = np.nonzero(labels == number)
    along = columns + 1j * rows
    middle = complex(along.mean())
    off = along - middle
    spread, turn = float(np.mean(np.abs(off) ** 2)), complex(np.mean(off**2))
    length = np.sqrt(8 * (spread + abs(turn)))
    width = np.sqrt(8 * max(spread - abs(turn), 1 / 12))
    return middle, complex(np.exp(0.5j * np.angle(turn))), float(length), float(width)


def _is_beside(
    one: tuple[complex, complex, float, float], other: tuple[complex, complex, float, float]
) -> bool:
    """Whether two regions are stripes of one pattern; a slender one is beside itself."""
    (at, way, length, width), (there, its_way, its_length, its_width) = one, other
    slender = min(length / width, its_length / its_width) > _LEAST_SLENDER
    parallel = abs((way * its_way.conjugate()).real) > 0.97
    lengths = max(length, its_length) < _MOST_UNLIKE * min(length, its_length)
    widths = max(width, its_width) < _MOST_UNLIKE * min(width, its_width)
    shifted = abs(((there - at) * way.conjugate()).real) < 0.3 * length
    return slender and parallel and lengths and widths and shifted


def grow(belief: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """Take in what adjoins the product and has colors that only the product has.

    Backends lose sleeves and straps that lead away from the main body. Growth beyond
    half the product's area is not believed: then the colors tell nothing.
    """
    product = belief > 0.5
    alike = ndimage.binary_opening(evidence > _STRONG_EVIDENCE, iterations=2)
    grown = ndimage.binary_propagation(product, mask=product | alike) & ~product
    if not 0 < grown.sum() <= _MOST_GROWTH * product.sum():
        return belief
    return np.where(grown, np.maximum(belief, CERTAIN), belief)


def drop_strays(belief: np.ndarray) -> np.ndarray:
    """Empty the parts of (H, W) ``belief`` that are too small or too unsure to be the product.

    The largest part stays; so does any that is at least a twelfth of it (the other shoe
    of a pair), or a hundredth where the backend is sure of it.
    """
    labels, count = ndimage.label(belief > 0.5)
    if count < 2:
        return belief
    numbers = np.arange(1, count + 1)
    sizes = np.bincount(labels.ravel())[1:]
    certainty = ndimage.mean(belief, labels, numbers)
    main = sizes.max()
    stays = (sizes >= main / 12) | ((sizes >= main / 100) & (certainty > 0.85))
    stray = np.concatenate([[False], ~stays])[labels]
    rest = ~ndimage.binary_dilation((labels > 0) & ~stray, iterations=3)
    return np.where(stray | rest, 0.0, belief)


def _closed(mask: np.ndarray, radius: float) -> np.ndarray:
    """Morphological closing with a disc, by two distance transforms."""
    pad = int(radius) + 2
    padded = np.pad(mask, pad)
    near = ndimage.distance_transform_edt(~padded) <= radius
    closed = ndimage.distance_transform_edt(near) > radius
    return (closed | padded)[pad:-pad, pad:-pad]
