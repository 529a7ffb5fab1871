"""Compiles the tracer, hands it a stage, and writes the record."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from prodimages.diffusion.training.data.facts import calibrate, scene_facts
from prodimages.diffusion.training.data.records import region_ids, write_record
from prodimages.diffusion.training.data.scenes import Scene
from prodimages.diffusion.training.data.tracer.denoising import denoised
from prodimages.diffusion.training.data.tracer.stage import Stage

SIDE, BOUNCES = 256, 3
SOURCE = Path(__file__).with_name("tracer.cu")
_FLOATS = ctypes.POINTER(ctypes.c_float)


def compiled(folder: Path, *, card: bool) -> ctypes.CDLL:
    """The tracer's library, built into ``folder`` unless it is there.

    Raises RuntimeError with the compiler's words where there is none or it fails.
    """
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    target = folder / f"libtracer-{'card' if card else 'cpu'}-{digest}.so"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        _run([*_compiler(card), "-shared", "-o", str(beside), str(SOURCE)])
        beside.rename(target)
    library = ctypes.CDLL(str(target))
    library.trace.restype = ctypes.c_int
    return library


def _compiler(card: bool) -> list[str]:
    if card:
        nvcc = shutil.which("nvcc") or "/usr/local/cuda/bin/nvcc"
        return [nvcc, "-O3", "--use_fast_math", "-arch=native", "-Xcompiler", "-fPIC"]
    return ["g++", "-x", "c++", "-O3", "-march=native", "-ffast-math", "-fPIC"]


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as problem:
        raise RuntimeError(f"The tracer can't be compiled: {problem}") from problem
    if done.returncode:
        raise RuntimeError(f"The tracer can't be compiled: {done.stderr[-2000:]}")


def traced(
    library: ctypes.CDLL, stage: Stage, *, product: bool, samples: int, side: int = SIDE
) -> dict[str, np.ndarray]:
    """(2, side, side, 3) float32 linear light of each pass: two halves of independent paths."""
    count = len(stage.meshes) if product else stage.bare_meshes
    corners = _packed([corners for corners, _n in stage.meshes[:count]])
    normals = _packed([normals for _c, normals in stage.meshes[:count]])
    owners = np.concatenate(stage.owners[:count]).astype(np.int32)
    rows = np.stack(stage.rows).astype(np.float32)
    numbers = np.array(stage.numbers(), np.float32)
    out = np.zeros((2, side, side, 15), np.float32)
    failed = library.trace(
        _floats(corners), _floats(normals),
        owners.ctypes.data_as(ctypes.POINTER(ctypes.c_int)), ctypes.c_int(len(owners)),
        _floats(rows), ctypes.c_int(len(rows)),
        _floats(stage.gobo), ctypes.c_int(len(stage.gobo)),
        _floats(stage.picture), ctypes.c_int(len(stage.picture)),
        _floats(numbers), ctypes.c_int(len(stage.lamps)),
        ctypes.c_float(stage.frame / 512), ctypes.c_int(side), ctypes.c_int(samples),
        ctypes.c_int(BOUNCES), ctypes.c_uint(stage.scene.seed), _floats(out),
    )  # fmt: skip
    if failed:
        raise RuntimeError(f"The graphics card failed with CUDA error {failed}.")
    names = ("key", "fill", "glow", "ids", "albedo")
    return {name: out[..., 3 * at : 3 * at + 3] for at, name in enumerate(names)}


def render_scene(library: ctypes.CDLL, scene: Scene, target: Path, samples: int) -> dict[str, Any]:
    """Builds, traces and writes one record; its facts."""
    started = time.perf_counter()
    stage = Stage(scene)
    built = time.perf_counter()
    pictures = {}
    if scene.product:
        pictures["with"] = denoised(traced(library, stage, product=True, samples=samples))
    pictures["without"] = denoised(traced(library, stage, product=False, samples=samples))
    seen = time.perf_counter()
    gains = calibrate(pictures["without"], scene)
    lights: dict[str, np.ndarray] = {}
    for state, found in pictures.items():
        lights[f"{state}.key"] = gains[0] * found["key"]
        lights[f"{state}.fill"] = gains[1] * found["fill"] + found["glow"]
    shown = pictures.get("with", pictures["without"])
    mask = shown["ids"][..., 0] if scene.product else np.zeros((SIDE, SIDE))
    facts = scene_facts(scene, stage.toward, "tracer")
    facts["seconds"] = [round(built - started, 3), round(seen - built, 3)]
    write_record(target, lights, np.clip(mask, 0, 1), region_ids(shown["ids"]), facts)
    return facts


def _packed(arrays: list[np.ndarray]) -> np.ndarray:
    return np.ascontiguousarray(np.concatenate(arrays), dtype=np.float32)


def _floats(array: np.ndarray) -> Any:
    return np.ascontiguousarray(array, dtype=np.float32).ctypes.data_as(_FLOATS)
