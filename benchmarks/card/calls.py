"""Calls of a pipeline alone, without jobs around them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from PIL import Image

from benchmarks.card import jobs
from benchmarks.card.state import STEPS, State
from prodimages.diffusion.embeddings import PromptMemory


def given(state: State, count: int) -> dict[str, Any]:
    """What a pipeline that inpaints is called with for so many pictures."""
    random, side = np.random.default_rng(1), state.side
    small = Image.fromarray(random.integers(0, 255, (16, 16, 3), np.uint8))
    image = small.resize((side, side), Image.Resampling.BICUBIC)
    mask = Image.new("L", (side, side), 255)
    mask.paste(0, (side // 4, side // 4, 3 * side // 4, 3 * side // 4))
    return {
        "prompt": [jobs.PROMPT] * count,
        "image": [image] * count,
        "mask_image": [mask] * count,
        "strength": 1.0,
        "num_inference_steps": STEPS,
        "guidance_scale": 1.0,
        "generator": [torch.Generator("cpu").manual_seed(seed) for seed in range(count)],
        "output_type": "np",
        "width": side,
        "height": side,
    }


def call(state: State, pipeline: Any, count: int) -> np.ndarray:
    images = pipeline(**given(state, count)).images
    state.settle()
    return np.asarray(images)


def pace(state: State, pipeline: Any, count: int, *, runs: int = 3, spent: int = 1) -> float:
    """Seconds a picture: the median of the runs after those that are spent."""
    for _run in range(spent):
        call(state, pipeline, count)
    taken = []
    for _run in range(runs):
        began = time.perf_counter()
        call(state, pipeline, count)
        taken.append((time.perf_counter() - began) / count)
    return float(np.median(taken))


def by_part(state: State, pipeline: Any, count: int = 1) -> dict[str, float]:
    """Seconds that each part takes in one call, the device settled after each."""
    spent: dict[str, float] = {}
    undo = []
    for owner, method, name in (
        (pipeline.text_encoder, "forward", "text encoder"),
        (pipeline.vae, "encode", "encoder of pictures"),
        (pipeline.transformer, "forward", "denoiser"),
        (pipeline.vae, "decode", "decoder of pictures"),
    ):
        original = getattr(owner, method)

        def timed(*args: Any, _run: Any = original, _name: str = name, **more: Any) -> Any:
            state.settle()
            began = time.perf_counter()
            made = _run(*args, **more)
            state.settle()
            spent[_name] = spent.get(_name, 0.0) + time.perf_counter() - began
            return made

        setattr(owner, method, timed)
        undo.append((owner, method))
    try:
        call(state, pipeline, count)
    finally:
        for owner, method in undo:
            delattr(owner, method)
    return spent


def remembering(state: State) -> Any:
    """The pipeline as the engine has it, with remembered prompts."""
    pipeline = type(state.pipeline)(**state.pipeline.components, is_distilled=True)
    pipeline.set_progress_bar_config(disable=True)
    PromptMemory().attach(pipeline)
    return pipeline


def row(state: State, what: str, seconds: float) -> None:
    state.report.row(
        f"engine's pipeline, {what}",
        seconds,
        "s a picture",
        baseline=state.plain_pipeline,
        baseline_is="plain pipeline",
    )
