"""What is measured where seconds are left: 8-bit weights, and the denoiser of SDXL."""

from __future__ import annotations

import copy
import time
from typing import Any

import numpy as np
import torch

from benchmarks.card import calls, models
from benchmarks.card.state import State
from prodimages.diffusion import acceleration


def eight_bits(state: State) -> None:
    before = calls.call(state, calls.remembering(state), 1)
    torch._dynamo.reset()
    acceleration.quantize(state.pipeline.transformer, "fp8")
    pipeline = calls.remembering(state)
    difference = np.abs(calls.call(state, pipeline, 1) - before).mean() * 255
    state.report.row(
        "fp8 against bf16, mean difference", float(difference), "of 255", note="random weights"
    )
    seconds = calls.pace(state, pipeline, state.batch, runs=2)
    calls.row(state, f"batch of {state.batch}, compiled, fp8", seconds)


def eight_bit_storage(state: State) -> None:
    """Weights kept in 8 bits and computed in 16 (``QUANTIZE: "fp8-storage"``); a copy of the
    denoiser, whose blocks are not compiled.
    """
    kept, state.pipeline.transformer = state.pipeline.transformer, None
    try:
        with state.uncompiled():
            _store_in_eight_bits(state, copy.deepcopy(kept))
    finally:
        state.pipeline.transformer = kept


def _store_in_eight_bits(state: State, denoiser: Any) -> None:
    numbers = list(denoiser.parameters())
    full = sum(one.numel() * one.element_size() for one in numbers)
    acceleration.quantize(denoiser, "fp8-storage")
    small = sum(one.numel() * one.element_size() for one in denoiser.parameters())
    state.report.row("denoiser kept in fp8", small / 2**30, "GiB", baseline=full / 2**30)
    state.pipeline.transformer = denoiser
    seconds = calls.pace(state, calls.remembering(state), 1, runs=2)
    calls.row(state, "one at a time, weights kept in fp8", seconds)


def xl(state: State) -> None:
    if state.device.type != "cuda":
        return
    unet = models.xl_unet(state.device, torch.float16)
    unet.to(memory_format=torch.channels_last)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, device=state.device, dtype=torch.float16)

    inputs = {
        "sample": noise(4, 4, 128, 128),
        "timestep": 500,
        "encoder_hidden_states": noise(4, 77, 2048),
        "added_cond_kwargs": {"text_embeds": noise(4, 1280), "time_ids": noise(4, 6)},
    }
    with torch.no_grad():
        for _run in range(2):
            unet(**inputs)
        state.settle()
        began = time.perf_counter()
        for _run in range(4):
            unet(**inputs)
        state.settle()
    state.report.row(
        "SDXL's denoiser at 1024 px, one step",
        (time.perf_counter() - began) / 16,
        "s a picture",
        note="fp16, batches of 4",
    )
