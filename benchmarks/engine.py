"""The diffusion engine against a plain call of diffusers, on a model of SD-Turbo's size.

The weights are random, which costs the same time as trained ones. Each part runs in a process
of its own, so that each has a peak of memory of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from benchmarks.result import Row, Seconds, median_row

SIZE = 512
SWITCHES = 50
TARGET = 4.5
PEAK_TARGET = 3 * 1024


def measure(runs: int) -> list[Row]:
    from benchmarks.engine_models import save_models

    with tempfile.TemporaryDirectory(prefix="prodimages-models-") as name:
        folder = Path(name)
        save_models(folder)
        plain = _part(folder, "plain", runs)
        ours = _part(folder, "engine", runs)
        switched = _part(folder, "switches", SWITCHES)
    return [*_pictures(plain, ours), *_memory(plain, ours), *_switches(switched)]


def _part(folder: Path, part: str, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.engine_part", str(folder), part, str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise CommandError(f"The part “{part}” failed.")
    return json.loads(done.stdout.splitlines()[-1])


def _pictures(plain: dict[str, Any], ours: dict[str, Any]) -> list[Row]:
    samples = [Seconds(*pair) for pair in ours["pictures"]]
    baseline = [Seconds(*pair) for pair in plain["pictures"]]
    what = f"one step at {SIZE} px on the CPU, SD-Turbo's size"
    times = min(one.wall for one in baseline) / min(one.wall for one in samples)
    return [
        median_row(
            f"{what}, tiny decoder", samples, baseline=baseline, baseline_is="plain, KL decoder"
        ),
        Row(
            what="times as fast as the plain pipeline",
            value=times,
            unit="x",
            target=TARGET,
            higher_is_better=True,
            note="the fastest run of each, which other programs disturb least",
        ),
    ]


def _memory(plain: dict[str, Any], ours: dict[str, Any]) -> list[Row]:
    """Of loading and of the whole process."""
    return [
        _against("load the model", ours["load"], plain["load"], "s"),
        _against("process start to first picture", ours["first"], plain["first"], "s"),
        _against("peak memory of the process", ours["peak"], plain["peak"], "MiB", PEAK_TARGET),
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
