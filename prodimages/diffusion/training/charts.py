"""Loss curves and grids of pictures, drawn with Pillow alone."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

_SIZE = (640, 360)
_MARGIN = 40


def draw_curve(log: Path, file: Path) -> None:
    """Loss over steps, on a logarithmic scale, from the lines of a log."""
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    points = [(one["step"], math.log10(one["loss"])) for one in entries if one["loss"] > 0]
    if len(points) < 2:
        return
    steps, losses = zip(*points, strict=True)
    low, high = min(losses), max(losses)
    width, height = (side - 2 * _MARGIN for side in _SIZE)
    picture = Image.new("RGB", _SIZE, "white")
    pen = ImageDraw.Draw(picture)
    line = [
        (
            _MARGIN + width * step / max(steps),
            _MARGIN + height * (high - loss) / max(high - low, 1e-9),
        )
        for step, loss in points
    ]
    pen.line(line, fill="#1f4e8c", width=2)
    pen.text((_MARGIN, 10), f"loss {10 ** losses[0]:.4f} -> {10 ** losses[-1]:.4f}", fill="black")
    pen.text((_MARGIN, _SIZE[1] - 24), f"{max(steps)} steps", fill="black")
    picture.save(file)


def grid(pictures: Tensor, columns: int) -> Image.Image:
    """(n, 3, S, S) in -1..1, row by row."""
    values = ((pictures.detach().float().cpu().clamp(-1, 1) + 1) * 127.5).round()
    tiles = values.to(torch.uint8).permute(0, 2, 3, 1).numpy()
    side = tiles.shape[1]
    rows = -(-len(tiles) // columns)
    sheet = np.full((rows * (side + 2), columns * (side + 2), 3), 255, dtype=np.uint8)
    for number, tile in enumerate(tiles):
        top, left = (side + 2) * (number // columns), (side + 2) * (number % columns)
        sheet[top : top + side, left : left + side] = tile
    return Image.fromarray(sheet)


def save_grid(file: Path, pictures: Tensor, columns: int, notes: Sequence[str] = ()) -> None:
    """As a JPEG, with the words that the pictures were made from beside it as text."""
    sheet = grid(pictures, columns)
    longest = 1600
    if max(sheet.size) > longest:
        sheet.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(file, quality=88)
    if notes:
        file.with_suffix(".txt").write_text("\n".join(notes) + "\n", encoding="utf-8")
