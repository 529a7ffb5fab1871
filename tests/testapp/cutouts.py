"""A cut-out backend without weights."""

from __future__ import annotations

from prodimages.cutouts.base import CutoutBackend


class DarkIsProduct(CutoutBackend):
    """Everything darker than mid-gray is the product."""

    name = "dark"

    def alpha(self, rgb):
        import numpy as np

        return (rgb.mean(axis=2) < 128).astype(np.float32)
