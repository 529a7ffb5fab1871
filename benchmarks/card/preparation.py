"""The database with its goods, and the weights."""

from __future__ import annotations

import os
import subprocess
import time
from typing import Any

import torch
from django.core.management import call_command
from django.db import connections

from benchmarks.card import jobs, models
from benchmarks.card.state import State
from prodimages.diffusion import loading
from prodimages.diffusion.model import Model
from prodimages.diffusion.residency import of_this_process
from prodimages.engines import hands
from prodimages.engines.model_options import ModelOptions


def set_up(state: State) -> None:
    """In a thread of its own, while the weights are made."""
    try:
        (state.folder / "var" / "static").mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        _note_machine(state)
        state.goods = jobs.products(4)
        with jobs.settings_for(jobs.Serial, state.options()):
            jobs.store_cutouts(state.goods)
            state.style = jobs.style_for("card", state.picture)
    finally:
        connections.close_all()


def _note_machine(state: State) -> None:
    facts = state.report.facts
    facts["torch"] = f"{torch.__version__}, {hands.share()} threads beside it"
    facts["model"] = state.asked.size
    if state.device.type == "cuda":
        facts["card"] = torch.cuda.get_device_name(0)
        facts["driver"] = _first_line("nvidia-smi", "--query-gpu=driver_version")
    facts["load at the start"] = os.getloadavg()[0]


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(
            [*command, "--format=csv,noheader"], capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return (done.stdout.splitlines() or ["unknown"])[0]


def build(state: State) -> None:
    """Weights on the device, which every engine of this process then finds loaded."""
    began = time.perf_counter()
    make = models.klein_tiny if state.is_tiny else models.klein_4b
    state.pipeline = make(state.device, state.dtype)
    state.settle()
    state.report.row("weights made on the device", time.perf_counter() - began, "s")
    state.memory("after the weights were made")
    size = models.gigabytes(state.pipeline)
    state.report.row("weights", size, "GB", note="denoiser, text encoder and decoder")
    of_this_process.expected = lambda options: 0
    of_this_process.load = lambda options, *, make_room=None: _load(state, options)


def _load(state: State, options: ModelOptions) -> Model:
    """In the place of ``loading.load``: the same parts for every engine of this benchmark."""
    pipeline: Any = type(state.pipeline)(**state.pipeline.components, is_distilled=True)
    if options.max_batch > 1 or options.compile:
        return loading.ready(pipeline, options, revision="random")
    pipeline.set_progress_bar_config(disable=True)
    model = Model(pipeline, options, device=state.device, dtype=state.dtype, revision="random")
    del pipeline.encode_prompt  # as diffusers has it
    return model
