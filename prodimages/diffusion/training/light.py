"""Light is linear: lamps are rendered one by one, and mixed, colored and toned afterwards."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

KNEE = 0.6
"""Where the tone curve leaves the straight line."""
_WARM = (1.22, 1.0, 0.72)
"""Gains of red, green and blue of light that is as warm as it gets here, about 3,800 K."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)


def radiance(codes: Tensor, scale: Tensor) -> Tensor:
    """(..., H, W, 3) uint8 square-root codes and their scale -> (..., 3, H, W) linear radiance."""
    return ((codes.float() / 255).square() * scale[..., None, None, None]).movedim(-1, -3)


def gains(warmth: Tensor, key: Tensor, fill: Tensor) -> Tensor:
    """(B, 2, 3) gains of the key and the fill light.

    ``warmth`` in -1 (cool) to 1 (warm) colors the key, and the fill, which comes off all the
    room, half as much; luminance stays. ``key`` and ``fill`` are plain factors.
    """
    warm = torch.log(torch.tensor(_WARM, device=warmth.device))
    tints = torch.stack([warmth, 0.5 * warmth], dim=1)[..., None] * warm
    color = tints.exp()
    color = color / (color * torch.tensor(_LUMINANCE, device=warmth.device)).sum(-1, keepdim=True)
    return color * torch.stack([key, fill], dim=1)[..., None]


def tone(linear: Tensor) -> Tensor:
    """Linear radiance, 1 for a white card, -> 0..1: straight, then a soft shoulder."""
    over = (linear - KNEE) / (1 - KNEE)
    return torch.where(linear <= KNEE, linear, KNEE + (1 - KNEE) * torch.tanh(over)).clamp(0, 1)


def srgb(linear: Tensor) -> Tensor:
    """IEC 61966-2-1, 0..1 -> 0..1."""
    safe = linear.clamp_min(1e-8)
    return torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * safe ** (1 / 2.4) - 0.055)


def untoned(picture: np.ndarray) -> np.ndarray:
    """sRGB uint8 -> the linear radiance that ``srgb(tone(x))`` shows as that picture, 0..1.9."""
    value = picture.astype(np.float32) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    over = np.arctanh(np.clip((linear - KNEE) / (1 - KNEE), 0, 0.997))
    result: np.ndarray = np.where(linear <= KNEE, linear, KNEE + (1 - KNEE) * over)
    return result.astype(np.float32)


def recoding() -> tuple[np.ndarray, float]:
    """(256,) uint8: the code of each value of an sRGB picture by ``untoned``, and the scale."""
    return coded(untoned(np.arange(256, dtype=np.uint8)))


def coded(linear: np.ndarray) -> tuple[np.ndarray, float]:
    """Linear radiance -> uint8 square-root codes and their scale."""
    scale = max(float(linear.max()), 1e-6)
    return np.rint(255 * np.sqrt(np.clip(linear / scale, 0, 1))).astype(np.uint8), scale
