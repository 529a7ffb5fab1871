"""From a backend's blurry alpha to one that is sharp at the photo's own resolution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.cutouts.refinement.evidence import color_evidence
from prodimages.cutouts.refinement.filters import guided_coefficients
from prodimages.cutouts.refinement.matting import solve_band
from prodimages.cutouts.refinement.regions import close_gaps, drop_strays, grow
from prodimages.exceptions import JobFailure

VERSION = 3
"""Raised whenever the same photo and coarse alpha would give another alpha."""
WORKING_SIDE = 640
"""Longest side in pixels at which the matte is solved, before it is brought to full size."""
MODEL_SIDE = 320
"""Resolution in pixels that a backend's alpha is worth at least."""
_STRIP = 512
"""Rows brought to full size at a time, which bounds the memory that floats take."""
_WEAK_EVIDENCE = 0.7
_DEEP = 4
"""So many times the band's half width inside the outline everything is solid."""
_NOISE = 2e-4
"""Nine times the variance of the noise that colors are given: a level and a half of 255. With less,
the outline of goods in their ground's color follows the blocks of a JPEG, in steps."""
_TIE = 0.05
"""How strongly the solution is tied to the belief where that is sure; 1 is a window's weight."""
_SOFT_REACH, _SOFT_WIDTH = 2.0, 3.0
"""How far from the outline, in pixels at working size, the rim may be soft."""


def refine(rgb: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 and (H, W) in 0..1 -> (H, W) float32 in 0..1.

    Raises JobFailure(NO_PRODUCT) when nothing is left.
    """
    photo, prior = at_working_size(rgb, coarse)
    evidence = evidence_in(photo, prior)
    belief = _believe(prior, evidence)
    belief = grow(close_gaps(belief, prior, evidence), evidence)
    belief = drop_strays(belief)
    if np.mean(belief > 0.5) < 0.002:
        raise no_product()
    matte = _solve(photo, belief)
    return _at_full_size(rgb, photo, matte)


def no_product() -> JobFailure:
    message = _(
        "No product was found in the photo. Use a photo where it stands out from the background, "
        "or upload a mask."
    )
    return JobFailure(FailureKind.NO_PRODUCT, message)


def at_working_size(rgb: np.ndarray, coarse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    height, width = coarse.shape
    scale = min(1.0, WORKING_SIDE / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    photo = Image.fromarray(rgb).resize(size, Image.Resampling.BOX)
    prior = Image.fromarray(coarse.astype(np.float32)).resize(size, Image.Resampling.BOX)
    return np.asarray(photo), np.asarray(prior).clip(0, 1)


def evidence_in(photo: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """What the colors say, learned from where the backend is sure; weak opinions are none."""
    evidence = color_evidence(photo, (prior > 0.9) * 1.0, (prior < 0.05) * 1.0)
    strong = np.sign(evidence) * np.maximum(np.abs(evidence) - _WEAK_EVIDENCE, 0)
    return ndimage.gaussian_filter(strong, 1.5)


def _believe(prior: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """The backend's opinion, corrected by color where it is undecided itself."""
    doubt = 4 * prior * (1 - prior)
    odds = np.log((prior + 0.01) / (1.01 - prior)) + 1.5 * evidence * doubt
    return 1 / (1 + np.exp(-odds))


def _solve(photo: np.ndarray, belief: np.ndarray) -> np.ndarray:
    """The matte at working size: solved in a band around the outline, solid within."""
    reach = max(2, round(2 * max(belief.shape) / MODEL_SIDE))
    inside = ndimage.distance_transform_edt(belief > 0.9)
    outside = ndimage.distance_transform_edt(belief <= 0.1)
    deep = ndimage.distance_transform_edt(belief > 0.5) > _DEEP * reach
    core = (inside > reach) | deep
    unknown = ~core & (outside <= reach)
    known = np.where(core, 1.0, np.where(unknown, belief, 0.0))
    weight = _TIE * (2 * belief - 1) ** 4
    return _without_haze(solve_band(photo / 255.0, known, unknown, weight, epsilon=_NOISE))


def _without_haze(matte: np.ndarray) -> np.ndarray:
    """Keep softness near the outline: where colors tell little, the solution spreads thin."""
    product = matte > 0.5
    inside = ndimage.distance_transform_edt(product)
    distance = np.where(product, inside - 0.5, 0.5 - ndimage.distance_transform_edt(~product))
    least = 0.5 + (distance - _SOFT_REACH) / _SOFT_WIDTH
    most = 0.5 + (distance + _SOFT_REACH) / _SOFT_WIDTH
    return matte.clip(least.clip(0, 1), most.clip(0, 1)).astype(np.float32)


def _at_full_size(rgb: np.ndarray, photo: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """Joint upsampling: the matte's local linear models, applied to the full photo."""
    if rgb.shape == photo.shape:
        return _stretch(matte)
    slopes, offset = guided_coefficients(
        photo.astype(np.float32) / 255, matte.astype(np.float32), 2, 1e-4
    )
    planes = (
        *(Image.fromarray(slopes[..., band].astype(np.float32)) for band in range(3)),
        Image.fromarray(offset.astype(np.float32)),
        Image.fromarray(ndimage.minimum_filter(matte, 3)),
        Image.fromarray(ndimage.maximum_filter(matte, 3)),
    )
    down = len(matte) / len(rgb)
    return np.concatenate(
        [
            _strip(rgb[top : top + _STRIP], planes, top * down, down)
            for top in range(0, len(rgb), _STRIP)
        ]
    )


def _strip(rgb: np.ndarray, planes: Sequence[Image.Image], top: float, down: float) -> np.ndarray:
    """Alpha of some rows of the full photo; ``top`` is where they begin at working size."""
    height, width = rgb.shape[:2]
    box = (0, top, planes[0].width, min(top + height * down, planes[0].height))
    red, green, blue, offset, floor, ceiling = (
        np.asarray(plane.resize((width, height), Image.Resampling.BILINEAR, box=box))
        for plane in planes
    )
    slopes = (red, green, blue)
    alpha = sum((slopes[band] * (rgb[..., band] / np.float32(255)) for band in range(3)), offset)
    return _stretch(alpha.clip(floor, ceiling))


def _stretch(alpha: np.ndarray) -> np.ndarray:
    """Make solid what is all but solid, and empty what is all but empty."""
    return ((alpha - 0.06) / 0.88).clip(0, 1).astype(np.float32)
