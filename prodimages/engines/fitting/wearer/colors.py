"""The colors of cloth: which there are, and how far others are from them."""

from __future__ import annotations

import numpy as np

CLOTH = 17.0
"""CIELAB distance from the old top's colors within which a pixel belongs to it."""


def nearest(lab: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Distance to the nearest of ``centers``; lightness counts less, since cloth has shade."""
    best = np.full(lab.shape[:2], np.inf, np.float32)
    for center in centers:
        gap = (lab - center.astype(np.float32)) ** 2
        best = np.minimum(best, np.sqrt(gap @ np.float32((0.4, 1.6, 1.6))))
    return best


def main_colors(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Up to four colors by Lloyd's rounds, and the share of those far from the largest one."""
    light = values[:, 0]
    starts = [
        np.median(values[np.abs(light - np.percentile(light, share)) <= 4], axis=0)
        for share in (12, 40, 65, 90)
    ]
    centers = np.array(starts)
    belongs = np.zeros(len(values), int)
    for _round in range(6):
        belongs = np.argmin(((values[:, None] - centers[None]) ** 2).sum(axis=-1), axis=1)
        for index in range(len(centers)):
            mine = values[belongs == index]
            if len(mine):
                centers[index] = mine.mean(axis=0)
    counts = np.bincount(belongs, minlength=len(centers))
    main = centers[int(np.argmax(counts))]
    far = np.sqrt(((centers - main) ** 2 * (0.35, 1, 1)).sum(axis=-1)) > 14
    return centers, float(counts[far].sum() / counts.sum())


def spread(centers: np.ndarray) -> float:
    """The largest distance between two of them."""
    pairs = centers[:, None] - centers[None]
    return float(np.sqrt((pairs**2).sum(axis=-1)).max())
