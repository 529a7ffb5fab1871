"""One network in ncnn that makes every pixel sixteen."""

from __future__ import annotations

from pathlib import Path

import ncnn
import numpy as np
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure


class NcnnNetwork:
    """Takes and gives pictures. Raises JobFailure(UNAVAILABLE) for files ncnn can't read."""

    scale = 4

    def __init__(self, param: Path, weights: Path, *, threads: int):
        self._net = ncnn.Net()
        self._net.opt.num_threads = threads
        self._net.opt.use_vulkan_compute = False
        if self._net.load_param(str(param)) != 0 or self._net.load_model(str(weights)) != 0:
            message = _("The weights of the learned enlargement can't be loaded.")
            raise JobFailure(FailureKind.UNAVAILABLE, message)
        (self._input,), (self._output,) = self._net.input_names(), self._net.output_names()

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32 in 0..1 -> (H * scale, W * scale, 3) float32, about 0..1.

        Raises JobFailure(ENGINE) when ncnn gives up, as it does when memory is short.
        """
        planes = np.ascontiguousarray(rgb.transpose(2, 0, 1), dtype=np.float32)
        extractor = self._net.create_extractor()
        extractor.input(self._input, ncnn.Mat(planes))
        code, result = extractor.extract(self._output)
        if code != 0:
            message = _("The photo could not be enlarged; memory may be short.")
            raise JobFailure(FailureKind.ENGINE, message, retryable=True)
        return np.array(result).transpose(1, 2, 0)
