"""Sheets for people: renders above, paintings of the same words below, drawn by lot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from prodimages.diffusion.training import views
from prodimages.diffusion.training.evaluation.measures import captions
from prodimages.diffusion.training.evaluation.subject import Pixels, Subject, plain

COLUMNS = 8
_TILE, _GAP = 160, 4


def draw(subject: Subject, folder: Path, rng: np.random.Generator, tick: Any) -> list[Path]:
    """Two sheets and their captions. Returns the pictures' paths."""
    return [_words(subject, folder, rng, tick), _around(subject, folder, rng, tick)]


def _words(subject: Subject, folder: Path, rng: np.random.Generator, tick: Any) -> Path:
    """Empty held-out scenes; beneath, two paintings of each one's caption."""
    at = rng.permutation(len(subject.scenes))[:COLUMNS]
    prompts = captions(subject, at)
    painted = subject.painted([*prompts, *prompts], on_done=tick)
    rows = [plain(subject.scenes, at), painted[: len(at)], painted[len(at) :]]
    return save(folder / "nano-words.webp", rows, prompts)


def _around(subject: Subject, folder: Path, rng: np.random.Generator, tick: Any) -> Path:
    """Held-out scenes with their product; what is kept of them; what was painted around it,
    and its shadow.
    """
    at = rng.permutation(np.flatnonzero(subject.scenes.has_product))[:COLUMNS]
    shown = plain(subject.scenes, at, views.Kind.PICTURED)
    cover = subject.scenes.mask[at].numpy() / 255.0
    kept = cover > 0.02
    prompts = captions(subject, at)
    painted = subject.painted(prompts, canvases=shown, masks=~kept, covers=cover, on_done=tick)
    gray = np.where(kept[..., None], shown, np.uint8(200))
    return save(folder / "nano-around.webp", [shown, gray, painted], prompts)


def save(file: Path, rows: list[Pixels], prompts: list[str]) -> Path:
    step = _TILE + _GAP
    sheet = Image.new("RGB", (step * len(rows[0]) - _GAP, step * len(rows) - _GAP), "white")
    for row, pictures in enumerate(rows):
        for column, pixels in enumerate(pictures):
            tile = Image.fromarray(pixels).resize((_TILE, _TILE), Image.Resampling.LANCZOS)
            sheet.paste(tile, (column * step, row * step))
    sheet.save(file, quality=80, method=6)
    file.with_suffix(".txt").write_text("\n".join(prompts) + "\n", encoding="utf-8")
    return file
