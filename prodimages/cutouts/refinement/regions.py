"""Which connected parts of a mask belong to the product."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def drop_strays(belief: np.ndarray) -> np.ndarray:
    """Empty the parts of (H, W) ``belief`` that are too small or too unsure to be the product.

    The largest part stays; so does any that is at least a twelfth of it (the other shoe
    of a pair), or a hundredth where the backend is sure of it.
    """
    labels, count = ndimage.label(belief > 0.5)
    if count < 2:
        return belief
    numbers = np.arange(1, count + 1)
    sizes = ndimage.sum_labels(np.ones_like(labels), labels, numbers)
    certainty = ndimage.mean(belief, labels, numbers)
    main = sizes.max()
    stays = (sizes >= main / 12) | ((sizes >= main / 100) & (certainty > 0.85))
    kept = np.concatenate([[True], stays])[labels]
    near_kept = ndimage.binary_dilation(kept & (labels > 0), iterations=3)
    return np.where(kept | near_kept, belief, 0.0) * np.where((labels > 0) & ~kept, 0.0, 1.0)
