"""Chooses crops of photos for training and keeps them, encoded, in one file."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.diffusion.training.gan import drawing

SIDE = 192
"""Of a crop, in pixels."""
SHRUNK = 0.7
"""Photos are scaled by this first, which leaves little of the JPEG that they were kept as."""
PHOTO, DRAWING = 0, 1
_A_PHOTO = 2
"""Crops taken of one photo, at most."""
_CALM = 0.15
"""Share of crops that are taken whatever they show: a plain wall has to stay one."""
_HELD = 6
"""Percent of photos never trained on, by their names."""
_WEBP: dict[str, Any] = {"format": "WEBP", "quality": 86, "method": 6, "use_sharp_yuv": True}


@dataclasses.dataclass(frozen=True)
class Pack:
    """Crops as (SIDE, SIDE, 3) WebP files, one after the other."""

    content: np.ndarray
    """(total,) uint8."""
    ends: np.ndarray
    """(N,) int64: where each file ends."""
    kinds: np.ndarray
    """(N,) uint8: PHOTO or DRAWING."""
    held: np.ndarray
    """(N,) bool: whether it is for judging only."""

    @classmethod
    def load(cls, path: Path) -> Pack:
        """Raises ValueError for a file that is no pack."""
        with np.load(path, allow_pickle=False) as file:
            names = [field.name for field in dataclasses.fields(cls)]
            if missing := sorted(set(names) - set(file.files)):
                raise ValueError(f"{path} is no pack of crops: it has no {', '.join(missing)}.")
            return cls(*(file[name] for name in names))

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, **dataclasses.asdict(self))
        part.replace(path)

    def pixels(self, *, held: bool, kinds: Collection[int] = (PHOTO, DRAWING)) -> np.ndarray:
        """(N, SIDE, SIDE, 3) uint8 of those kinds, in the order of the pack."""
        begins = np.concatenate([[0], self.ends[:-1]])
        wanted = (self.held == held) & np.isin(self.kinds, list(kinds))
        spans = zip(begins[wanted], self.ends[wanted], strict=True)
        files = [self.content[begin:end].tobytes() for begin, end in spans]
        with ThreadPoolExecutor() as pool:
            pictures = list(pool.map(_decoded, files))
        return np.stack(pictures) if pictures else np.empty((0, SIDE, SIDE, 3), np.uint8)


def pack(
    photos: Iterable[Path], *, budget: int, drawings: int, fonts: Path | None, seed: int
) -> Pack:
    """Sharp crops of ``photos``, calm ones among them, and drawings, in ``budget`` bytes."""
    dice = np.random.default_rng(seed)
    files: list[tuple[bytes, int, bool]] = []
    crops = drawing.crops(drawings, SIDE, fonts=fonts, dice=dice)
    for number, crop in enumerate(crops):
        files.append((_encoded(crop), DRAWING, number % 100 < _HELD))
    left = budget - sum(len(content) for content, _kind, _held in files)
    for crop, held in _chosen(list(photos), dice):
        content = _encoded(crop)
        left -= len(content)
        if left < 0:
            break
        files.append((content, PHOTO, held))
    return Pack(
        np.frombuffer(b"".join(content for content, _kind, _held in files), np.uint8),
        np.cumsum([len(content) for content, _kind, _held in files]),
        np.array([kind for _content, kind, _held in files], np.uint8),
        np.array([held for _content, _kind, held in files]),
    )


def _chosen(photos: list[Path], dice: np.random.Generator) -> Iterator[tuple[np.ndarray, bool]]:
    """Crops in a random order, and whether each is held back.

    The sharpest alone would be speckled fabrics; any of the sharper half will do.
    """
    found = [(score, path, corner) for path in photos for score, corner in _candidates(path)]
    found.sort(key=lambda candidate: -candidate[0])
    sharp, rest = found[: len(found) // 2], found[len(found) // 2 :]
    for crops in (sharp, rest):
        dice.shuffle(crops)
    while sharp:
        crops = rest if rest and dice.random() < _CALM else sharp
        _score, path, (top, left) = crops.pop()
        yield _shrunk(path)[top : top + SIDE, left : left + SIDE], is_held(path.name)


def _candidates(path: Path) -> list[tuple[float, tuple[int, int]]]:
    """The sharpest places of a photo that do not overlap much; none of one too small."""
    try:
        rgb = _shrunk(path)
    except OSError:  # some photos of any large collection are broken
        return []
    height, width = rgb.shape[:2]
    if min(height, width) < SIDE:
        return []
    edges = np.abs(ndimage.laplace(rgb.astype(np.float32).mean(axis=-1)))
    found: list[tuple[float, tuple[int, int]]] = []
    for top in {0, (height - SIDE) // 2, height - SIDE}:
        for left in {0, width - SIDE}:
            part = edges[top : top + SIDE, left : left + SIDE]
            found.append((float(np.percentile(part, 90)), (top, left)))
    found.sort(reverse=True)
    best = found[:1]
    for score, corner in found[1:]:
        apart = max(abs(corner[0] - best[0][1][0]), abs(corner[1] - best[0][1][1]))
        if len(best) < _A_PHOTO and apart > SIDE // 2:
            best.append((score, corner))
    return best


def is_held(name: str) -> bool:
    """Whether the photo of this name is kept for judging; the same on every machine."""
    return hashlib.sha256(name.encode()).digest()[0] * 100 < _HELD * 256


def _shrunk(path: Path) -> np.ndarray:
    with Image.open(path) as file:
        image = file.convert("RGB")
    size = round(image.width * SHRUNK), round(image.height * SHRUNK)
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def _encoded(crop: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(crop).save(out, **_WEBP)
    return out.getvalue()


def _decoded(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
