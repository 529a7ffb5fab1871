"""From renders to the folder that diffusers loads: all stages, each within its share of time."""

from __future__ import annotations

import dataclasses
import json
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from prodimages.diffusion import shading
from prodimages.diffusion.training import bundles, checkpoints, parts, tokens, views, warming
from prodimages.diffusion.training.autoencoder import AutoencoderStage, psnr
from prodimages.diffusion.training.chapters import Book
from prodimages.diffusion.training.clocks import Clock, share
from prodimages.diffusion.training.denoiser import DenoiserStage
from prodimages.diffusion.training.distillation import DistillationStage
from prodimages.diffusion.training.export import export, join, pipeline_of
from prodimages.diffusion.training.frames import frames
from prodimages.diffusion.training.layout import LayoutStage, layout_recipe
from prodimages.diffusion.training.loop import Loop, Stage, is_done
from prodimages.diffusion.training.pairs import PairBook, example
from prodimages.diffusion.training.reading import Library, Reader
from prodimages.diffusion.training.recipe import STAGES, Recipe
from prodimages.diffusion.training.repainting import Painter, kept_samples
from prodimages.diffusion.training.results import Results
from prodimages.diffusion.training.scenes import Scenes
from prodimages.diffusion.training.shading import ShadingStage
from prodimages.diffusion.training.showing import Showcase
from prodimages.diffusion.training.texture import TextureStage

NEEDS = {
    "layout": "A layout needs words",
    "shading": "A shadow needs words",
    "texture": "A texture needs paintings",
}
_LEFT = 0.04
"""Share of the time that is kept for writing the results."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """How a run goes, beside the recipe."""

    out: Path
    seconds: float | None = None
    steps: int | None = None
    """Of each stage, in place of seconds."""
    stages: Sequence[str] = STAGES
    compiled: bool = False
    workers: int = 0
    save_every: float = 60.0
    sheets: bool = True
    words: bool = False
    """Whether convolutions stay as they are, so that smaller pictures can teach words alone."""
    warm: Path | None = None
    """A folder that an earlier training wrote, whose weights this one begins with."""


class Program:
    """One training, which may take several runs; what is done is not done again."""

    def __init__(
        self,
        recipe: Recipe,
        scenes: Scenes,
        device: torch.device,
        order: Order,
        say: Callable[[str], None] = print,
        started: float | None = None,
    ) -> None:
        self.recipe = recipe
        self.device = device
        self.order = order
        self.say = say
        self._started = time.monotonic() if started is None else started
        order.out.mkdir(parents=True, exist_ok=True)
        if order.warm is not None:
            warming.take_over(order.warm, order.out)
        scenes = scenes.to(device)
        self.train, self.held = scenes.only("train"), scenes.only("held")
        if not len(self.held):
            self.held = self.train
        self.tokenizer = self._tokenizer()
        self.library = dataclasses.replace(
            self._unread(),
            tokenizer=self.tokenizer.backend_tokenizer.to_str(),
            context=recipe.context,
        )
        self.results = Results(recipe, order.out, device, len(self.tokenizer))
        self.empty = torch.from_numpy(self.library.ids([""])[0]).long().to(device)
        self.reader = Reader(self.library, order.workers)

    def run(self) -> None:
        """The stages that the order names, and the folder once the last is done.

        Raises ValueError for a stage that needs a denoiser where there is none.
        """
        heard = "denoiser" in self.order.stages or is_done(self.order.out, "denoiser")
        for stage, need in NEEDS.items():
            if stage in self.order.stages and not heard and self.order.warm is None:
                raise ValueError(f"{need}: train the denoiser too, or begin with weights.")
        try:
            for stage in self.order.stages:
                if is_done(self.order.out, stage):
                    self.say(f"{stage}: done before")
                else:
                    self._try(stage)
            if is_done(self.order.out, "denoiser"):
                self.write()
            elif any(is_done(self.order.out, stage) for stage in NEEDS):
                self.write_joined()
        finally:
            self.reader.close()

    def _try(self, name: str) -> None:
        """A student that failed is done without: its teacher paints as well, in twice the time.
        So are layouts, shadows and grain.
        """
        try:
            self._run(name)
        except Exception:
            if name not in ("distillation", *NEEDS):
                raise
            self.say(f"{name} FAILED\n{traceback.format_exc()}")

    def _run(self, name: str) -> None:
        stage: Stage = getattr(self, f"{name}_stage")()
        clock = self._clock(name)
        self.say(f"{name}: {parts.count(stage.learned) / 1e6:.2f} M numbers to learn")
        loop = Loop(
            stage,
            clock,
            self.order.out,
            self.say,
            save_every=self.order.save_every,
            sheets=self.order.sheets,
        )
        loop.run()
        if isinstance(stage, AutoencoderStage):
            self._keep_autoencoder(stage.finish())
        self._stage_done(stage)

    def _stage_done(self, stage: Stage) -> None:
        """Free what the next stage needs the memory for."""
        stage.optimizer.state.clear()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _clock(self, name: str) -> Clock:
        """Of what time is left, a stage gets its share among those still to come."""
        if self.order.seconds is None:
            return Clock(steps=self.order.steps)
        left = self.order.seconds * (1 - _LEFT) - (time.monotonic() - self._started)
        shares = dict(zip(STAGES, self.recipe.shares, strict=True))
        waiting = {stage for stage in self.order.stages if not is_done(self.order.out, stage)}
        seconds = share(left, name, shares, waiting)
        before = checkpoints.load(self.order.out / name / "checkpoint.pt", torch.device("cpu"))
        elapsed = before["elapsed"] if before else 0.0
        self.say(f"{name}: {seconds:.0f} s")
        return Clock(seconds=seconds + elapsed)

    # Stages

    def autoencoder_stage(self) -> AutoencoderStage:
        return AutoencoderStage(self.recipe, self.train, self.device)

    def denoiser_stage(self) -> DenoiserStage:
        autoencoder = self.results.autoencoder()
        warm = None if self.order.warm is None else warming.denoiser_weights(self.order.warm)
        return DenoiserStage(
            self.recipe,
            self.device,
            vocabulary=len(self.tokenizer),
            book=Book(self.recipe, self.train, autoencoder, self.reader),
            empty=self.empty,
            showcase=self._showcase(autoencoder),
            compiled=self.order.compiled,
            warm=warm,
            words=self.order.words,
            say=self.say,
        )

    def distillation_stage(self) -> DistillationStage:
        autoencoder = self.results.autoencoder()
        unet, text = self.results.trained()
        # Chapters that the teacher has not seen.
        later = dataclasses.replace(self.recipe, seed=self.recipe.seed + 1)
        return DistillationStage(
            self.recipe,
            self.device,
            teacher=unet,
            text=text,
            book=Book(later, self.train, autoencoder, self.reader),
            empty=self.empty,
            showcase=self._showcase(autoencoder),
            say=self.say,
        )

    def layout_stage(self) -> LayoutStage:
        recipe = layout_recipe(self.recipe)
        autoencoder = self.results.autoencoder()
        train = self.train.shrunk(recipe.side)
        return LayoutStage(
            recipe,
            self.device,
            text=self._painting()[1],
            # Words alone: what is painted around a product starts from a canvas.
            book=Book(recipe, train, autoencoder, self.reader, views.Kind.EMPTY),
            empty=self.empty,
            showcase=self._showcase(autoencoder, recipe, views.Kind.EMPTY),
            say=self.say,
        )

    def shading_stage(self) -> ShadingStage:
        side = self.recipe.side // shading.COARSER
        return ShadingStage(
            self.recipe,
            self.device,
            text=self._painting()[1],
            book=PairBook(self.recipe, self.train.shrunk(side), self.reader),
            held=example(self.held.shrunk(side), self.library, self.recipe.seed),
        )

    def texture_stage(self) -> TextureStage:
        autoencoder = self.results.autoencoder()
        unet, text = self._painting()
        painter = Painter(unet, text, autoencoder, self.empty)
        file = self.order.out / TextureStage.name / "samples.pt"
        samples = kept_samples(file, self.recipe, self.train, self.library, painter)
        return TextureStage(self.recipe, self.device, decoder=autoencoder.decoder, samples=samples)

    def _painting(self) -> tuple[Any, Any]:
        """A U-Net and its text encoder, trained here or before."""
        if is_done(self.order.out, "denoiser"):
            return self.results.painting()
        assert self.order.warm is not None
        return warming.painting(self.order.warm, self.device)

    def _showcase(
        self, autoencoder: Any, recipe: Recipe | None = None, only: views.Kind | None = None
    ) -> Showcase | None:
        if not self.order.sheets:
            return None
        recipe = recipe or self.recipe
        held = self.held.shrunk(recipe.side)
        return Showcase(recipe, held, self.library, autoencoder, self.empty, only)

    # What stages leave to others

    def _keep_autoencoder(self, trained: Any) -> None:
        self.results.keep_autoencoder(trained)
        factor = trained.config.scaling_factor
        quality = self._quality(trained)
        self.say(f"autoencoder: PSNR of held-out scenes {quality:.2f} dB, factor {factor:.3f}")

    @torch.no_grad()
    def _quality(self, trained: Any) -> float:
        """Mean PSNR in dB of at most 64 held-out scenes."""
        at = np.arange(min(64, len(self.held)))
        shown = frames(self.held, views.plain(at, views.Kind.AROUND)).picture
        return float(psnr(trained.decoder(trained.encoder(shown)), shown).mean())

    def write(self) -> None:
        """The folder ``nano``, and all worth keeping in pieces under ``bundle``."""
        unet, text = self.results.painting()
        pipeline = pipeline_of(
            autoencoder=self.results.textured(), text=text, tokenizer=self.tokenizer, unet=unet
        )
        export(pipeline, self.order.out / "nano", self.results.beside())
        (self.order.out / "recipe.json").write_text(
            json.dumps(dataclasses.asdict(self.recipe), indent=1) + "\n", encoding="utf-8"
        )
        kept = bundles.worth_keeping(self.order.out)
        pieces = bundles.pack(self.order.out, kept, self.order.out / "bundle")
        size = sum(piece.stat().st_size for piece in pieces) / 1e6
        self.say(f"nano: {size:.1f} MB in {len(pieces)} pieces under {self.order.out / 'bundle'}")

    def write_joined(self) -> None:
        """The folder ``nano``: the weights that the order began with, and what was learned here
        in place of theirs.
        """
        assert self.order.warm is not None
        folder = self.order.out / "nano"
        textured = self.results.textured() if is_done(self.order.out, "texture") else None
        join(self.order.warm, folder, beside=self.results.beside(), autoencoder=textured)
        self.say(f"nano: the weights of {self.order.warm} with what was learned, in {folder}")

    def _unread(self) -> Library:
        train = self.train
        return Library(train.facts, train.caption, train.mirrored, train.dyes)

    def _tokenizer(self) -> Any:
        """Learned once, and kept: later runs must read the same tokens."""
        return tokens.kept(self.order.out / "tokenizer", self.recipe, self.train, self._unread())
