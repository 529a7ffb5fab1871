"""The pipeline that is measured, and the scenes that it never saw."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionInpaintPipeline
from PIL import Image

from prodimages.diffusion import layouts, shading
from prodimages.diffusion.strength import exact_strength
from prodimages.diffusion.training import light, views
from prodimages.diffusion.training.frames import frames
from prodimages.diffusion.training.reading import Library
from prodimages.diffusion.training.scenes import Scenes

STEPS, GUIDANCE = 8, 3.0
_BATCH = 4
Pixels = np.ndarray
"""(n, S, S, 3) uint8 sRGB."""


class Subject:
    """Weights as stock diffusers loads them, asked as the engine asks them."""

    def __init__(self, folder: Path, scenes: Scenes, seed: int, steps: int = STEPS) -> None:
        kind: Any = StableDiffusionInpaintPipeline
        self.pipeline: Any = kind.from_pretrained(
            folder,
            dtype=torch.float32,
            use_safetensors=True,
            local_files_only=True,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        self.pipeline.set_progress_bar_config(disable=True)
        layout = layouts.of_folder(folder, torch.float32)
        self.layout_pipeline = None if layout is None else layouts.beside(self.pipeline, layout)
        self.shading = shading.of_folder(folder)
        self.scenes, self.seed, self.steps = scenes, seed, steps
        self.side = int(scenes.light.shape[3])

    @property
    def library(self) -> Library:
        """Writes captions of the scenes as they are."""
        scenes, tokenizer = self.scenes, self.pipeline.tokenizer
        return Library(
            scenes.facts,
            scenes.caption,
            scenes.mirrored,
            None,
            tokenizer.backend_tokenizer.to_str(),
            tokenizer.model_max_length,
        )

    def painted(
        self,
        prompts: Sequence[str],
        *,
        canvases: Pixels | None = None,
        masks: np.ndarray | None = None,
        covers: np.ndarray | None = None,
        kept_steps: int | None = None,
        on_done: Callable[[int], Any] = lambda count: None,
    ) -> Pixels:
        """A picture a prompt, from its layout where nothing else is given. ``masks`` (n, S, S)
        bool is what is painted, all where None is given. ``covers`` (n, S, S) 0..1 is where the
        canvas has a product, whose shadow is thrown. ``kept_steps`` of the steps are run, from the
        canvas where they are not all.

        The noise of a picture follows from its number, so that the same prompt may be painted
        with another mask and nothing else be different.
        """
        count, made = len(prompts), []
        gray = np.full((self.side, self.side, 3), 128, np.uint8)
        for start in range(0, count, _BATCH):
            at = range(start, min(start + _BATCH, count))
            images = [gray if canvases is None else canvases[number] for number in at]
            white = np.ones((self.side, self.side), bool)
            given = [white if masks is None else masks[number] for number in at]
            words = [prompts[number] for number in at]
            from_words = canvases is None and masks is None
            images = self.pipeline(
                prompt=words,
                image=[Image.fromarray(image) for image in images],
                mask_image=[Image.fromarray(mask.astype(np.uint8) * 255) for mask in given],
                height=self.side,
                width=self.side,
                num_inference_steps=self.steps,
                strength=exact_strength(kept_steps or self.steps, self.steps, floors=True),
                guidance_scale=GUIDANCE,
                generator=[torch.Generator().manual_seed(self.seed + number) for number in at],
                output_type="np",
                **(self._laid_out(words, at) if from_words else {}),
            ).images
            if covers is not None and canvases is not None and self.shading is not None:
                shown = [canvases[number].astype(np.float32) / 255 for number in at]
                images = shading.lit(
                    self.shading, self.pipeline, words, list(images), shown, list(covers[at])
                )
            made.append(np.rint(np.asarray(images) * 255).astype(np.uint8))
            on_done(len(at))
        result: Pixels = np.concatenate(made)
        return result

    def _laid_out(self, prompts: Sequence[str], numbers: Sequence[int]) -> dict[str, Any]:
        """What holds pictures to their layouts, where the weights can make some."""
        if self.layout_pipeline is None:
            return {}
        layout = layouts.drawn(
            self.layout_pipeline,
            prompts,
            [self.seed + number for number in numbers],
            width=self.side,
            height=self.side,
            guidance=GUIDANCE,
        )

        def hold(pipe: Any, step: int, time: Any, given: dict[str, Any]) -> dict[str, Any]:
            return {"latents": layout.held(pipe.scheduler, step, given["latents"])}

        return {"latents": layout.noise, "callback_on_step_end": hold}


def rendered(scenes: Scenes, shown: views.Views) -> Pixels:
    """The renders of views, as they come out of the light."""
    parts = []
    for start in range(0, len(shown), 32):
        some = frames(scenes, shown[start : start + 32]).picture
        parts.append(((some + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy())
    result: Pixels = np.concatenate(parts)
    return result


def plain(
    scenes: Scenes, at: Sequence[int] | np.ndarray, kind: views.Kind = views.Kind.EMPTY
) -> Pixels:
    return rendered(scenes, views.plain(np.asarray(at), kind))


def dyed(scenes: Scenes, at: int, slot: int, colors: Sequence[int]) -> Pixels:
    """The empty scene once for each color of a slot; -1 is its own."""
    shown = views.plain(np.full(len(colors), at), views.Kind.EMPTY)
    new = np.full((len(colors), 3), -1)
    new[:, slot] = colors
    return rendered(scenes, dataclasses.replace(shown, dyed=new))


def linear(pictures: Pixels) -> np.ndarray:
    """sRGB uint8 -> linear radiance, the tone curve undone."""
    return light.untoned(pictures)
