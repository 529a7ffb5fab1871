"""Networks of other projects that enlarge, in torch, on the graphics card where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from django.utils.translation import gettext as _
from torch.nn import functional

from prodimages.choices import FailureKind
from prodimages.enlargement.base import FACTORS
from prodimages.exceptions import JobFailure


class TorchNetwork:
    """``run`` takes (1, 3, H, W) in 0..1 and gives (1, 3, H * scale, W * scale).

    Raises JobFailure(UNAVAILABLE) for a network of another factor.
    """

    def __init__(
        self, run: Callable[[torch.Tensor], torch.Tensor], scale: int, device: torch.device
    ):
        if scale not in FACTORS:
            message = _("This network enlarges %(scale)s times; it has to be 2 or 4.")
            raise JobFailure(FailureKind.UNAVAILABLE, message % {"scale": scale})
        self.scale = scale
        self._run, self._device = run, device

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        planes = torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1)[None]))
        try:
            with torch.inference_mode():
                large = self._run(planes.to(self._device)).float().cpu()
        except torch.OutOfMemoryError as error:
            message = _("The photo could not be enlarged; memory may be short.")
            raise JobFailure(FailureKind.ENGINE, message, retryable=True) from error
        return large[0].permute(1, 2, 0).numpy()


def swin2sr(source: str, revision: str | None) -> TorchNetwork:
    """Of a folder, or of a repository in the hub's cache; never downloads, never a pickle."""
    from transformers import Swin2SRForImageSuperResolution

    try:
        kind: Any = Swin2SRForImageSuperResolution
        model = kind.from_pretrained(
            source, revision=revision, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable() from error
    device = _device()
    model = model.to(device).eval()

    scale, window = int(model.config.upscale), int(model.config.window_size)

    def run(planes: torch.Tensor) -> torch.Tensor:
        # Whole windows only: transformers leaves the margin to an image processor of its own,
        # which takes pictures in whole levels and not the pieces that come here.
        height, width = planes.shape[-2:]
        margin = (0, -width % window, 0, -height % window)
        padded = functional.pad(planes, margin, mode="replicate")
        reconstruction: torch.Tensor = model(padded).reconstruction
        return reconstruction[..., : height * scale, : width * scale]

    return TorchNetwork(run, scale, device)


def spandrel(path: str) -> TorchNetwork:
    """Of any file of safetensors whose form spandrel knows."""
    from spandrel import ImageModelDescriptor, ModelLoader

    device = _device()
    try:
        model = ModelLoader(device).load_from_file(path)
    except Exception as error:  # it has errors of its own, and those of what it reads with
        raise _unreadable() from error
    if not isinstance(model, ImageModelDescriptor):
        raise _unreadable()
    return TorchNetwork(model.eval(), int(model.scale), device)


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _unreadable() -> JobFailure:
    message = _("The weights of the learned enlargement can't be loaded.")
    return JobFailure(FailureKind.UNAVAILABLE, message)
