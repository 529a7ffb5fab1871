"""The folder that ``StableDiffusionInpaintPipeline.from_pretrained`` loads, in half precision."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from diffusers import StableDiffusionInpaintPipeline

from prodimages.diffusion.training import parts

DIGESTS = "digests.json"
_WEIGHTS = {".safetensors", ".json", ".txt"}


def pipeline_of(*, autoencoder: Any, text: Any, tokenizer: Any, unet: Any) -> Any:
    """Of copies on the CPU in 32 bits; nothing that judges pictures is part of it."""
    kind: Any = StableDiffusionInpaintPipeline
    return kind(
        vae=_copied(autoencoder),
        text_encoder=_copied(text),
        tokenizer=tokenizer,
        unet=_copied(unet),
        scheduler=parts.scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _copied(module: Any) -> Any:
    return copy.deepcopy(module).to("cpu", torch.float32).to(memory_format=torch.contiguous_format)


def export(
    pipeline: Any, folder: Path, beside: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, str]:
    """Write it, the small networks ``beside`` it by their folder, and the SHA-256 of each file.
    Returns those.
    """
    pipeline.to(dtype=torch.float16)
    pipeline.save_pretrained(folder, safe_serialization=True)
    _save(beside, folder)
    return seal(folder)


def join(
    weights: Path,
    folder: Path,
    *,
    beside: Mapping[str, Any] = MappingProxyType({}),
    autoencoder: Any = None,
) -> None:
    """Write the ``weights`` of a folder to another one as they are, but for the parts that are
    given.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(weights, folder)
    _save(beside, folder)
    if autoencoder is not None:
        _copied(autoencoder).half().save_pretrained(folder / "vae", safe_serialization=True)
    seal(folder)


def _save(beside: Mapping[str, Any], folder: Path) -> None:
    for name, module in beside.items():
        _copied(module).half().save_pretrained(folder / name, safe_serialization=True)


def seal(folder: Path) -> dict[str, str]:
    """Write the SHA-256 of each file beside the files. Returns those."""
    for file in folder.rglob("*.json"):
        _strip(file)
    found = digests(folder)
    (folder / DIGESTS).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _strip(file: Path) -> None:
    """Take out where the parts lay, and what AutoencoderTiny writes but warns of when it reads."""
    config = json.loads(file.read_text(encoding="utf-8"))
    unread = {"_name_or_path"}
    if config.get("_class_name") == "AutoencoderTiny":
        unread.add("block_out_channels")
    if unread & set(config):
        kept = {name: value for name, value in config.items() if name not in unread}
        file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that loading reads, by its name in the folder."""
    files = sorted(file for file in folder.rglob("*") if file.suffix in _WEIGHTS)
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.name != DIGESTS
    }
