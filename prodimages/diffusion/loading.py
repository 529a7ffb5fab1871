"""Brings a model into memory: safetensors by an explicit class, and no code of others."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
from django.utils.translation import gettext as _

from prodimages.diffusion import controls, layouts, shading, weights
from prodimages.diffusion.acceleration import accelerate
from prodimages.diffusion.devices import device_for, dtype_for, release_memory
from prodimages.diffusion.memory import bytes_of, bytes_to_load
from prodimages.diffusion.model import Model
from prodimages.diffusion.quantized_file import denoiser_in, part_of
from prodimages.engines.model_options import ModelOptions

_HERE = Path(__file__).parent
# A checker that paints pictures black without a word; review is where content is judged.
_WITHOUT = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}


def folder_for(options: ModelOptions) -> Path:
    """Where the weights lie. Raises JobFailure (unavailable) in words."""
    if options.path:
        return weights.local_folder(options.path)
    if options.preset.shipped:
        return weights.local_folder(str(_HERE / options.preset.shipped))
    return weights.folder_of(options.preset.hub_id, options.revision, download=options.download)


def expected_bytes(options: ModelOptions) -> int:
    """What the weights will take in memory. Raises JobFailure (unavailable) in words."""
    dtype = dtype_for(options.preset, device_for(options.preset.device))
    folder = folder_for(options)
    beside = bytes_of(controls.folder_of(options), dtype) if options.controlnet else 0
    if not options.gguf:
        return beside + bytes_to_load(folder, dtype)
    file = weights.checked(options.gguf)
    return beside + file.stat().st_size + bytes_to_load(folder, dtype, without=part_of(folder)[0])


def load(options: ModelOptions, *, make_room: Callable[[], bool] = lambda: False) -> Model:
    """The model of ``options`` on its device. Raises JobFailure (unavailable) in words.

    ``make_room`` frees what other models hold; it says no when there is nothing to free.
    """
    preset = options.preset
    device = device_for(preset.device)
    dtype = dtype_for(preset, device)
    folder = folder_for(options)
    if options.preset.shipped and not options.path:
        weights.assert_sealed(folder, options.preset.seal)
    weights.assert_digests(folder, options.digests)
    weights.assert_safe(folder)
    kind = getattr(diffusers, preset.parts.loads)
    try:
        pipeline = kind.from_pretrained(
            folder,
            dtype=dtype,
            use_safetensors=True,
            local_files_only=True,
            **_parts(options, folder, dtype, kind),
            **(_denoiser_in_openvino(options, folder) if options.in_openvino else {}),
            **(denoiser_in(options, folder, dtype) if options.gguf else {}),
        )
        if options.in_openvino:
            _fit_autoencoder(pipeline, options, folder)
        _set_scheduler(pipeline, options)
        _fuse_lora(pipeline, options)
        _add_ip_adapter(pipeline, options)
        layout = layouts.of_folder(folder, dtype) if preset.has_layouts else None
        light = shading.of_folder(folder) if preset.has_shadows else None
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        message = _("The weights could not be loaded as “%(family)s”: %(reason)s")
        reason = str(error).replace(str(folder), "…").splitlines()[:1] or [type(error).__name__]
        raise weights.unavailable(
            message % {"family": preset.family, "reason": reason[0][:200]}
        ) from error
    revision = f"sha256:{weights.fingerprint(folder)}" if options.path else options.revision
    if options.controlnet:
        revision = f"{revision} with sha256:{weights.fingerprint(controls.folder_of(options))}"
    if options.gguf:
        revision = f"{revision} with sha256:{options.gguf['SHA256'].lower()}"
    return ready(
        pipeline,
        options,
        revision=revision,
        layout=layout,
        light=light,
        make_room=make_room,
    )


def ready(
    pipeline: Any,
    options: ModelOptions,
    *,
    revision: str,
    layout: Any = None,
    light: Any = None,
    make_room: Callable[[], bool] = lambda: False,
) -> Model:
    """The model of a ``pipeline`` in memory, moved to its device and made quick there.

    Raises JobFailure (unavailable) in words.
    """
    preset = options.preset
    device = device_for(preset.device)
    dtype = dtype_for(preset, device)
    pipeline.set_progress_bar_config(disable=True)
    for small in (layout, light):
        if small is not None:
            small.to(device)
    model = Model(
        pipeline,
        options,
        device=device,
        dtype=dtype,
        revision=revision,
        layout=layout,
        shading=light,
        make_room=make_room,
    )
    if device.type == "cuda" and options.offload != "auto":
        model.offload(options.offload)
    elif not _moved(pipeline, device, make_room):
        model.offload()
    else:
        model.begin = accelerate(pipeline, options, device)
    return model


def _moved(pipeline: Any, device: torch.device, make_room: Callable[[], bool]) -> bool:
    """Bring all of it to the device. False, with all of it on the CPU, where it doesn't fit."""
    while True:
        try:
            pipeline.to(device)
        except torch.OutOfMemoryError:
            pipeline.to("cpu")
        else:
            return True
        release_memory()
        if not make_room():
            return False


def _parts(options: ModelOptions, folder: Path, dtype: torch.dtype, kind: Any) -> dict[str, Any]:
    """Components that are not the folder's own."""
    preset = options.preset
    parts = dict(_WITHOUT) if "safety_checker" in kind._optional_components else {}
    if options.ip_adapter:
        parts.pop("feature_extractor", None)
    if options.controlnet:
        parts["controlnet"] = controls.load(options, dtype)
    if "processor" in inspect.signature(kind.__init__).parameters:
        parts["processor"] = _processor(folder)
    if preset.tiny_vae:
        source = _repository(options, preset.tiny_vae)
        kind_of_vae: Any = diffusers.AutoencoderTiny
        parts["vae"] = kind_of_vae.from_pretrained(
            source, dtype=dtype, use_safetensors=True, local_files_only=True
        )
    return parts


def _denoiser_in_openvino(options: ModelOptions, folder: Path) -> dict[str, Any]:
    from prodimages.diffusion.openvino.fitting import denoiser_for

    return denoiser_for(options, folder)


def _fit_autoencoder(pipeline: Any, options: ModelOptions, folder: Path) -> None:
    from prodimages.diffusion.openvino.fitting import fit_autoencoder, spare_text_encoders

    spare_text_encoders(pipeline)
    tiny = options.preset.tiny_vae
    fit_autoencoder(pipeline, _repository(options, tiny) if tiny else folder / "vae")


def _processor(folder: Path) -> Any:
    from prodimages.diffusion.processors import PictureProcessor

    kind: Any = PictureProcessor
    return kind.from_pretrained(folder / "processor", local_files_only=True)


def _repository(options: ModelOptions, repository: str) -> Any:
    return weights.folder_of(
        repository, options.revisions.get(repository, ""), download=options.download
    )


def _set_scheduler(pipeline: Any, options: ModelOptions) -> None:
    preset = options.preset
    if preset.scheduler:
        kind = getattr(diffusers, preset.scheduler)
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **preset.schedule)


def _fuse_lora(pipeline: Any, options: ModelOptions) -> None:
    preset = options.preset
    if not preset.lora:
        return
    pipeline.load_lora_weights(
        _repository(options, preset.lora),
        weight_name=preset.lora_file,
        use_safetensors=True,
        local_files_only=True,
    )
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()


def _add_ip_adapter(pipeline: Any, options: ModelOptions) -> None:
    given = options.ip_adapter
    if not given:
        return
    if not str(given.get("FILE", "")).endswith(".safetensors"):
        raise weights.unavailable(_("The weights of the IP-Adapter are not safetensors."))
    pipeline.load_ip_adapter(
        given["PATH"],
        subfolder=given.get("SUBFOLDER", ""),
        weight_name=given["FILE"],
        local_files_only=True,
    )
