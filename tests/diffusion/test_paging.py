"""Weights that are mapped from a file give their memory back, and are as they were when used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from prodimages.diffusion import paging

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pages are Linux's here")
SIDE = 4096


def resident() -> int:
    """Bytes of this process in memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_mapped_weights_leave_memory_after_each_call_and_give_the_same(tmp_path):
    file = tmp_path / "model.safetensors"
    save_file({"weight": torch.randn(SIDE, SIDE)}, file)
    layer = torch.nn.Linear(SIDE, SIDE, bias=False)
    layer.weight = torch.nn.Parameter(load_file(file)["weight"])
    given = torch.randn(1, SIDE)
    wanted, before = layer(given), resident()
    paging.page_out_after_use(layer)
    assert torch.equal(layer(given), wanted)
    # Half, as the process itself takes some memory meanwhile.
    assert before - resident() > 0.5 * SIDE * SIDE * 4
    assert torch.equal(layer(given), wanted)


def test_weights_in_memory_alone_are_left_there():
    layer = torch.nn.Linear(SIDE, SIDE)
    paging.page_out_after_use(layer)
    assert not layer._forward_hooks
