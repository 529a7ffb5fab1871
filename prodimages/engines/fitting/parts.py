"""The connected parts of a mask."""

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
