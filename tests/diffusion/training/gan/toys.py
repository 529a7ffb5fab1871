"""A pack and a recipe so small that a training takes a moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from prodimages.diffusion.training.gan.loop import Recipe, Training
from prodimages.diffusion.training.gan.packing import Pack, pack
from prodimages.diffusion.training.gan.schedule import Schedule

TINY = Recipe(channels=8, blocks=1, batch=3, side=32, adversarial=0.01)


def save_photos(folder: Path, count: int = 12, size: tuple[int, int] = (300, 400)) -> list[Path]:
    """Disks and stripes on colored grounds, as JPEGs."""
    folder.mkdir(exist_ok=True)
    y, x = np.mgrid[: size[1], : size[0]]
    paths = []
    for number in range(count):
        dice = np.random.default_rng(number)
        rgb = np.empty((*x.shape, 3), np.float32)
        rgb[:] = dice.integers(30, 220, 3)
        rgb[np.hypot(x - 150, y - 200) < 110] = dice.integers(0, 255, 3)
        rgb += 30 * np.sign(np.sin((x + number * y) / 3))[..., None]
        paths.append(folder / f"photo-{number}.jpg")
        Image.fromarray(rgb.clip(0, 255).astype(np.uint8)).save(paths[-1], quality=90)
    return paths


def toy_pack(folder: Path) -> Pack:
    photos = save_photos(folder / "photos", 24)
    return pack(photos, budget=400_000, drawings=8, fonts=None, seed=1)


def training(made: Pack, out: Path, *, steps: int = 6, **changed: float) -> Training:
    schedule = Schedule(steps=steps, pixel_share=0.5, **changed)
    return Training(made, out, TINY, schedule, device=torch.device("cpu"))
