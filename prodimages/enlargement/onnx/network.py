"""One network in onnxruntime that makes every pixel four."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure


class OnnxNetwork:
    """Takes and gives pictures. Raises JobFailure(UNAVAILABLE) for a file it can't read."""

    scale = 2

    def __init__(self, path: Path, *, threads: int):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        # Without the arena, what a large piece took is given back after it.
        settings.enable_cpu_mem_arena = False
        try:
            self._session = onnxruntime.InferenceSession(
                path, settings, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its own kinds of error have no common class
            message = _("The weights of the learned enlargement can't be loaded.")
            raise JobFailure(FailureKind.UNAVAILABLE, message) from error
        self._input = self._session.get_inputs()[0].name

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        planes = np.ascontiguousarray(rgb.transpose(2, 0, 1)[None], dtype=np.float32)
        (result,) = self._session.run(None, {self._input: planes})
        return np.asarray(result)[0].transpose(1, 2, 0)
