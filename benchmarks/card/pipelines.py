"""How fast the pipeline is by itself: plainly, by other attention, compiled, in batches."""

from __future__ import annotations

import time
from typing import Any

import torch

from benchmarks.card import calls, jobs
from benchmarks.card.state import STEPS, State
from prodimages.diffusion import acceleration
from prodimages.engines.diffusers import DiffusersEngine


def plain(state: State) -> None:
    """As the documentation of diffusers has it."""
    pipeline = state.pipeline
    pipeline.set_progress_bar_config(disable=True)
    with state.uncompiled():
        state.plain_pipeline = calls.pace(state, pipeline, 1, runs=3, spent=1)
        parts = calls.by_part(state, pipeline)
    state.report.row(
        "plain pipeline, bf16, one at a time",
        state.plain_pipeline,
        "s a picture",
        note=f"inpainting at {state.side} px, {STEPS} steps",
    )
    for name, seconds in parts.items():
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
    state.is_compiled = True


def compiled_batch(state: State) -> None:
    """Without jobs around it, its pictures turned to numbers by the processor."""
    seconds = calls.pace(state, calls.remembering(state), state.batch, runs=2, spent=0)
    calls.row(state, f"batch of {state.batch}, compiled", seconds)


def layout(state: State) -> None:
    """The coder of pictures with the channels of a pixel side by side, or one plane each."""
    vae: Any = state.pipeline.vae
    for name, layout in (
        ("planes", torch.contiguous_format),
        ("channels side by side", torch.channels_last),
    ):
        vae.to(memory_format=layout)
        with state.uncompiled():
            calls.by_part(state, state.pipeline, state.batch)
            parts = calls.by_part(state, state.pipeline, state.batch)
        for part in ("encoder of pictures", "decoder of pictures"):
            seconds = parts[part] / state.batch
            state.report.row(f"{part}, {name}", seconds, "s a picture")


def batches(state: State) -> None:
    """What batches of other sizes give, not compiled."""
    pipeline = calls.remembering(state)
    with state.uncompiled():
        for count in (4, 2, 8, 1):
            if state.report.left >= 4 + 3 * count * state.plain_pipeline:
                calls.row(state, f"batch of {count}", calls.pace(state, pipeline, count, runs=2))
