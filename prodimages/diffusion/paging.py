"""Gives back the memory of weights that are mapped from a file and not needed for a while."""

from __future__ import annotations

import bisect
import ctypes
import mmap
import sys
from pathlib import Path
from typing import Any

import torch

_PAGE_OUT = 21  # MADV_PAGEOUT of Linux 5.4 and later; the content is read again when it is used


def page_out_after_use(module: torch.nn.Module) -> None:
    """Let the system take the pages of the module's weights back after each of its calls.

    Only of what is mapped from a file: anything else would have to be written to swap first. It
    costs a second call the time to map them again, from the system's file cache as a rule.
    """
    spans = _mapped_spans(module)
    if spans:
        module.register_forward_hook(lambda *call: _page_out(spans))


def _mapped_spans(module: torch.nn.Module) -> list[tuple[int, int]]:
    """First byte and length of each whole run of pages; none on other systems than Linux."""
    files = _file_mappings()
    storages = {one.untyped_storage().data_ptr(): one.untyped_storage() for one in _tensors(module)}
    spans = []
    for start, storage in storages.items():
        end = start + storage.nbytes()
        at = bisect.bisect_right(files, (start, sys.maxsize)) - 1
        if at < 0 or end > files[at][1]:
            continue
        first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
        last = end // mmap.PAGESIZE * mmap.PAGESIZE
        if last > first:
            spans.append((first, last - first))
    return spans


def _tensors(module: torch.nn.Module) -> list[torch.Tensor]:
    found = [*module.parameters(), *module.buffers()]
    return [one for one in found if one.device.type == "cpu"]


def _file_mappings() -> list[tuple[int, int]]:
    """First and last byte of what this process has mapped from files of weights."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        span, *_rest = line.split()
        if line.endswith(".safetensors") or "/blobs/" in line:
            first, last = (int(end, 16) for end in span.split("-"))
            found.append((first, last))
    return sorted(found)


def _page_out(spans: list[tuple[int, int]]) -> None:
    """Advice only: a system that doesn't know it keeps the pages."""
    system: Any = ctypes.CDLL(None)
    for first, length in spans:
        system.madvise(ctypes.c_void_p(first), ctypes.c_size_t(length), _PAGE_OUT)
