"""A denoiser in 8 bits, kept only where its pictures stay near those of the one in full."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from prodimages.diffusion.openvino import calibration
from prodimages.diffusion.openvino.call import Call
from prodimages.diffusion.openvino.folder import Slot
from prodimages.diffusion.openvino.graph import Graph, core, library
from prodimages.diffusion.openvino.part import Part
from prodimages.diffusion.weights import unavailable
from prodimages.engines.model_options import ModelOptions
from prodimages.imaging.color import ciede2000, lab

SAMPLES = 64
COMPARED = 8
MOST_DISTANCE = 5.0
"""Mean CIEDE2000 over all pixels of the pictures compared; of a single one, twice that."""

OnStage = Callable[[str, int], Callable[[], None]]
"""Begins a stage of so many units; what it gives is called after each."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    distances: Sequence[float]
    """Mean CIEDE2000 of each picture to that of the model in full."""
    samples: int

    @property
    def mean(self) -> float:
        return float(np.mean(self.distances))

    def is_near(self, most: float) -> bool:
        return self.mean <= most and max(self.distances) <= 2 * most


def quantize(
    options: ModelOptions,
    *,
    count: int = SAMPLES,
    compared: int = COMPARED,
    most: float = MOST_DISTANCE,
    on_stage: OnStage,
) -> Report:
    """Fit the model of ``options`` to 8 bits by ``count`` samples, compare, and keep it.

    Raises JobFailure (unavailable), with nothing kept, where its pictures are further than
    ``most`` from those of the model in full.
    """
    full = dataclasses.replace(options, cpu="openvino")
    taken = calibration.samples(full, count, on_stage("samples", count))
    before = list(calibration.pictures(full, compared, on_stage("pictures in full", compared)))
    part = calibration.denoiser_of(full)
    slots = _by_slot(part, taken)
    with tempfile.TemporaryDirectory() as name:
        files = {}
        for number, (slot, calls) in enumerate(slots.items()):
            files[slot] = _fitted(slot, calls, Path(name) / f"{number}.xml")
            part.replace(slot.what, Graph(files[slot]))
        after = list(calibration.pictures(full, compared, on_stage("pictures in 8 bits", compared)))
        part.forget()
        report = _report(before, after, taken)
        if not report.is_near(most):
            raise _refused(report, most)
        for slot, file in files.items():
            slot.clear()
            slot.put(core().read_model(file), dataclasses.asdict(report))
    return report


def _by_slot(part: Part, calls: Sequence[Call]) -> dict[Slot, list[Call]]:
    found: dict[Slot, list[Call]] = {}
    for call in calls:
        found.setdefault(part.slot(call, int8=True), []).append(call)
    return found


def _fitted(slot: Slot, calls: Sequence[Call], file: Path) -> Path:
    """The graph of ``slot`` in 8 bits, written to ``file``."""
    nncf = _nncf()
    full = dataclasses.replace(slot, int8=False).graph
    samples = [{name: value.numpy() for name, value in one.tensors.items()} for one in calls]
    with contextlib.redirect_stdout(sys.stderr):  # its own bars
        model = nncf.quantize(
            core().read_model(full),
            nncf.Dataset(samples),
            subset_size=len(samples),
            model_type=nncf.ModelType.TRANSFORMER,
            # It would take hours, and gains little where ranges are smoothed first.
            advanced_parameters=nncf.AdvancedQuantizationParameters(disable_bias_correction=True),
        )
    library().save_model(model, file, compress_to_fp16=True)
    return file


def _nncf() -> Any:
    try:
        import nncf
    except ImportError as error:
        message = _("nncf is not installed on this machine: pip install “prodimages[openvino]”.")
        raise unavailable(message) from error
    nncf.set_log_level(logging.ERROR)
    return nncf


def _report(before: Any, after: Any, taken: Sequence[Call]) -> Report:
    return Report(
        distances=[_distance(one.rgb, other.rgb) for one, other in zip(before, after, strict=True)],
        samples=len(taken),
    )


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    """Mean CIEDE2000 of two (H, W, 3) float32 pictures in 0..1."""
    first, second = (lab(np.rint(picture * 255).astype(np.uint8)) for picture in (one, other))
    return float(ciede2000(first, second).mean())


def _refused(report: Report, most: float) -> Exception:
    message = _(
        "Not kept: in 8 bits the pictures differ by a mean CIEDE2000 of %(mean).1f, the worst by "
        "%(worst).1f; at most %(most).1f and %(twice).1f are allowed. More samples may help; else "
        "leave CPU at openvino."
    )
    return unavailable(
        message
        % {
            "mean": report.mean,
            "worst": max(report.distances),
            "most": most,
            "twice": 2 * most,
        }
    )
