"""The shadow layer of a trained model beside the studio's own shadows, to be judged blind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from prodimages.diffusion.masks import snapped
from prodimages.diffusion.shading import shaded, shading
from prodimages.diffusion.training import views
from prodimages.diffusion.training.evaluation.measures import SHADOW_STEPS, captions
from prodimages.diffusion.training.evaluation.subject import Pixels, Subject, linear, plain

_COLUMNS, _GAP = 5, 6


def draw(subject: Subject, folder: Path, count: int, rng: np.random.Generator, tick: Any) -> Path:
    """Pairs, the layer left or right by lot; which is which lies in ``layers.json`` beside."""
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
    return _save(folder / "layers.png", pairs)


def layers(
    subject: Subject, at: np.ndarray, without: Pixels, own: Pixels, cover: np.ndarray, tick: Any
) -> Pixels:
    """(n, S, S, 3): the product on the empty scene under the model's light."""
    soft = cover[..., None]
    canvases = np.rint(without * (1 - soft) + own * soft).astype(np.uint8)
    kept = np.stack([snapped(one > 0.02, 8) for one in cover])
    prompts = captions(subject, at)
    empty = subject.painted(prompts, canvases=without, kept_steps=SHADOW_STEPS, on_done=tick)
    around = subject.painted(
        prompts, canvases=canvases, masks=~kept, kept_steps=SHADOW_STEPS, on_done=tick
    )
    made = []
    for number in range(len(at)):
        factors = shading(linear(around[number]), linear(empty[number]), cover[number] > 0.02)
        lit = shaded(linear(without[number]), factors)
        mixed = lit * (1 - soft[number]) + linear(own[number]) * soft[number]
        made.append(_toned(mixed))
    result: Pixels = np.stack(made)
    return result


def _toned(radiance: np.ndarray) -> np.ndarray:
    """Linear radiance -> sRGB uint8, as renders are shown."""
    import torch

    from prodimages.diffusion.training import light

    shown = light.srgb(light.tone(torch.from_numpy(radiance)))
    result: np.ndarray = np.rint(shown.numpy() * 255).astype(np.uint8)
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
