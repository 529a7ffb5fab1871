"""How far a cut-out can be trusted, and what speaks against it."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from scipy import ndimage

from prodimages.cutouts.refinement.frame import touched_edges
from prodimages.cutouts.refinement.ground import ground_within
from prodimages.cutouts.refinement.openings import background_within
from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.color import lab
from prodimages.imaging.outline import outline_of

_WORKING_SIDE = 512
_LOST_RUN = 0.14
"""How long a stretch of the outline, as a share of the product's diagonal, may lack contrast."""
_MOST_WITHIN = 0.003
"""Share of the product that may have the background's color without a word."""
_LEAST_ALIKE = 0.25
"""Overlap of the colors of two parts under which they are hardly a pair."""
_LEAST_DIFFERENCE = 7.0
"""CIE76 under which product and background have hardly another color."""


def assess(
    rgb: np.ndarray, alpha: np.ndarray, doubt: float = 0.0, *, trimmed: bool = False
) -> tuple[float, list[str]]:
    """Confidence 0..1 and the reasons, in words, that lower it.

    ``doubt`` is what ``doubt.doubt_of`` found in the backend's alpha before it was refined.
    The frame of a ``trimmed`` photo was drawn around its product, and says nothing.
    """
    stride = max(1, max(alpha.shape) // _WORKING_SIDE)
    small, photo = alpha[::stride, ::stride], rgb[::stride, ::stride]
    product = small > 0.5
    findings = (
        (not trimmed and touched_edges(alpha), 0.15, _("The photo's edge cuts the product.")),
        (not trimmed and product.mean() > 0.85, 0.15, _("The product fills the photo's frame.")),
        (
            _soft_share(small, product) > 0.02,
            0.25,
            _("Parts inside the product are unclear."),
        ),
        (doubt > 0.05, 0.3, _("It is not clear everywhere what belongs to the product.")),
        (doubt > 0.12, 0.4, _("Large parts were decided by color alone.")),
        (_count_parts(product) > 2, 0.15, _("The cut-out falls into several parts.")),
        (
            _parts_alike(photo, product) < _LEAST_ALIKE,
            0.45,
            _("Its parts differ in color, as two products would."),
        ),
        (
            _low_contrast_share(photo, small) > 0.35,
            0.3,
            _("The product hardly stands out from the background."),
        ),
        (
            _lost_run(photo, small) > _LOST_RUN,
            0.45,
            _("Along a part of its outline the product has the background's color."),
        ),
        (
            _share_of_background(photo[::2, ::2], small[::2, ::2]) > _MOST_WITHIN,
            0.3,
            _("Parts within the outline have the background's color: openings, or the product?"),
        ),
        (product.mean() < 0.02, 0.1, _("The product is very small in the photo.")),
    )
    found = [(cost, words) for is_so, cost, words in findings if is_so]
    confidence = float(np.prod([1 - cost for cost, _words in found]))
    return round(confidence, 3), [words for _cost, words in found]


def _share_of_background(rgb: np.ndarray, alpha: np.ndarray) -> float:
    """Of the product, by its colors or by those that the ground would have there."""
    ground = np.count_nonzero(ground_within(rgb, alpha)) / max(1, np.count_nonzero(alpha > 0.5))
    return max(background_within(rgb, alpha), float(ground))


def _soft_share(alpha: np.ndarray, product: np.ndarray) -> float:
    """Share of the product, away from its outline, that is neither solid nor empty."""
    inside = ndimage.binary_erosion(ndimage.binary_fill_holes(product), iterations=4)
    soft = (alpha > 0.05) & (alpha < 0.95) & inside
    return float(soft.sum() / max(1, inside.sum()))


def _count_parts(product: np.ndarray) -> int:
    labels, count = ndimage.label(product)
    sizes = np.bincount(labels.ravel())[1:]
    return int((sizes > 0.01 * product.sum()).sum()) if count else 0


def _parts_alike(rgb: np.ndarray, product: np.ndarray) -> float:
    """Overlap 0..1 of the color histograms of the two largest parts; 1 for a single part.

    A part counts from a fifth of the largest on: less is a lace or a label.
    """
    labels, _count = ndimage.label(product)
    sizes = np.bincount(labels.ravel())[1:]
    order = np.argsort(sizes)[::-1]
    if sizes.size < 2 or sizes[order[1]] < sizes[order[0]] / 5:
        return 1.0
    colors = lab(rgb)
    edges = (np.arange(0, 101, 20), np.arange(-112, 113, 16), np.arange(-112, 113, 16))
    one, other = (
        np.histogramdd(colors[labels == part + 1], bins=edges)[0] / sizes[part]
        for part in order[:2]
    )
    return float(np.minimum(one, other).sum())


def _low_contrast_share(rgb: np.ndarray, alpha: np.ndarray) -> float:
    """Share of the outline where product and background differ by under 4 L*."""
    outline = outline_of(rgb, alpha)
    return outline.lost if outline.rows.size else 1.0


def _lost_run(rgb: np.ndarray, alpha: np.ndarray, reach: int = 4) -> float:
    """Longest stretch of outline without a difference in color, over the product's diagonal.

    There a backend guesses, however sure it is: a white sole before a white floor.
    """
    colors = lab(rgb).astype(np.float32)
    product = alpha > 0.5
    outline = product & ~ndimage.binary_erosion(product, border_value=1)
    inside, has_inside = _mean_near(colors, alpha > 0.95, reach)
    outside, has_outside = _mean_near(colors, alpha < 0.05, reach)
    known = outline & has_inside & has_outside
    lost = known & (np.linalg.norm(inside - outside, axis=-1) < _LEAST_DIFFERENCE)
    joined = lost | (outline & ndimage.binary_dilation(lost, iterations=2))
    labels, count = ndimage.label(joined, structure=np.ones((3, 3)))
    box = bounding_box(alpha, 0.5)
    if not count or box is None:
        return 0.0
    longest = np.bincount(labels.ravel())[1:].max()
    return float(longest / np.hypot(box[2] - box[0], box[3] - box[1]))


def _mean_near(colors: np.ndarray, where: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the (H, W, 3) ``colors`` ``where`` that is so around each pixel; where there is."""
    weight = where.astype(np.float32)
    total = ndimage.uniform_filter(weight, 2 * reach + 1)
    size = (2 * reach + 1, 2 * reach + 1, 1)
    mean = ndimage.uniform_filter(colors * weight[..., None], size)
    return mean / np.maximum(total, 1e-6)[..., None], total > 1e-3
