"""Edge-aware filters on whole planes, built from box means."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def box_mean(plane: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of side 2 * radius + 1, with the border repeated."""
    mean: np.ndarray = ndimage.uniform_filter(plane, 2 * radius + 1, mode="nearest")
    return mean


def guided_coefficients(
    guide: np.ndarray, target: np.ndarray, radius: int, epsilon: float
) -> tuple[np.ndarray, np.ndarray]:
    """The linear model of the color guided filter: target ~ sum(a * guide) + b.

    He, Sun, Tang: Guided Image Filtering (2010), equations 19 and 20. ``guide`` is
    (H, W, 3) in 0..1, ``target`` (H, W). Returns a (H, W, 3) and b (H, W), averaged
    over each pixel's windows.
    """
    means = [box_mean(guide[..., band], radius) for band in range(3)]
    mean_target = box_mean(target, radius)

    def covariance(one: int, other: int) -> np.ndarray:
        product = box_mean(guide[..., one] * guide[..., other], radius)
        return product - means[one] * means[other]

    rr, gg, bb = (covariance(band, band) + epsilon for band in range(3))
    rg, rb, gb = covariance(0, 1), covariance(0, 2), covariance(1, 2)
    with_target = [
        box_mean(guide[..., band] * target, radius) - means[band] * mean_target for band in range(3)
    ]
    # The inverse of a symmetric 3 x 3 matrix by its cofactors.
    i_rr, i_rg, i_rb = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    i_gg, i_gb, i_bb = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    determinant = rr * i_rr + rg * i_rg + rb * i_rb
    rows = ((i_rr, i_rg, i_rb), (i_rg, i_gg, i_gb), (i_rb, i_gb, i_bb))
    slopes = [sum(row[band] * with_target[band] for band in range(3)) / determinant for row in rows]
    offset = mean_target - sum(slopes[band] * means[band] for band in range(3))
    averaged = np.stack([box_mean(slope, radius) for slope in slopes], axis=-1)
    return averaged, box_mean(offset, radius)
