"""The training: by pixels first, then the game, saved as it goes and done on time."""

from __future__ import annotations

import dataclasses
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from prodimages.diffusion.training.gan import losses
from prodimages.diffusion.training.gan.batches import Crops
from prodimages.diffusion.training.gan.curves import draw_curves
from prodimages.diffusion.training.gan.degradation import Ranges, degraded
from prodimages.diffusion.training.gan.judging import Judge
from prodimages.diffusion.training.gan.packing import Pack
from prodimages.diffusion.training.gan.players import ADVERSARIAL, PIXEL, Players
from prodimages.diffusion.training.gan.schedule import Schedule

CHECKPOINT, WEIGHTS = "checkpoint.pt", "weights.safetensors"
_CLOSING = 1.5
"""Seconds that the end takes beside saving and a sheet, whose time is measured at the start."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
    """What decides about the weights, beside the pack."""

    channels: int = 64
    blocks: int = 13
    batch: int = 32
    side: int = 128
    """Of a crop; a multiple of 32."""
    consistency: float = 0.5
    adversarial: float = 0.005
    """Small: the discriminator may choose among what the pixels leave open, and no more."""
    seed: int = 7
    ranges: Ranges = dataclasses.field(default_factory=Ranges)


class Training:
    """One training in one folder, where it goes on from its checkpoint if there is one."""

    def __init__(
        self,
        pack: Pack,
        out: Path,
        recipe: Recipe,
        schedule: Schedule,
        *,
        device: torch.device,
        half: bool = False,
        compiled: bool = False,
    ):
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.recipe, self.schedule, self.device = out, recipe, schedule, device
        self.players = Players(
            channels=recipe.channels, blocks=recipe.blocks, seed=recipe.seed, device=device
        )
        if (out / CHECKPOINT).is_file():
            self.players.load(out / CHECKPOINT)
            schedule.spent = self.players.seconds
        self._crops = Crops(pack, device)
        self._judge = Judge(pack, device)
        self._half = half
        self._draw = self._faster() if compiled else self.players.generator
        self._stopping = False

    def run(self, *, save_every: float = 30.0, sheet_every: float = 30.0) -> None:
        """Until the schedule's end, or until the process is told to stop. Seconds between."""
        players, schedule = self.players, self.schedule
        print(f"{len(self._crops)} crops, {self.device}, from step {players.step}", flush=True)
        self._leave_time_for_the_end()
        saved = shown = time.monotonic()
        with self._stopping_gently():
            while not self._stopping:
                progress = schedule.progress(players.step)
                if progress >= 1:
                    break
                self._step(progress)
                now = time.monotonic()
                if now - saved > save_every:
                    self._save()
                    saved = time.monotonic()
                if now - shown > sheet_every:
                    self._show()
                    shown = time.monotonic()
        self._save()
        self._show()

    def _leave_time_for_the_end(self) -> None:
        began = time.monotonic()
        self._save()
        self._show()
        if self.schedule.seconds:
            self.schedule.seconds -= 1.5 * (time.monotonic() - began) + _CLOSING

    def _step(self, progress: float) -> None:
        players, recipe = self.players, self.recipe
        game = self.schedule.adversarial(progress)
        if game and not players.by_pixels:
            players.let_discriminator_join()
        players.set_rate(self.schedule.rate(progress))
        with torch.no_grad():
            true = self._crops.batch(recipe.batch, recipe.side, players.dice)
            small = degraded(true, recipe.ranges, players.dice)
            if self.device.type == "cuda":
                small = small.contiguous(memory_format=torch.channels_last)
                true = true.contiguous(memory_format=torch.channels_last)
        told = self._learn(true, small, game=game)
        players.step += 1
        players.follow()
        if players.step % 25 == 0 or players.step == 1:
            self._tell(told)

    def _learn(
        self, true: torch.Tensor, small: torch.Tensor, *, game: bool
    ) -> dict[str, torch.Tensor]:
        players, recipe = self.players, self.recipe
        with self._precision():
            drawn = self._draw(small)
        told = {
            "pixel": losses.pixel_loss(drawn, true),
            "consistency": losses.consistency_loss(drawn, small),
        }
        total = told["pixel"] + recipe.consistency * told["consistency"]
        if game:
            players.discriminator.requires_grad_(False)
            with self._precision():
                told["generator"] = losses.generator_loss(players.discriminator(drawn))
            players.discriminator.requires_grad_(True)
            total = total + recipe.adversarial * told["generator"]
        _stepped(players.optimizers[ADVERSARIAL if game else PIXEL], total)
        if game:
            told |= self._judged(true, drawn.detach())
        return told

    def _judged(self, true: torch.Tensor, drawn: torch.Tensor) -> dict[str, torch.Tensor]:
        with self._precision():
            real = self.players.discriminator(true)
            false = self.players.discriminator(drawn)
        loss = losses.discriminator_loss(real, false)
        _stepped(self.players.optimizers["discriminator"], loss)
        real, false = real.detach().float(), false.detach().float()
        return {
            "discriminator": loss,
            "D of photos": real.sigmoid().mean(),
            "D of drawings": false.sigmoid().mean(),
        }

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self._half)

    def _faster(self) -> Callable[[torch.Tensor], torch.Tensor]:
        """Compiled, where that works."""
        generator = self.players.generator
        side = self.recipe.side // 2
        try:
            compiled = torch.compile(generator)
            with self._precision(), torch.no_grad():
                compiled(torch.zeros(self.recipe.batch, 3, side, side, device=self.device))
        except Exception as error:  # a compiler may lack anything
            print(f"not compiled: {type(error).__name__}", flush=True)
            return generator
        result: Callable[[torch.Tensor], torch.Tensor] = compiled
        return result

    def _tell(self, told: dict[str, torch.Tensor]) -> None:
        values = {name: float(value.detach()) for name, value in told.items()}
        players = self.players
        row = {"step": players.step, "seconds": round(self.schedule.elapsed, 1), **values}
        players.history.append(row)
        print(json.dumps({name: round(value, 5) for name, value in row.items()}), flush=True)

    def _show(self) -> None:
        players = self.players
        numbers = self._judge.numbers(players.average)
        players.history.append({"step": players.step, **numbers})
        print(json.dumps({"step": players.step, **numbers}), flush=True)
        self._judge.sheet(players.average, self.out / "sheet.jpg")
        draw_curves(players.history, self.out / "curves.jpg")

    def _save(self) -> None:
        if not self.players.finite:
            raise FloatingPointError("The weights are no numbers any more; the last good are kept.")
        self.players.seconds = self.schedule.elapsed
        self.players.save(self.out / CHECKPOINT)
        self.players.save_weights(self.out / WEIGHTS)

    @contextmanager
    def _stopping_gently(self) -> Iterator[None]:
        def stop(*_signal: object) -> None:
            self._stopping = True

        before = signal.signal(signal.SIGTERM, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)


def _stepped(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    # Nothing here waits for the device; _tell and _save look for numbers that are none.
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimizer.step()
