"""Small pictures of what is being painted, from latents between two steps."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any

import diffusers
import numpy as np
import torch
from PIL import Image

from prodimages.diffusion.brief import Brief
from prodimages.engines.base import OnLook

LEAST_SECONDS = 2.0
"""Between two looks."""
SIDE = 256
"""The longest, in pixels."""
_CELLS = 64
"""Most cells of the latent a side that a tiny decoder is given."""
_QUALITY = 75


class Looks:
    """Of one call of the engine. Nothing is shown of what takes less than ``LEAST_SECONDS``."""

    def __init__(self, on_look: OnLook) -> None:
        self._on_look = on_look
        self._shown = time.monotonic()

    def show(self, model: Any, pipeline: Any, briefs: Sequence[Brief], latents: Any) -> None:
        """Tell how each of ``briefs`` looks, if it is time and the latents can be read."""
        if time.monotonic() - self._shown < LEAST_SECONDS or not isinstance(latents, torch.Tensor):
            return
        self._shown = time.monotonic()
        settings = briefs[0].settings
        cells = as_cells(latents, settings.width, settings.height)
        colors = None if cells is None else model.colors.of(pipeline, cells)
        if colors is not None:
            for brief, picture in zip(briefs, colors, strict=False):
                self._on_look(brief.request, as_jpeg(picture, settings.width, settings.height))


def as_cells(latents: torch.Tensor, width: int, height: int) -> torch.Tensor | None:
    """(n, channels, rows, columns) of the picture's shape; packed latents are laid out again.

    None for what has another layout. ``width`` and ``height`` are the painted ones.
    """
    if latents.ndim == 5 and latents.shape[2] == 1:
        latents = latents[:, :, 0]
    if latents.ndim == 4:
        return latents
    if latents.ndim != 3:
        return None
    count = latents.shape[1]
    rows = round((count * height / width) ** 0.5)
    if rows == 0 or rows * (count // rows) != count:
        return None
    return latents.transpose(1, 2).reshape(*latents.shape[::2], rows, count // rows)


class LatentColors:
    """What a model's latents look like: by its tiny decoder where it has one, else by the best
    linear map from a cell of the latent to the mean color under it, fitted to its own pictures.
    """

    def __init__(self) -> None:
        self._map: torch.Tensor | None = None

    def of(self, pipeline: Any, cells: torch.Tensor) -> torch.Tensor | None:
        """(n, 3, h, w) float32 0..1 on the CPU; None until there is a way to tell."""
        vae: Any = getattr(pipeline, "vae", None)
        if _is_tiny(vae):
            small = _reduced(cells, _CELLS) / vae.config.scaling_factor
            with torch.no_grad():
                decoded: torch.Tensor = vae.decode(small.to(vae.dtype), return_dict=False)[0]
            return (decoded.float().cpu() / 2 + 0.5).clamp(0, 1)
        if self._map is None or self._map.shape[0] != cells.shape[1] + 1:
            return None
        return torch.einsum("nchw,cd->ndhw", _with_one(cells), self._map).clamp(0, 1)

    def learn(self, cells: torch.Tensor | None, pictures: torch.Tensor) -> None:
        """From the last latents and the pictures (n, 3, height, width) decoded from them, once."""
        if self._map is not None or cells is None or len(cells) != len(pictures):
            return
        rows, columns = cells.shape[-2:]
        under = torch.nn.functional.adaptive_avg_pool2d(pictures.float().cpu(), (rows, columns))
        given = _with_one(cells).movedim(1, -1).flatten(0, 2)
        wanted = under.movedim(1, -1).flatten(0, 2)
        if len(given) > 2 * given.shape[1] and given.isfinite().all():
            self._map = torch.linalg.lstsq(given, wanted).solution


def _is_tiny(vae: Any) -> bool:
    return isinstance(vae, diffusers.AutoencoderTiny)


def _with_one(cells: torch.Tensor) -> torch.Tensor:
    plain = cells.detach().float().cpu()
    return torch.cat([plain, torch.ones_like(plain[:, :1])], dim=1)


def _reduced(cells: torch.Tensor, most: int) -> torch.Tensor:
    """Every second, third, … cell, so that at most ``most`` are left a side."""
    step = -(-max(cells.shape[-2:]) // most)
    return cells[..., ::step, ::step]


def as_jpeg(picture: torch.Tensor, width: int, height: int) -> bytes:
    """(3, h, w) 0..1 -> a JPEG file of the painted shape, ``SIDE`` pixels at its longest."""
    rows = (picture.movedim(0, -1).numpy() * 255).round().astype(np.uint8)
    scale = SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    file = io.BytesIO()
    Image.fromarray(rows).resize(size, Image.Resampling.BILINEAR).save(
        file, "JPEG", quality=_QUALITY
    )
    return file.getvalue()
