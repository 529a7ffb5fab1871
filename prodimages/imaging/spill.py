"""Takes the color that a backdrop throws onto the product's rim out again."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.imaging.color import lab, linear_of, to_srgb

_LEAST_CHROMA = 15.0
"""A grayer backdrop throws no color worth the risk."""
_MOST = 0.35
"""Most of the backdrop's color, in linear light, that is taken out of a pixel."""
_LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750], dtype=np.float32)
_WORKING_SIDE = 800
_BACKDROP_SIDE = 400


def rim_width(shape: tuple[int, ...]) -> int:
    """Pixels inside the outline where spill is looked for: 3 to 8, by the photo's size."""
    return int(np.clip(round(max(shape[:2]) / 200), 3, 8))


def suppress_spill(foreground: np.ndarray, photo: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 foreground colors without what the backdrop threw on them.

    ``photo`` (H, W, 3) uint8 and ``alpha`` (H, W) tell the backdrop's color. In the rim, the
    backdrop's chroma (its linear light without its luminance) is taken out as far as the
    rim has more of it than the product just inside and than the product itself varies by.
    Luminance stays. Nothing changes before a gray backdrop.
    """
    backdrop = _backdrop(photo, alpha)
    result = foreground.copy()
    if backdrop is None:
        return result
    part = _around(alpha, rim_width(alpha.shape) + 2)
    result[part] = _cleaned(foreground[part], alpha[part], backdrop, rim_width(alpha.shape))
    return result


def _around(alpha: np.ndarray, margin: int) -> tuple[slice, slice]:
    """The product's box with a margin: elsewhere there is nothing to clean."""
    rows, columns = (np.flatnonzero((alpha > 0.004).any(axis=axis)) for axis in (1, 0))
    return (
        slice(max(0, rows[0] - margin), rows[-1] + 1 + margin),
        slice(max(0, columns[0] - margin), columns[-1] + 1 + margin),
    )


def _cleaned(
    foreground: np.ndarray, alpha: np.ndarray, backdrop: np.ndarray, width: int
) -> np.ndarray:
    """``foreground`` with the backdrop's linear color taken out of ``width`` pixels of rim."""
    direction = backdrop - _LUMINANCE @ backdrop
    depth = ndimage.distance_transform_edt(alpha > 0.5)
    rim = (alpha > 0.004) & (depth <= width)
    own, variation = _inside(foreground, alpha, depth, direction, width)
    amount = _amount(foreground[rim], direction)
    excess = amount - own[rim] - variation[rim]
    taken = np.clip(excess, 0, _MOST) * np.clip((width + 1 - depth[rim]) / 2, 0, 1)
    if not (taken > 0).any():
        return foreground.copy()
    result = foreground.copy()
    clean = linear_of(foreground[rim]) - taken[:, None] * direction
    result[rim] = np.rint(to_srgb(clean) * 255).astype(np.uint8)
    return result


def _backdrop(photo: np.ndarray, alpha: np.ndarray) -> np.ndarray | None:
    """Linear color of what lies around the outline; None where it is gray or of many colors."""
    if not (alpha > 0.5).any():
        return None
    # A median of every few pixels is the median of all of them, and far cheaper to find.
    stride = max(1, max(alpha.shape) // _BACKDROP_SIDE)
    photo, alpha = photo[::stride, ::stride], alpha[::stride, ::stride]
    near = ndimage.distance_transform_edt(alpha < 0.02)
    ring = photo[(near > 1) & (near < 0.05 * max(alpha.shape))]
    if len(ring) < 100:
        return None
    colors = lab(ring[:: max(1, len(ring) // 20_000)])
    middle = np.median(colors[:, 1:], axis=0)
    spread = np.median(np.hypot(*(colors[:, 1:] - middle).T))
    if np.hypot(*middle) < _LEAST_CHROMA or spread > np.hypot(*middle) / 3:
        return None
    return linear_of(np.rint(np.median(ring, axis=0)).astype(np.uint8))


def _amount(rgb: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """How much of the backdrop's chroma a (..., 3) uint8 color holds; 1 is as much as itself.

    Band by band, for the sake of memory: the linear color without its luminance, projected.
    """
    weights = (direction - _LUMINANCE * direction.sum()) / float(direction @ direction)
    tables = linear_of(np.arange(256, dtype=np.uint8))[:, None] * weights
    red, green, blue = (tables[:, band][rgb[..., band]] for band in range(3))
    return red + green + blue


def _inside(
    foreground: np.ndarray,
    alpha: np.ndarray,
    depth: np.ndarray,
    direction: np.ndarray,
    width: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Local mean and standard deviation of ``_amount`` in the product behind the rim."""
    height, wide = alpha.shape
    scale = min(1.0, _WORKING_SIDE / max(height, wide))
    size = max(1, round(wide * scale)), max(1, round(height * scale))
    amount = _amount(foreground, direction)
    trust = ((depth > width) & (alpha > 0.995)).astype(np.float32)

    def small(plane: np.ndarray) -> np.ndarray:
        picture = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
        return np.asarray(picture.resize(size, Image.Resampling.BOX))

    reach = 2 * round(4 * width * scale) + 3
    weight = ndimage.uniform_filter(small(trust), reach) + 1e-6
    mean = ndimage.uniform_filter(small(amount * trust), reach) / weight
    square = ndimage.uniform_filter(small(amount**2 * trust), reach) / weight
    deviation = np.sqrt(np.maximum(square - mean**2, 0))
    unknown = weight < 0.01  # thin parts have no inside to compare with
    deviation = np.where(unknown, 10, deviation)

    def full(plane: np.ndarray) -> np.ndarray:
        picture = Image.fromarray(plane.astype(np.float32))
        return np.asarray(picture.resize((wide, height), Image.Resampling.BILINEAR))

    return full(mean), full(deviation)
