"""Runs a stage: steps, learning rate, averages, checkpoints, a log and pictures as it goes."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from prodimages.diffusion.training import checkpoints
from prodimages.diffusion.training.averages import Average
from prodimages.diffusion.training.charts import draw_curve
from prodimages.diffusion.training.clocks import Clock
from prodimages.diffusion.training.devices import synchronize
from prodimages.diffusion.training.recipe import Recipe
from prodimages.diffusion.training.schedules import rate

Say = Callable[[str], None]
_TRIES = 3
_SHEETS = (0.33, 0.67, 1.0)


class Diverged(RuntimeError):
    """The loss is no number any more."""


class Stage(ABC):
    """What is learned in one part of the training."""

    name: ClassVar[str]

    def __init__(self, recipe: Recipe, device: torch.device, learned: nn.Module, peak: float):
        self.recipe = recipe
        self.device = device
        self.learned = learned
        """All modules whose weights change."""
        self.peak = peak
        self.average = Average(learned, recipe.decay)
        self.draws = torch.Generator(device).manual_seed(recipe.seed)
        """Of everything random in a step."""
        self.optimizer = torch.optim.AdamW(
            [one for one in learned.parameters() if one.requires_grad],
            lr=peak,
            betas=(0.9, 0.99),
            weight_decay=recipe.weight_decay,
            fused=device.type == "cuda",
        )

    @property
    @abstractmethod
    def batch(self) -> int:
        """Samples of a step."""

    @abstractmethod
    def loss(self, step: int) -> Tensor:
        """Of the batch of that step, a scalar."""

    @abstractmethod
    def sheet(self, file: Path) -> None:
        """Draw what the averaged weights can do."""

    def state(self) -> dict[str, Any]:
        return {
            "learned": self.learned.state_dict(),
            "average": self.average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "draws": self.draws.get_state(),
            "peak": self.peak,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.learned.load_state_dict(state["learned"])
        self.average.module.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.draws.set_state(state["draws"].cpu())
        self.peak = state["peak"]


def is_done(folder: Path, name: str) -> bool:
    return (folder / name / "done").is_file()


class Loop:
    """One stage on its way. ``save_every`` and ``log_every`` in seconds."""

    def __init__(
        self,
        stage: Stage,
        clock: Clock,
        folder: Path,
        say: Say,
        *,
        save_every: float = 60.0,
        log_every: float = 2.0,
        sheets: bool = True,
    ) -> None:
        self._stage = stage
        self._clock = clock
        self._folder = folder / stage.name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._say = say
        self._save_every = save_every
        self._log_every = log_every
        self._sheets = sheets
        self._step = 0
        self._sum: Tensor | None = None
        self._logged = (0, 0.0)
        self._saved = 0.0

    @property
    def _checkpoint(self) -> Path:
        return self._folder / "checkpoint.pt"

    def run(self) -> None:
        """To the end of the clock, going on where an earlier run stopped."""
        for attempt in range(_TRIES):
            self._resume()
            if attempt:
                self._stage.peak /= 2**attempt
                self._say(f"{self._stage.name}: again, at half the learning rate")
            try:
                self._learn()
            except Diverged:
                continue
            break
        else:
            raise Diverged(f"{self._stage.name} diverged {_TRIES} times")
        self._save()
        self._draw(1.0)
        (self._folder / "done").touch()

    def _resume(self) -> None:
        state = checkpoints.load(self._checkpoint, self._stage.device)
        self._step, elapsed = 0, 0.0
        if state is not None:
            self._stage.restore(state["stage"])
            self._step, elapsed = state["step"], state["elapsed"]
            self._say(f"{self._stage.name}: resumed at step {self._step}, {elapsed:.0f} s")
        self._clock.start(elapsed)
        self._sum = None
        self._logged = (self._step, self._clock.elapsed)
        self._saved = self._clock.elapsed
        if state is None:
            self._save()  # what a stage that diverges at once goes back to
        _keep_until(self._folder / "log.jsonl", self._step)

    def _learn(self) -> None:
        drawn = self._clock.progress(self._step)
        while (progress := self._clock.progress(self._step)) < 1:
            self._one(progress)
            if self._clock.elapsed - self._logged[1] >= self._log_every:
                self._log(progress)
                # Only after a finite loss was seen.
                if self._clock.elapsed - self._saved >= self._save_every:
                    self._save()
                if due := [at for at in _SHEETS[:-1] if drawn < at <= progress]:
                    self._draw(due[-1])
                    drawn = progress
        self._log(1.0)

    def _one(self, progress: float) -> None:
        stage = self._stage
        for group in stage.optimizer.param_groups:
            group["lr"] = stage.peak * rate(progress, stage.recipe.warmup)
        loss = stage.loss(self._step)
        stage.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(stage.learned.parameters(), stage.recipe.clip)
        stage.optimizer.step()
        stage.average.update(self._step)
        value = loss.detach()
        self._sum = value if self._sum is None else self._sum + value
        self._step += 1

    def _log(self, progress: float) -> None:
        """The only place where the device is waited for."""
        steps = self._step - self._logged[0]
        if not steps or self._sum is None:
            return
        loss = self._sum.item() / steps
        if loss != loss or loss in (float("inf"), float("-inf")):
            raise Diverged(self._stage.name)
        synchronize(self._stage.device)
        now = self._clock.elapsed
        speed = steps * self._stage.batch / max(now - self._logged[1], 1e-9)
        entry = {
            "step": self._step,
            "seconds": round(now, 2),
            "loss": round(loss, 6),
            "progress": round(progress, 4),
            "per_second": round(speed, 1),
        }
        with (self._folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        self._say(
            f"{self._stage.name}: step {self._step}, {now:.0f} s, loss {loss:.5f}, "
            f"{speed:.0f} a second"
        )
        self._sum = None
        self._logged = (self._step, now)

    def _save(self) -> None:
        state = {
            "stage": self._stage.state(),
            "step": self._step,
            "elapsed": self._clock.elapsed,
        }
        checkpoints.save(self._checkpoint, state)
        self._saved = self._clock.elapsed

    def _draw(self, progress: float) -> None:
        if not self._sheets:
            return
        started = time.monotonic()
        try:
            self._stage.sheet(self._folder / f"sheet-{round(100 * progress):03d}.jpg")
            draw_curve(self._folder / "log.jsonl", self._folder / "loss.png")
        except Exception as error:  # a picture is not worth the training
            self._say(f"{self._stage.name}: no sheet: {error!r}")
        self._say(f"{self._stage.name}: sheet drawn in {time.monotonic() - started:.1f} s")


def _keep_until(log: Path, step: int) -> None:
    """Drop what a killed run logged after its last checkpoint."""
    if not log.is_file():
        return
    lines = log.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["step"] <= step]
    log.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
