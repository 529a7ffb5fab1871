"""The shadow layer of a trained model beside the studio's own shadows, to be judged blind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from prodimages.diffusion import shading
from prodimages.diffusion.training import views
from prodimages.diffusion.training.evaluation import sheets
from prodimages.diffusion.training.evaluation.measures import captions
from prodimages.diffusion.training.evaluation.subject import Pixels, Subject, plain

_COLUMNS, _GAP = 5, 6
_AT_ONCE = 16


def draw(
    subject: Subject, folder: Path, count: int, rng: np.random.Generator, tick: Any
) -> list[str]:
    """Pairs, the layer left or right by lot; which is which lies in ``layers.json`` beside. The
    first of them again by name: the studio's own pictures above, the layer beneath.

    Returns the names of the files: none where the weights throw no shadows.
    """
    if subject.shading is None:
        return []
    scenes = subject.scenes
    is_studio = np.asarray([facts.get("source") == "studio" for facts in scenes.facts])
    studio = np.flatnonzero(scenes.has_product & is_studio)
    at = rng.permutation(studio)[:count]
    without, own = plain(scenes, at), plain(scenes, at, views.Kind.PICTURED)
    cover = scenes.mask[at].numpy() / 255.0
    layered = layers(subject, at, without, own, cover, tick)
    left = rng.random(len(at)) < 0.5
    pairs = [
        np.concatenate([ours, studios] if first else [studios, ours], axis=1)
        for ours, studios, first in zip(layered, own, left, strict=True)
    ]
    words = {"layer is": ["left" if first else "right" for first in left]}
    (folder / "layers.json").write_text(json.dumps(words) + "\n", encoding="utf-8")
    named = [own[: sheets.COLUMNS], layered[: sheets.COLUMNS]]
    told = captions(subject, at[: sheets.COLUMNS])
    shown = sheets.save(folder / "nano-light.webp", named, told)
    return [_save(folder / "layers.png", pairs).name, shown.name]


def layers(
    subject: Subject, at: np.ndarray, without: Pixels, own: Pixels, cover: np.ndarray, tick: Any
) -> Pixels:
    """(n, S, S, 3): the product on the empty scene under the model's light."""
    prompts = captions(subject, at)
    made = []
    for start in range(0, len(at), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        made += shading.lit(
            subject.shading,
            subject.pipeline,
            prompts[some],
            list(without[some].astype(np.float32) / 255),
            list(own[some].astype(np.float32) / 255),
            list(cover[some]),
        )
        tick(len(prompts[some]))
    soft = cover[..., None]
    laid = np.stack(made) * 255 * (1 - soft) + own * soft
    result: Pixels = np.rint(laid).astype(np.uint8)
    return result


def _save(file: Path, pairs: list[np.ndarray]) -> Path:
    height, width = pairs[0].shape[:2]
    rows = -(-len(pairs) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * (width + _GAP), rows * (height + _GAP)), "white")
    for number, pair in enumerate(pairs):
        row, column = divmod(number, _COLUMNS)
        sheet.paste(Image.fromarray(pair), (column * (width + _GAP), row * (height + _GAP)))
    sheet.save(file)
    return file
