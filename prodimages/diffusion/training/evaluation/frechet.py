"""The Frechet distance of two sets of features, taken as normal distributions.

Heusel et al., "GANs Trained by a Two Time-Scale Update Rule" (2017), who used other features:
with those of EfficientNet-Lite0 it is no FID, and compares with nothing but itself.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg


def frechet(ours: np.ndarray, theirs: np.ndarray) -> float:
    """|m - m'|^2 + tr(S + S' - 2 (S S')^1/2) of (n, d) and (m, d) features; 0 for the same."""
    mean = ours.mean(axis=0) - theirs.mean(axis=0)
    first, second = (np.cov(one, rowvar=False) for one in (ours, theirs))
    # The trace of the root of S S' is the sum of singular values of S^1/2 S'^1/2.
    root = _root(first) @ _root(second)
    between = linalg.svdvals(root).sum()
    return float(mean @ mean + np.trace(first) + np.trace(second) - 2 * between)


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    result: np.ndarray = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return result
