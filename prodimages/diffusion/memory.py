"""How much memory models may take on a device, and how much they do."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

GIGA = 10**9
WORKING_SHARE = 0.2
"""Of a graphics card's memory: kept free for what arises while a picture is painted."""
_CPU_SHARE = 0.5
_HEADER = 8
_LARGEST_HEADER = 100_000_000
"""The most that the format safetensors permits."""


def budget(device: torch.device, limit_gb: float | None) -> int:
    """Bytes that the weights of all models of this process may take on ``device``.

    On a graphics card that is what other programs leave free of it, less a fifth to work in;
    elsewhere half of the memory that this machine or container has.
    """
    if limit_gb is not None:
        return int(limit_gb * GIGA)
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        ours = torch.cuda.memory_reserved(device)
        return int((free + ours) * (1 - WORKING_SHARE))
    return int(machine_memory() * _CPU_SHARE)


def machine_memory() -> int:
    """Bytes of the machine, or of the control group where that has a limit."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        group = Path("/proc/self/cgroup").read_text().strip().rpartition("::/")[2]
        limit = (Path("/sys/fs/cgroup") / group / "memory.max").read_text().strip()
    except OSError:
        return whole
    return min(whole, int(limit)) if limit.isdigit() else whole


def held_bytes(pipelines: Iterable[Any], device: torch.device) -> int:
    """Bytes of weights on ``device``; what several pipelines share counts once."""
    storages: dict[int, int] = {}
    for pipeline in pipelines:
        for part in pipeline.components.values():
            if isinstance(part, torch.nn.Module):
                storages |= _storages(part, device)
    return sum(storages.values())


def _storages(module: torch.nn.Module, device: torch.device) -> dict[int, int]:
    tensors = [*module.parameters(), *module.buffers()]
    return {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for tensor in tensors
        if tensor.device.type == device.type
    }


def bytes_to_load(folder: Path, dtype: torch.dtype, without: str = "") -> int:
    """Bytes that the weights in ``folder`` take in memory once they are ``dtype``, ``without`` the
    part of that name.

    Read from the headers of the files: eight bytes with the length of a JSON object that
    gives each tensor's shape. Variants such as ``model.fp16.safetensors`` lie beside the
    weights that are loaded, and don't count.
    """
    files = [file for file in folder.glob("*/*.safetensors") if file.name.count(".") == 1]
    return sum(_numbers_in(file) for file in files if file.parent.name != without) * dtype.itemsize


def bytes_of(folder: Path, dtype: torch.dtype) -> int:
    """The same of one part, whose weights lie in ``folder`` itself."""
    files = [file for file in folder.glob("*.safetensors") if file.name.count(".") == 1]
    return sum(_numbers_in(file) for file in files) * dtype.itemsize


def _numbers_in(file: Path) -> int:
    """0 for a file that is none of the format; to load it fails with words of its own."""
    with file.open("rb") as content:
        start = content.read(_HEADER)
        length = struct.unpack("<Q", start)[0] if len(start) == _HEADER else 0
        if not 0 < length <= _LARGEST_HEADER:
            return 0
        try:
            header = json.loads(content.read(length))
        except ValueError:
            return 0
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    return sum(math.prod(shape) for shape in shapes)
