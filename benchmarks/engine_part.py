"""One part in a process of its own: ``python -m benchmarks.engine_part FOLDER PART COUNT``."""

from __future__ import annotations

import time

_STARTED = time.perf_counter()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from benchmarks.machine import peak_mib  # noqa: E402
from benchmarks.result import timed  # noqa: E402

SIZE = 512
_PROMPT = "a mug on oak"
_MIB = 2**20
_SMALL = 128
_WARM = 20


def models(folder: Path, count: int) -> dict[str, Any]:
    """What the other parts read. In a process of its own as well, as it takes gigabytes."""
    from benchmarks.engine_models import save_models

    save_models(folder)
    return {}


def plain(folder: Path, runs: int) -> dict[str, Any]:
    """As the documentation of diffusers does it."""
    import torch
    from diffusers import StableDiffusionPipeline

    began = time.perf_counter()
    pipeline = StableDiffusionPipeline.from_pretrained(folder / "plain")
    loaded = time.perf_counter() - began
    pipeline.set_progress_bar_config(disable=True)

    def paint() -> None:
        pipeline(
            _PROMPT,
            num_inference_steps=1,
            guidance_scale=0.0,
            height=SIZE,
            width=SIZE,
            generator=torch.Generator().manual_seed(1),
        )

    return _pictures(paint, runs, loaded)


def engine(folder: Path, runs: int, cpu: str = "torch") -> dict[str, Any]:
    """As a worker does it, from the request to the picture."""
    from prodimages.diffusion.residency import of_this_process

    made = _engine(folder / "engine", CPU=cpu)
    began = time.perf_counter()
    with of_this_process.use(made._set):
        loaded = time.perf_counter() - began
    return _pictures(partial(_paint, made, SIZE), runs, loaded)


def _paint(engine: Any, side: int, seed: int = 1) -> None:
    from prodimages.choices import Task
    from prodimages.engines.base import EnginePicture, GenerationRequest

    request = GenerationRequest(
        task=Task.TEXT_TO_IMAGE, prompt=f"{_PROMPT} {seed}", seed=seed, width=side, height=side
    )
    (result,) = engine.generate([request], on_progress=_nothing, is_canceled=lambda: False)
    if not isinstance(result, EnginePicture):
        raise result


def openvino(folder: Path, runs: int) -> dict[str, Any]:
    return engine(folder, runs, "openvino")


def openvino_int8(folder: Path, runs: int) -> dict[str, Any]:
    return engine(folder, runs, "openvino-int8")


def convert(folder: Path, count: int) -> dict[str, Any]:
    """The first picture of all."""
    began = time.perf_counter()
    engine(folder, 0, "openvino")
    return {"seconds": time.perf_counter() - began, "peak": peak_mib(os.getpid())}


def quantize(folder: Path, count: int) -> dict[str, Any]:
    """Random weights paint nothing that could be compared, so that any distance will do."""
    from prodimages.diffusion.openvino.quantize import quantize

    options = _engine(folder / "engine", CPU="openvino", SIDES=[256, 256])._set
    began = time.perf_counter()
    quantize(options, count=count, compared=1, most=100, on_stage=lambda *stage: lambda: None)
    return {"seconds": time.perf_counter() - began, "peak": peak_mib(os.getpid())}


def pictures(folder: Path, count: int) -> dict[str, Any]:
    """One a call, each of another prompt, as jobs of a shop come in; small, so that they are quick.

    The first twenty fill what has a bound, such as the memory of prompts.
    """
    import psutil

    from prodimages.diffusion.residency import of_this_process

    made, held = _engine(folder / "a", SIDES=[_SMALL, _SMALL]), []
    with of_this_process.use(made._set):
        loaded = psutil.Process().memory_info().rss / _MIB
    for seed in range(count):
        _paint(made, _SMALL, seed)
        held.append(psutil.Process().memory_info().rss / _MIB)
    return {"loaded": loaded, "before": max(held[:_WARM]), "after": max(held[-_WARM:])}


def switches(folder: Path, count: int) -> dict[str, Any]:
    """Two models take turns in a budget that holds one."""
    import psutil
    import torch

    from prodimages.diffusion.memory import GIGA, bytes_to_load
    from prodimages.diffusion.residency import of_this_process

    size = bytes_to_load(folder / "a", torch.float32)
    both = [_engine(folder / name, MEMORY_GB=1.5 * size / GIGA) for name in "ab"]
    held = []
    for number in range(count + 4):
        with of_this_process.use(both[number % 2]._set):
            held.append(psutil.Process().memory_info().rss / _MIB)
    return {"before": max(held[:4]), "after": max(held[-4:]), "size": size / _MIB}


def _engine(folder: Path, **options: Any) -> Any:
    from prodimages.engines.diffusers import DiffusersEngine

    given = {
        "PRESET": "custom",
        "PATH": str(folder),
        "FAMILY": "sd",
        "NAME": "random",
        "LICENSE": "none",
        "COMMERCIAL": True,
        "DEVICE": "cpu",
        "SIDES": [SIZE, SIZE],
        "STEPS": 1,
        "GUIDANCE": 0.0,
    }
    return DiffusersEngine("random", given | options)


def _pictures(paint: Callable[[], None], runs: int, loaded: float) -> dict[str, Any]:
    paint()
    first = time.perf_counter() - _STARTED
    samples = [timed(paint) for _ in range(runs)]
    pictures = [(one.wall, one.processor) for one in samples]
    return {"load": loaded, "first": first, "pictures": pictures, "peak": peak_mib(os.getpid())}


def _nothing(fraction: float) -> None:
    pass


def main() -> None:
    folder, part, count = sys.argv[1:]
    import django

    django.setup()
    parts = {
        **{"models": models, "plain": plain, "engine": engine, "switches": switches},
        "pictures": pictures,
        **{"convert": convert, "openvino": openvino},
        **{"openvino-int8": openvino_int8, "quantize": quantize},
    }
    print(json.dumps(parts[part](Path(folder), int(count))))


if __name__ == "__main__":
    main()
