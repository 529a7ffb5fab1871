"""JPEG's loss, on whole batches and any device: blocks, cosines, quantization and back.

Wallace: The JPEG Still Picture Compression Standard (1992); the tables and the scaling by
quality are those of ITU-T T.81, annex K, and of the IJG's encoder.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

BLOCK = 8
_LUMA = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA_CORNER = ((17, 18, 24, 47), (18, 21, 26, 66), (24, 26, 56, 99), (47, 66, 99, 99))
_TO_YCC = (
    (0.299, 0.587, 0.114),
    (-0.168736, -0.331264, 0.5),
    (0.5, -0.418688, -0.081312),
)


def compressed(rgb: torch.Tensor, quality: torch.Tensor, subsampled: torch.Tensor) -> torch.Tensor:
    """(N, 3, H, W) in 0..1 as a JPEG would give it back; H and W multiples of 16.

    ``quality`` (N,) in 1..100; ``subsampled`` (N,) bool, whether color has half the pixels
    each way, as most cameras and shops have it.
    """
    to_ycc = torch.tensor(_TO_YCC, device=rgb.device)
    ycc = torch.einsum("ij,njhw->nihw", to_ycc, rgb * 255).round()
    luma, chroma = ycc[:, :1] - 128, ycc[:, 1:]
    scale = _scale(quality)
    luma = _quantized(luma, _table(_LUMA, rgb.device), scale)
    table = _table(_chroma(), rgb.device)
    half = _quantized(functional.avg_pool2d(chroma, 2).round(), table, scale)
    half = functional.interpolate(half, scale_factor=2, mode="bilinear", align_corners=False)
    chroma = torch.where(subsampled[:, None, None, None], half, _quantized(chroma, table, scale))
    back = torch.linalg.inv(to_ycc)
    rgb = torch.einsum("ij,njhw->nihw", back, torch.cat([luma + 128, chroma], dim=1))
    return rgb.div(255).clamp(0, 1)


def _quantized(planes: torch.Tensor, table: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    count, bands, height, width = planes.shape
    rows, columns = height // BLOCK, width // BLOCK
    blocks = planes.reshape(count, bands, rows, BLOCK, columns, BLOCK).transpose(3, 4)
    cosines = _cosines(planes.device)
    step = (table * scale[:, None, None] / 100 + 0.5).floor().clamp(1, 255)
    step = step[:, None, None, None]
    rounded = ((cosines @ blocks @ cosines.T) / step).round() * step
    blocks = cosines.T @ rounded @ cosines
    return blocks.transpose(3, 4).reshape(count, bands, height, width)


def _cosines(device: torch.device) -> torch.Tensor:
    """(8, 8): the orthonormal DCT-II, frequencies by places."""
    places = torch.arange(BLOCK, device=device, dtype=torch.float32)
    matrix = torch.cos(torch.outer(places, 2 * places + 1) * math.pi / (2 * BLOCK))
    matrix *= math.sqrt(2 / BLOCK)
    matrix[0] /= math.sqrt(2)
    return matrix


def _scale(quality: torch.Tensor) -> torch.Tensor:
    """Percent by which the IJG's encoder multiplies the tables."""
    return torch.where(quality < 50, 5000 / quality, 200 - 2 * quality).floor()


def _table(values: tuple[int, ...], device: torch.device) -> torch.Tensor:
    return torch.tensor(values, device=device, dtype=torch.float32).reshape(BLOCK, BLOCK)


def _chroma() -> tuple[int, ...]:
    rows = [[*row, 99, 99, 99, 99] for row in _CHROMA_CORNER] + [[99] * BLOCK] * 4
    return tuple(value for row in rows for value in row)
