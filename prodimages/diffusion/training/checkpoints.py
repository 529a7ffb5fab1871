"""What training needs to go on after it was killed: weights, averages, optimizer, random state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch


def save(file: Path, state: dict[str, Any]) -> None:
    """At once or not at all: a kill while it is written leaves the one before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)


def load(file: Path, device: torch.device) -> dict[str, Any] | None:
    """None where there is none. Tensors and plain values only: no code is run."""
    if not file.is_file():
        return None
    state: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
    return state
