"""The models in this process's memory: as many as the device holds, the least used go first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

import torch

from prodimages.diffusion.devices import device_for, release_memory
from prodimages.diffusion.loading import expected_bytes, load
from prodimages.diffusion.memory import budget, held_bytes
from prodimages.diffusion.model import Model
from prodimages.engines import turns
from prodimages.engines.model_options import ModelOptions

logger = logging.getLogger(__name__)

Load = Callable[..., Model]


class Residency:
    """Engines with the same weights share a model, and all tasks of one share its parts."""

    def __init__(
        self, load: Load = load, expected: Callable[[ModelOptions], int] = expected_bytes
    ) -> None:
        self.load, self.expected = load, expected
        """What brings a model into memory, and how many bytes that will take. A benchmark puts
        functions here that make up weights on the device, where no files of them are at hand.
        """
        # Pipelines are not thread-safe, and their schedulers are shared: one call at a time.
        self._lock = threading.Lock()
        self._models: OrderedDict[Hashable, Model] = OrderedDict()

    @contextmanager
    def use(self, options: ModelOptions) -> Iterator[Model]:
        """The model of ``options``, for this thread alone until the block ends.

        Raises JobFailure (unavailable) when it can't be loaded.
        """
        with turns.taken(self._lock):
            key = key_of(options)
            model = self._models.get(key) or self._loaded(key, options)
            self._models.move_to_end(key)
            model.serve(options)
            yield model

    def held(self, options: ModelOptions) -> Model | None:
        """The model of ``options`` if it is in memory; it is not this thread's to paint with."""
        return self._models.get(key_of(options))

    def drop(self, options: ModelOptions) -> None:
        """Free the model of ``options``, if it is there."""
        with self._lock:
            if (key := key_of(options)) in self._models:
                self._evict(key)

    def bytes_on(self, device: torch.device) -> int:
        """What the weights of all models take there."""
        pipelines = [pipe for model in self._models.values() for pipe in model.pipelines]
        converted = [part for model in self._models.values() for part in model.openvino_parts]
        own: int = sum(part.bytes_held for part in converted)
        return held_bytes(pipelines, device) + own

    def _loaded(self, key: Hashable, options: ModelOptions) -> Model:
        device = device_for(options.preset.device)
        # Before it is loaded, so that the old and the new are never in memory together.
        self._fit(self.expected(options), device, options)
        model = self.load(options, make_room=lambda: self._make_room(key))
        self._models[key] = model
        self._fit(0, device, options)
        return model

    def _fit(self, more: int, device: torch.device, options: ModelOptions) -> None:
        """Evict until ``more`` bytes fit. A model that is over the budget gets all of it."""
        room = budget(device, options.memory_gb)
        spare = 1 if more == 0 else 0  # what was loaded last stays
        while len(self._models) > spare and self.bytes_on(device) + more > room:
            self._evict(next(iter(self._models)))

    def _make_room(self, kept: Hashable) -> bool:
        """Free what all other models hold. False when there is none."""
        others = [key for key in self._models if key != kept]
        for key in others:
            self._evict(key)
        return bool(others)

    def _evict(self, key: Hashable) -> None:
        model = self._models.pop(key)
        logger.info("The model %s is put out of memory.", model.options.preset.title)
        model.close()
        del model
        release_memory()


def key_of(options: ModelOptions) -> Hashable:
    """Equal for options that need the same weights in memory."""
    preset = options.preset
    return (
        *(options.compile, options.attention, options.quantize),
        *(options.step_cache, options.step_cache_kind, options.step_ratios),
        *(preset.family, preset.hub_id, preset.shipped, options.path),
        *(preset.lora, preset.lora_file, preset.tiny_vae, preset.dtype, preset.device),
        options.cpu,
        tuple(sorted(options.revisions.items())),
        tuple(sorted(options.digests.items())),
        tuple(sorted(options.ip_adapter.items())),
        tuple(sorted(options.gguf.items())),
        str(options.controlnet.get("PATH", "")),
        tuple(sorted((name, *sorted(one.items())) for name, one in options.loras.items())),
    )


of_this_process = Residency()
