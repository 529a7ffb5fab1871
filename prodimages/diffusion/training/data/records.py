"""One training record as a folder of small files, written all at once or not at all."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

QUALITY = 90
PRODUCT, SURFACE, WALL, OTHER = 3, 1, 2, 4
"""Ids of ``regions.png``."""


def record_folder(root: Path, number: int) -> Path:
    return root / f"{number:06d}"


def is_done(root: Path, number: int) -> bool:
    """Whether the record is there; a folder only gets its name when it is complete."""
    return (record_folder(root, number) / "facts.json").exists()


def encoded(light: np.ndarray) -> tuple[bytes, float]:
    """(H, W, 3) linear light as WebP of ``255 sqrt(light / scale)``, and that scale.

    The root is near the eye's lightness, so 8 bits show no steps.
    """
    scale = float(np.clip(np.percentile(light, 99.9), 0.02, 8.0))
    pixels = np.rint(255 * np.sqrt(np.clip(light / scale, 0, 1))).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), scale


def region_ids(ids: np.ndarray) -> np.ndarray:
    """(H, W) uint8 of the role that covers most of each pixel, from (H, W, 3) shares."""
    rest = np.clip(1 - ids.sum(-1, keepdims=True), 0, 1)
    shares = np.concatenate([ids, rest], axis=-1)
    return np.array([PRODUCT, SURFACE, WALL, OTHER], np.uint8)[shares.argmax(-1)]


def write_record(
    target: Path,
    lights: Mapping[str, np.ndarray],
    mask: np.ndarray,
    regions: np.ndarray,
    facts: dict[str, Any],
) -> None:
    """Writes ``lights`` (name -> linear light), the product's mask 0..1, regions and facts."""
    files, scales = {}, {}
    for name, light in lights.items():
        files[f"{name}.webp"], scales[name] = encoded(light)
    files["mask.png"] = region_png(np.rint(255 * mask).astype(np.uint8))
    files["regions.png"] = region_png(regions)
    write_files(target, files, facts | {"scales": scales})


def region_png(plane: np.ndarray) -> bytes:
    """(H, W) uint8 without loss."""
    out = io.BytesIO()
    Image.fromarray(plane).save(out, "PNG", optimize=True)
    return out.getvalue()


def write_files(target: Path, files: Mapping[str, bytes], facts: dict[str, Any]) -> None:
    """The folder ``target`` with these files and the facts, under its name only when complete."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name, content in files.items():
        (beside / name).write_bytes(content)
    (beside / "facts.json").write_text(json.dumps(facts, ensure_ascii=False))
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
