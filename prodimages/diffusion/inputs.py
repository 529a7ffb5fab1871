"""The pictures that a pipeline starts from: on the card already, where it has one.

A pipeline of diffusers turns Pillow's pictures to numbers on the processor, which for four of
1024 px and their masks takes a sixth of a second while the card waits. From bytes on the card
the same sums take it a thousandth of that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

Input = list[Image.Image] | torch.Tensor

_MOST = 1024 * 1024
"""Pixels; some classes reduce what is larger, which Pillow does without aliasing."""


def as_input(pictures: Sequence[Image.Image], device: torch.device) -> Input:
    """What a pipeline on ``device`` is given for its ``image`` or ``mask_image``."""
    width, height = pictures[0].size
    alike = all((one.size, one.mode) == ((width, height), pictures[0].mode) for one in pictures)
    if device.type != "cuda" or not alike or width * height > _MOST:
        return list(pictures)
    return as_numbers(pictures, device)


def as_numbers(pictures: Sequence[Image.Image], device: torch.device) -> torch.Tensor:
    """(n, 3 or 1, height, width) float32 0..1 on ``device``; all of one size and mode."""
    rows = torch.from_numpy(np.stack([np.asarray(one) for one in pictures]))
    if device.type == "cuda":
        rows = rows.pin_memory()  # so that the copy doesn't wait for what the card computes
    rows = rows.to(device, non_blocking=True)
    bands = rows.unsqueeze(1) if rows.ndim == 3 else rows.movedim(-1, 1)
    return bands.contiguous().float() / 255
