"""The photo and its cut-out at the size at which detectors look at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.color import lab

WORKING_SIDE = 512
"""Longest side in pixels; a hanger's wire is still two or three of them wide."""
_THICK = 0.032
"""Radius, as a share of the product's size, of the disc that fits into its body everywhere."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """A connected part of the picture."""

    mask: np.ndarray
    """(h, w) bool."""
    top: int
    left: int
    bottom: int
    right: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def area(self) -> int:
        return int(np.count_nonzero(self.inner))

    @property
    def inner(self) -> np.ndarray:
        """The mask within its own box."""
        return self.mask[self.top : self.bottom, self.left : self.right]

    @property
    def stroke(self) -> float:
        """Greatest width in pixels: twice the radius of the largest disc within."""
        return 2 * float(ndimage.distance_transform_edt(np.pad(self.inner, 1)).max())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Candidate:
    mask: np.ndarray
    """(h, w) bool at working size."""
    confidence: float


@dataclasses.dataclass(frozen=True)
class Scene:
    rgb: np.ndarray
    """(h, w, 3) uint8 at working size."""
    alpha: np.ndarray
    """(h, w) float32 in 0..1."""

    @cached_property
    def lab(self) -> np.ndarray:
        return lab(self.rgb)

    @cached_property
    def product(self) -> np.ndarray:
        return self.alpha > 0.5

    @cached_property
    def size(self) -> float:
        """The side of a square of the product's area, in pixels."""
        return float(np.sqrt(np.count_nonzero(self.product)))

    @cached_property
    def body(self) -> Part:
        """The largest part of the product that has no thin places: a garment, a bowl, a bag."""
        opened = opening(self.product, _THICK * self.size)
        return max(parts(opened), key=lambda part: part.area, default=whole(self.product))

    @cached_property
    def thin(self) -> list[Part]:
        """What the body leaves over: straps, hooks, stems, laces, and parts that lie apart."""
        rest = self.product & ~ndimage.binary_dilation(self.body.mask, iterations=2)
        least = max(12, 2e-4 * self.size**2)
        return [part for part in parts(rest) if part.area >= least]

    def color(self, mask: np.ndarray) -> np.ndarray:
        """(3,) median CIELAB color of a region."""
        return np.median(self.lab[mask], axis=0)

    def share_alike(self, mask: np.ndarray, color: np.ndarray, reach: float = 14.0) -> float:
        """Share 0..1 of a region's pixels within ``reach`` of a CIELAB color."""
        distance = np.linalg.norm(self.lab[mask] - color, axis=-1)
        return float(np.mean(distance < reach)) if distance.size else 0.0

    def near(self, mask: np.ndarray, reach: int) -> np.ndarray:
        """Pixels of the body within ``reach`` of a region."""
        grown = ndimage.binary_dilation(mask, iterations=reach)
        return grown & self.body.mask & ~mask


def scene_of(rgb: np.ndarray, alpha: np.ndarray, side: int = WORKING_SIDE) -> Scene:
    """(H, W, 3) uint8 and (H, W) in 0..1 -> both at working size, or ``side`` pixels at most."""
    height, width = alpha.shape
    scale = min(1.0, side / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
    matte = Image.fromarray(alpha.astype(np.float32)).resize(size, Image.Resampling.BOX)
    return Scene(np.asarray(photo), np.asarray(matte))


def parts(mask: np.ndarray) -> Iterator[Part]:
    labels, _count = ndimage.label(mask, structure=np.ones((3, 3)))
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1):
        yield Part(
            mask=labels == number,
            top=rows.start,
            left=columns.start,
            bottom=rows.stop,
            right=columns.stop,
        )


def whole(mask: np.ndarray) -> Part:
    return Part(mask=mask, top=0, left=0, bottom=mask.shape[0], right=mask.shape[1])


def opening(mask: np.ndarray, radius: float) -> np.ndarray:
    """Morphological opening with a disc, by two distance transforms."""
    core = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1] > radius
    if not core.any():
        return core
    return ndimage.distance_transform_edt(~core) <= radius
