"""Runs every stage for some steps at its real size, and says how fast it was or why it failed."""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from prodimages.diffusion.training.devices import synchronize
from prodimages.diffusion.training.export import export, pipeline_of
from prodimages.diffusion.training.loop import Stage
from prodimages.diffusion.training.program import Program

_WARM, _TIMED = 3, 12


def smoke(program: Program) -> None:
    """Of a program that has nothing to resume; leaves only an untrained autoencoder behind."""
    with TemporaryDirectory() as folder:
        program.order = dataclasses.replace(program.order, out=Path(folder))
        program.results = dataclasses.replace(program.results, folder=Path(folder))
        stages: list[tuple[str, Callable[[], None]]] = [
            ("autoencoder", lambda: _autoencoder(program)),
            ("denoiser", lambda: _denoiser(program, compiled=False)),
            ("distillation", lambda: _distillation(program)),
            ("shading", lambda: _heard(program, program.shading_stage)),
            ("texture", lambda: _heard(program, program.texture_stage)),
            ("export", lambda: _export(program)),
        ]
        if program.order.compiled:
            stages.append(("denoiser, compiled", lambda: _denoiser(program, compiled=True)))
        for name, run in stages:
            try:
                run()
            except Exception:  # the others are to be tried all the same
                program.say(f"SMOKE FAILED: {name}\n{traceback.format_exc()}")
    program.reader.close()


def _autoencoder(program: Program) -> None:
    stage = program.autoencoder_stage()
    _timed(program, stage)
    stage.finish().save_pretrained(program.order.out / "autoencoder" / "trained")
    stage.sheet(program.order.out / "sheet.jpg")


def _denoiser(program: Program, *, compiled: bool) -> None:
    program.order = dataclasses.replace(program.order, compiled=compiled)
    stage = program.denoiser_stage()
    _timed(program, stage)
    stage.sheet(program.order.out / "sheet.jpg")
    folder = program.order.out / "denoiser"
    folder.mkdir(exist_ok=True)
    torch.save({"stage": stage.state()}, folder / "checkpoint.pt")


def _distillation(program: Program) -> None:
    stage = program.distillation_stage()
    _timed(program, stage)
    stage.sheet(program.order.out / "sheet.jpg")
    folder = program.order.out / "distillation"
    folder.mkdir(exist_ok=True)
    torch.save({"stage": stage.state()}, folder / "checkpoint.pt")
    (folder / "done").touch()


def _heard(program: Program, of: Callable[[], Stage]) -> None:
    """A stage that listens to the denoiser's text encoder."""
    (program.order.out / "denoiser" / "done").touch()
    stage = of()
    _timed(program, stage)
    stage.sheet(program.order.out / "sheet.jpg")


def _export(program: Program) -> None:
    _unet, text = program.results.trained()
    pipeline = pipeline_of(
        autoencoder=program.results.autoencoder(),
        text=text,
        tokenizer=program.tokenizer,
        unet=program.results.student(),
    )
    export(pipeline, program.order.out / "nano")
    size = sum(file.stat().st_size for file in (program.order.out / "nano").rglob("*.safetensors"))
    program.say(f"export: {size / 1e6:.1f} MB")


def _timed(program: Program, stage: Stage) -> None:
    started = time.monotonic()
    for step in range(_WARM):
        _one(stage, step)
    synchronize(stage.device)
    warm = time.monotonic() - started
    started = time.monotonic()
    for step in range(_WARM, _WARM + _TIMED):
        loss = _one(stage, step)
    synchronize(stage.device)
    seconds = (time.monotonic() - started) / _TIMED
    peak = torch.cuda.max_memory_allocated() / 1e9 if stage.device.type == "cuda" else 0.0
    program.say(
        f"{stage.name}: first {_WARM} steps {warm:.1f} s (a chapter of data with them), then "
        f"{seconds * 1000:.1f} ms a step, {stage.batch / seconds:.0f} samples a second, "
        f"loss {float(loss):.4f}, at most {peak:.1f} GB"
    )


def _one(stage: Stage, step: int) -> torch.Tensor:
    loss = stage.loss(step)
    stage.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(stage.learned.parameters(), stage.recipe.clip)
    stage.optimizer.step()
    stage.average.update(step)
    return loss.detach()
