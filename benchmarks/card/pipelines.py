"""How fast the pipeline is by itself: plainly, by other attention, compiled, in batches."""

from __future__ import annotations

import time

import torch

from benchmarks.card import calls, jobs
from benchmarks.card.state import STEPS, State
from prodimages.diffusion import acceleration
from prodimages.engines.diffusers import DiffusersEngine


def plain(state: State) -> None:
    """As the documentation of diffusers has it."""
    pipeline = state.pipeline
    pipeline.set_progress_bar_config(disable=True)
    state.plain_pipeline = calls.pace(state, pipeline, 1, runs=5, spent=2)
    state.report.row(
        "plain pipeline, bf16, one at a time",
        state.plain_pipeline,
        "s a picture",
        note=f"inpainting at {state.side} px, {STEPS} steps",
    )
    for name, seconds in calls.by_part(state, pipeline).items():
        state.report.row(f"of which {name}", seconds, "s")


def attention(state: State) -> None:
    """The faster of two ways to compute it is used from here on."""
    with jobs.settings_for(DiffusersEngine, state.options(MAX_BATCH=2)):
        acceleration.accelerate(state.pipeline, state.parsed(MAX_BATCH=2), state.device)
    pipeline = calls.remembering(state)
    found = {"native": calls.pace(state, pipeline, 1, runs=2)}
    calls.row(state, "one at a time", found["native"])
    if state.device.type != "cuda":
        return
    acceleration._attend(pipeline.transformer, "cudnn")
    try:
        found["cudnn"] = calls.pace(state, pipeline, 1, runs=2)
        calls.row(state, "one at a time, attention by cudnn", found["cudnn"])
    finally:
        best = min(found, key=lambda name: found[name])
        state.report.facts["attention from here on"] = best
        if best == "native":
            pipeline.transformer.set_attention_backend("native")


def compiled(state: State) -> None:
    began = time.perf_counter()
    acceleration.compile_blocks(state.pipeline.transformer, str(state.folder / "compiled"))
    pipeline = calls.remembering(state)
    calls.call(state, pipeline, state.batch)
    state.report.row(
        "first call, compiling its blocks", time.perf_counter() - began, "s", note="no cache"
    )
    seconds = calls.pace(state, pipeline, state.batch, runs=2, spent=0)
    calls.row(state, f"batch of {state.batch}, compiled", seconds)


def batches(state: State) -> None:
    """What batches of other sizes give, not compiled."""
    pipeline = calls.remembering(state)
    torch.compiler.set_stance("force_eager")
    try:
        for count in (4, 2, 8, 1):
            if state.report.left >= 4 + 3 * count * state.plain_pipeline:
                calls.row(state, f"batch of {count}", calls.pace(state, pipeline, count, runs=2))
    finally:
        torch.compiler.set_stance("default")
