"""Parts of masks: what is connected, and what is solid."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def largest(mask: np.ndarray) -> np.ndarray | None:
    """The part with the most pixels; None of an empty mask."""
    labels, count = ndimage.label(mask)
    if not count:
        return None
    sizes = ndimage.sum_labels(mask, labels, range(1, count + 1))
    return np.asarray(labels == 1 + int(np.argmax(sizes)))


def joined(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The parts that hold a pixel of ``seeds``."""
    labels, _count = ndimage.label(mask)
    kept = np.unique(labels[seeds])
    return np.isin(labels, kept[kept > 0])


def solid(mask: np.ndarray, span: float) -> np.ndarray:
    """Without holes and single pixels; ``span``: pixels between the shoulders."""
    rounds = max(1, round(span / 120))
    closed = ndimage.binary_closing(mask, iterations=rounds)
    return ndimage.binary_opening(ndimage.binary_fill_holes(closed), iterations=rounds)
