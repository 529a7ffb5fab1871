"""The device that trains, and its number formats."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import nn


def device_for(wanted: str) -> torch.device:
    """``auto`` takes a graphics card where there is one."""
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(wanted)
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    return device


def autocast(device: torch.device) -> AbstractContextManager[Any]:
    """bfloat16 on a graphics card: half the time, and no overflow to scale around."""
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()


def placed(module: nn.Module, device: torch.device) -> nn.Module:
    """On the device, in the memory layout that convolutions are quickest in."""
    module.to(device)
    return module.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
