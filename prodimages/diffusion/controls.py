"""A ControlNet (Zhang et al. 2023): its weights, and the pictures that it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from django.utils.translation import gettext as _
from PIL import Image
from scipy import ndimage

from prodimages.diffusion import weights
from prodimages.engines.model_options import ModelOptions

_UNKNOWN = -1.0
"""What ControlNets that were taught to inpaint take for a pixel that is to be painted."""
_WEAK, _STRONG = 100.0, 200.0
"""Thresholds of the edges that ControlNets were taught to follow, of 8-bit steps."""
_ROUND = np.ones((3, 3), bool)


def folder_of(options: ModelOptions) -> Path:
    """Where its weights lie. Raises JobFailure (unavailable) where none do, or may run code."""
    folder = Path(options.controlnet["PATH"])
    if not (folder / "config.json").is_file():
        raise weights.unavailable(_("The folder of the ControlNet has no config.json."))
    weights.assert_no_code(folder)
    weights.assert_no_pickles(folder, "controlnet")
    return folder


def load(options: ModelOptions, dtype: torch.dtype) -> Any:
    """Raises JobFailure (unavailable) in words, and what diffusers raises for what doesn't fit."""
    kind: Any = diffusers.ControlNetModel
    return kind.from_pretrained(
        folder_of(options), dtype=dtype, use_safetensors=True, local_files_only=True
    )


def followed(canvas: Image.Image, mask: Image.Image, how: str) -> np.ndarray:
    """(height, width, 3) float32 of the size of both: ``how`` is one of FOLLOWED.

    ``mask`` is white where something is to be painted.
    """
    pixels = np.asarray(canvas.convert("RGB"), np.float32) / 255
    if how == "inpaint":
        pixels[np.asarray(mask) > 127] = _UNKNOWN
        return pixels
    lines = edges(255 * pixels)
    return np.repeat(lines[..., None].astype(np.float32), 3, axis=-1)


def edges(rgb: np.ndarray) -> np.ndarray:
    """(H, W, 3) 0..255 -> (H, W) bool: lines a pixel wide where the color changes most.

    Canny (1986) without its blur, by the channel that changes most at each pixel, as the
    pictures were made that ControlNets learned from.
    """
    down, across = _slope(rgb, along=0), _slope(rgb, along=1)
    slopes = np.abs(down) + np.abs(across)
    most = slopes.argmax(axis=-1)[..., None]
    down, across, steep = (
        np.take_along_axis(one, most, axis=-1)[..., 0] for one in (down, across, slopes)
    )
    likely = (steep > _WEAK) & _is_ridge(steep, down, across)
    parts, count = ndimage.label(likely, structure=_ROUND)
    strong = np.zeros(count + 1, bool)
    strong[parts[likely & (steep > _STRONG)]] = True
    found: np.ndarray = strong[parts] & likely
    return found


def _slope(rgb: np.ndarray, *, along: int) -> np.ndarray:
    """(H, W, 3): Sobel's, of each channel by itself; scipy's own would blur across channels."""
    steps = ndimage.correlate1d(rgb, (-1, 0, 1), axis=along)
    found: np.ndarray = ndimage.correlate1d(steps, (1, 2, 1), axis=1 - along)
    return found


def _is_ridge(steep: np.ndarray, down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """(H, W) bool: not less steep than either neighbor in the direction of the slope."""
    sector = np.round(np.arctan2(down, across) / (np.pi / 4)).astype(int) % 4
    padded = np.pad(steep, 1)
    height, width = steep.shape
    ridge = np.zeros(steep.shape, bool)
    for number, (dy, dx) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        behind = padded[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
        ridge |= (sector == number) & (steep > behind) & (steep >= ahead)
    return ridge
