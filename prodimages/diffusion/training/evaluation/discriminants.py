"""Directions of features in which pictures of one word differ from those of others, whatever
else they show: linear discriminants (Fisher 1936; for several words, Rao 1948), with a pooled
covariance that is shrunk toward a multiple of the identity (Friedman 1989).

Distances in features as they are measure above all what a word does not say: where the horizon
lies, and what color things have.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

SHRINKAGE = 0.1


@dataclasses.dataclass(frozen=True)
class Discriminants:
    words: tuple[str, ...]
    mean: np.ndarray
    """(d,) of features."""
    axes: np.ndarray
    """(d, k): features less their mean -> a space in which pictures of a word vary by about 1."""
    centers: np.ndarray
    """(words, k): where pictures of each word are on average."""

    def distances(self, features: np.ndarray, among: Sequence[str]) -> np.ndarray:
        """(d,) features -> (len(among),) distances to the centers of these words."""
        found = (features - self.mean) @ self.axes
        at = [self.words.index(word) for word in among]
        result: np.ndarray = np.linalg.norm(self.centers[at] - found, axis=1)
        return result


def discriminants(features: np.ndarray, said: Sequence[str], least: int = 2) -> Discriminants:
    """Of pictures' features (n, d) and the word of each; words of fewer than ``least`` pictures
    are left out. Raises ValueError where not two words are left.
    """
    labels = np.asarray(said)
    words, counts = np.unique(labels, return_counts=True)
    words = words[counts >= least]
    if len(words) < 2:
        raise ValueError("Discriminants need pictures of two words or more.")
    kept = np.isin(labels, words)
    features, labels = features[kept].astype(np.float64), labels[kept]
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    plain = (features - mean) / scale
    centers = np.stack([plain[labels == word].mean(axis=0) for word in words])
    whitened = _whitening(plain - centers[np.searchsorted(words, labels)])
    spread = (centers - centers.mean(axis=0)) @ whitened
    _left, _sizes, directions = np.linalg.svd(spread, full_matrices=False)
    axes = whitened @ directions[: len(words) - 1].T
    return Discriminants(
        words=tuple(str(word) for word in words),
        mean=mean,
        axes=axes / scale[:, None],
        centers=centers @ axes,
    )


def _whitening(within: np.ndarray) -> np.ndarray:
    """(d, d) that brings the shrunk covariance of (n, d) deviations to the identity."""
    covariance = within.T @ within / len(within)
    level = np.trace(covariance) / len(covariance)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * level * np.eye(len(covariance))
    result: np.ndarray = np.linalg.inv(np.linalg.cholesky(covariance)).T
    return result
