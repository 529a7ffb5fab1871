"""One set of weights in memory, which serves every task of its family."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

import diffusers
import torch

from prodimages.diffusion import layouts, weighting
from prodimages.diffusion.devices import release_memory, safer_than
from prodimages.diffusion.embeddings import PromptMemory
from prodimages.diffusion.looks import LatentColors
from prodimages.diffusion.loras import NONE, Loras
from prodimages.diffusion.noise import draw_in_full
from prodimages.diffusion.step_cache import Begin, as_usual
from prodimages.engines.model_options import ModelOptions


class Model:
    """The pipelines on one set of weights, and how far they were cut back to fit."""

    def __init__(
        self,
        pipeline: Any,
        options: ModelOptions,
        *,
        device: torch.device,
        dtype: torch.dtype,
        revision: str,
        layout: Any = None,
        shading: Any = None,
        make_room: Callable[[], bool] = lambda: False,
    ) -> None:
        self.options = options
        self.device = device
        self.dtype = dtype
        self.revision = revision
        """Commit or fingerprint of the weights that are in memory."""
        self.most_at_once = options.max_batch
        self.make_room = make_room
        """Frees what other models hold. False where there is nothing to free."""
        self.is_tiled = False
        self.is_offloaded = False
        self.prompts = PromptMemory()
        self.colors = LatentColors()
        self.begin: Begin = as_usual
        """Has to be called before each call of a pipeline."""
        self.loras = Loras(pipeline, options.loras) if options.loras else None
        self._first = pipeline
        self._pipelines = {type(pipeline).__name__: pipeline}
        self._attach(pipeline)
        self.layout_pipeline = None if layout is None else layouts.beside(pipeline, layout)
        """Paints layouts, where the weights bring a denoiser for that."""
        self.shading = shading
        """Throws the shadows of products, where the weights bring a U-Net for that."""
        if self.layout_pipeline is not None:
            self._pipelines[layouts.FOLDER] = self.layout_pipeline
            self._attach(self.layout_pipeline)

    def serve(self, options: ModelOptions) -> None:
        """Paint for the engine of ``options`` from now on, which needs the same weights."""
        if options != self.options:
            self.options = options
            self.most_at_once = options.max_batch

    @property
    def pipelines(self) -> Collection[Any]:
        """Those that were asked for so far."""
        return self._pipelines.values()

    def pipeline(self, name: str) -> Any:
        """The pipeline of class ``name``, on the same weights as all the others."""
        if name not in self._pipelines:
            self._pipelines[name] = self._sibling(getattr(diffusers, name))
            self._attach(self._pipelines[name])
            if self.is_offloaded:
                self._offload(self._pipelines[name])
        return self._pipelines[name]

    def _attach(self, pipeline: Any) -> None:
        draw_in_full(pipeline)
        weighting.attach(pipeline)
        self.prompts.attach(pipeline)

    def _sibling(self, kind: Any) -> Any:
        # All components by name: from_pipe leaves out those of another type than the hint,
        # such as a tiny decoder, and would turn the weights to float32 without a dtype.
        wanted = inspect.signature(kind.__init__).parameters
        parts = {name: part for name, part in self._first.components.items() if name in wanted}
        if self.options.fixes_format:  # a change of it would undo that
            own = {name: value for name, value in self._first.config.items() if name in wanted}
            pipeline = kind(**own | parts)
        else:
            pipeline = kind.from_pipe(self._first, dtype=self.dtype, **parts)
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    @property
    def denoiser(self) -> Any:
        return getattr(self._first, "unet", None) or self._first.transformer

    @property
    def openvino_parts(self) -> list[Any]:
        """Those of its modules that run in OpenVINO; none where torch does it all."""
        if not self.options.in_openvino:
            return []
        from prodimages.diffusion.openvino.modules import parts_of

        return parts_of(self._first)

    def wear(self, lora: str) -> None:
        """Paint with the LoRA of that name from now on, or with none for an empty one."""
        if self.loras is not None:
            self.loras.wear(lora or NONE)

    def tile(self) -> bool:
        """Encode and decode in tiles from now on. False where that was so, or can't be."""
        vae = getattr(self._first, "vae", None)
        if vae is None or self.is_tiled or not hasattr(vae, "enable_tiling"):
            return False
        vae.enable_tiling()
        self.is_tiled = True
        return True

    def offload(self, how: str = "model") -> bool:
        """Keep only what works on the device. False where that was so, or can't be.

        ``model``: a whole part of the pipeline at a time; ``group``: a block at a time, the next
        one on its way while one works, for a denoiser that is larger than the card.
        """
        if self.is_offloaded or self.device.type == "cpu":
            return False
        self.is_offloaded, self._how = True, how
        for pipeline in self._pipelines.values():
            self._offload(pipeline)
        return True

    def _offload(self, pipeline: Any) -> None:
        if self._how == "model":
            pipeline.enable_model_cpu_offload(device=self.device)
        elif pipeline is self._first:  # its parts are shared by all the others
            pipeline.enable_group_offload(
                onload_device=self.device, offload_type="leaf_level", use_stream=True
            )

    _how = "model"

    def make_safer(self) -> bool:
        """Compute in a format that overflows later from now on. False where there is none."""
        dtype = safer_than(self.dtype)
        if dtype is None:
            return bool([part for part in self.openvino_parts if part.make_safer()])
        if self.options.fixes_format:
            return False
        self.prompts.forget()
        for pipeline in self._pipelines.values():
            pipeline.to(dtype=dtype)
        self.dtype = dtype
        return True

    def close(self) -> None:
        """Free the memory; the model can't be used any more."""
        for pipeline in self._pipelines.values():
            pipeline.maybe_free_model_hooks()
        self._pipelines.clear()
        self.prompts.forget()
        self._first = self.layout_pipeline = self.shading = None
        release_memory()
