"""Alpha as files, and resampling that respects it."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged, open_photo
from prodimages.imaging.threads import side_by_side

_SOLID = 0.998
_EMPTY = 0.004
_FEATHER = 0.7
"""Standard deviation in pixels."""
_DOUBT = "prodimages:doubt"


def alpha_to_png(alpha: np.ndarray, *, doubt: float = 0.0) -> bytes:
    """(H, W) float in 0..1 -> 8-bit gray PNG; the same alpha gives the same bytes.

    ``doubt`` travels in the file: what the backend was unsure of can't be told from the
    refined alpha later.
    """
    gray = np.rint(alpha.clip(0, 1) * 255).astype(np.uint8)
    note = PngInfo()
    note.add_text(_DOUBT, f"{doubt:.4f}")
    file = io.BytesIO()
    Image.fromarray(gray).save(file, "PNG", compress_level=6, pnginfo=note)
    return file.getvalue()


def read_doubt(content: bytes) -> float:
    """The ``doubt`` that a stored alpha was written with; 0 where there is none."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            return float(image.info.get(_DOUBT, 0))
    except (OSError, ValueError):
        return 0.0


def alpha_from_png(content: bytes, size: tuple[int, int]) -> np.ndarray:
    """A stored or uploaded mask as (H, W) float32 in 0..1, brought to ``size`` (W, H).

    A mask with transparency counts by its alpha, any other by its lightness. Raises
    JobFailure(PHOTO_INVALID) for what is no picture, or has other proportions.
    """
    image = open_photo(content, least=1)
    try:
        if image.has_transparency_data:
            gray = image.convert("RGBA").getchannel("A")
        else:
            gray = image.convert("L")
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    if gray.size != size:
        if abs(gray.width * size[1] - gray.height * size[0]) > max(size) * max(gray.size) * 0.01:
            message = _("The mask has other proportions than the photo.")
            raise JobFailure(FailureKind.PHOTO_INVALID, message)
        gray = gray.resize(size, Image.Resampling.BICUBIC)
    return np.asarray(gray, dtype=np.float32) / 255


def feathered(alpha: np.ndarray) -> np.ndarray:
    """A mask painted with a hard brush gets a rim of a pixel; a soft one stays as it is."""
    soft = np.count_nonzero((alpha > 0.02) & (alpha < 0.98))
    outline = np.count_nonzero(np.diff(alpha > 0.5, axis=0)) + 1
    if soft > outline / 2:
        return alpha
    smooth: np.ndarray = ndimage.gaussian_filter(alpha, _FEATHER)
    return smooth


def bounding_box(alpha: np.ndarray, level: float = 0.05) -> tuple[int, int, int, int] | None:
    """left, top, right, bottom of what is over ``level``; None when nothing is."""
    visible = alpha > level
    rows, columns = (
        np.flatnonzero(visible.any(axis=1)),
        np.flatnonzero(visible.any(axis=0)),
    )
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def resample(
    rgb: np.ndarray,
    alpha: np.ndarray,
    box: tuple[float, float, float, float],
    size: tuple[int, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Lanczos-resample the part of a picture in ``box`` to ``size`` (W, H).

    ``box`` is left, top, right, bottom in fractional pixels inside the picture. Colors
    are weighted by alpha, so nothing of what lies outside the product bleeds into its
    rim. Returns straight (H, W, 3) uint8 and (H, W) float32.
    """

    def plane(values: np.ndarray) -> np.ndarray:
        image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
        return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=box))

    return weighted(rgb, alpha, plane)


def weighted(
    rgb: np.ndarray, alpha: np.ndarray, resampled: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Color and alpha after ``resampled`` was done to each plane, colors weighted by alpha.

    Straight (H, W, 3) uint8 and (H, W) float32.
    """

    def premultiplied(band: int | None) -> np.ndarray:
        return resampled(alpha if band is None else rgb[..., band] * alpha)

    weight, *bands = side_by_side(premultiplied, (None, 0, 1, 2))
    divisor = np.maximum(weight, 1e-3)
    colors = np.empty((*weight.shape, 3), dtype=np.uint8)
    for band, values in enumerate(bands):
        colors[..., band] = np.rint(values / divisor).clip(0, 255)
    matte = snap(weight)
    colors[matte == 0] = 0
    return colors, matte


def snap(alpha: np.ndarray) -> np.ndarray:
    """Alpha in 0..1 with what is all but solid or empty made exactly so."""
    matte = alpha.clip(0, 1).astype(np.float32)
    matte[matte > _SOLID] = 1
    matte[matte < _EMPTY] = 0
    return matte
