"""The diffusion engine against a plain call of diffusers, on a model of SD-Turbo's size.

The weights are random, which costs the same time as trained ones. Each part runs in a process
of its own, so that each has a peak of memory of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from benchmarks.result import Row, Seconds, median_row

SIZE = 512
SWITCHES = 50
PICTURES = 200
SAMPLES = 4
"""More cost time, and say no more of a model whose weights are random."""
TARGET = 4.5
PEAK_TARGET = 3 * 1024


def measure(runs: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="prodimages-models-") as name:
        folder = Path(name)
        _part(folder, "models", 0)
        plain = _part(folder, "plain", runs)
        ways = {"tiny decoder": _part(folder, "engine", runs)}
        converted = _part(folder, "convert", 1)
        ways["tiny decoder, OpenVINO"] = _part(folder, "openvino", runs)
        fitted = _part(folder, "quantize", SAMPLES)
        ways["tiny decoder, OpenVINO in 8 bits"] = _part(folder, "openvino-int8", runs)
        switched = _part(folder, "switches", SWITCHES)
        painted = _part(folder, "pictures", PICTURES)
    rows = [row for name, way in ways.items() for row in _way(name, plain, way)]
    return [*rows, *_preparations(converted, fitted), *_switches(switched), *_kept(painted)]


def _way(name: str, plain: dict[str, Any], ours: dict[str, Any]) -> list[Row]:
    """Only the quickest way is held to the targets."""
    last = "8 bits" in name
    return [*_pictures(name, plain, ours, last), *_memory(name, plain, ours, last)]


def _preparations(converted: dict[str, Any], fitted: dict[str, Any]) -> list[Row]:
    """What is done once on a machine."""
    note = f"by {SAMPLES} samples of 256 px; a shop's own takes 64 of the model's size"
    return [
        Row(what="conversion, once: seconds", value=converted["seconds"], unit="s"),
        Row(what="conversion, once: peak memory", value=converted["peak"], unit="MiB"),
        Row(what="fitting to 8 bits, once: seconds", value=fitted["seconds"], unit="s", note=note),
        Row(what="fitting to 8 bits, once: peak memory", value=fitted["peak"], unit="MiB"),
    ]


def _part(folder: Path, part: str, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.engine_part", str(folder), part, str(count)]
    # What is converted goes with the models that it was converted from.
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    if done.returncode:
        raise CommandError(f"The part “{part}” failed.")
    return json.loads(done.stdout.splitlines()[-1])


def _pictures(name: str, plain: dict[str, Any], ours: dict[str, Any], last: bool) -> list[Row]:
    samples = [Seconds(*pair) for pair in ours["pictures"]]
    baseline = [Seconds(*pair) for pair in plain["pictures"]]
    what = f"one step at {SIZE} px on the CPU, SD-Turbo's size"
    times = min(one.wall for one in baseline) / min(one.wall for one in samples)
    return [
        median_row(f"{what}, {name}", samples, baseline=baseline, baseline_is="plain, KL decoder"),
        Row(
            what=f"times as fast as the plain pipeline, {name}",
            value=times,
            unit="x",
            target=TARGET if last else None,
            higher_is_better=True,
            note="the fastest run of each, which other programs disturb least",
        ),
    ]


def _memory(name: str, plain: dict[str, Any], ours: dict[str, Any], last: bool) -> list[Row]:
    """Of loading and of the whole process."""
    most, peaks = PEAK_TARGET if last else None, (ours["peak"], plain["peak"])
    return [
        _against(f"load the model, {name}", ours["load"], plain["load"], "s"),
        _against(f"process start to first picture, {name}", ours["first"], plain["first"], "s"),
        _against(f"peak memory of the process, {name}", *peaks, "MiB", most),
    ]


def _against(what: str, value: float, plain: float, unit: str, target: float | None = None) -> Row:
    return Row(
        what=what, value=value, unit=unit, target=target, baseline=plain, baseline_is="plain"
    )


def _switches(switched: dict[str, Any]) -> list[Row]:
    return [
        Row(
            what=f"memory after {SWITCHES} switches between two models",
            value=switched["after"],
            unit="MiB",
            baseline=switched["before"],
            baseline_is="after the first four",
            note=f"two models of {switched['size']:.0f} MiB each, of which one fits the budget",
        )
    ]


def _kept(painted: dict[str, Any]) -> list[Row]:
    note = "a model of 194 MiB, one picture of 128 px a call, each of another prompt"
    return [
        Row(what="memory after the model was loaded", value=painted["loaded"], unit="MiB"),
        Row(
            what=f"memory after {PICTURES} pictures",
            value=painted["after"],
            unit="MiB",
            baseline=painted["before"],
            baseline_is="after the first twenty",
            note=note,
        ),
    ]
