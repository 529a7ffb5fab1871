"""What the parts of the benchmark share: one set of weights, the jobs' goods, what was found."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from benchmarks.card.report import Report
from prodimages.engines.model_options import ModelOptions

STEPS = 4


class State:
    def __init__(self, asked: argparse.Namespace, folder: Path, *, began: float) -> None:
        self.asked = asked
        self.folder = folder
        """Thrown away at the end."""
        self.is_tiny = asked.size == "tiny"
        self.side = 64 if self.is_tiny else 1024
        """Of what the model paints, in pixels."""
        self.picture = 256 if self.is_tiny else 1024
        """Of what a job gives, in pixels."""
        self.device = torch.device(asked.device)
        self.dtype = torch.bfloat16 if self.device.type == "cuda" else torch.float32
        self.report = Report(asked.out, asked.seconds, began=began)
        self.pipeline: Any = None
        self.goods: list[Any] = []
        self.style: Any = None
        self.plain_pipeline = 0.0
        """Seconds a picture."""
        self.plain_job = self.bare_job = 0.0
        """Pictures a second: serial jobs, and the least that a job could be."""
        self.batch = 4
        """Pictures at once, the best of those that were measured."""
        self.is_compiled = False

    def part(self, name: str, run: Callable[[State], None], *, needs: float) -> bool:
        """Run one part unless it lacks the seconds that it needs."""
        return self.report.part(name, lambda: run(self), needs=needs)

    def options(self, **more: Any) -> dict[str, Any]:
        """OPTIONS of the engine; the weights are made up instead of being read from PATH."""
        given = {
            "PRESET": "flux2-klein-4b",
            "PATH": "random",
            "STEPS": STEPS,
            "SIDES": [self.side, self.side],
            "DEVICE": self.device.type,
            "MAX_BATCH": 1,
        }
        return given | more

    def parsed(self, **more: Any) -> ModelOptions:
        read, _faults = ModelOptions.parse(self.options(**more))
        assert read is not None
        return read

    @contextmanager
    def uncompiled(self) -> Iterator[None]:
        """Blocks that were compiled run as they are within the block."""
        torch.compiler.set_stance("force_eager" if self.is_compiled else "default")
        try:
            yield
        finally:
            torch.compiler.set_stance("default")

    def settle(self) -> None:
        """Wait for the card."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def memory(self, when: str) -> None:
        if self.device.type == "cuda":
            now, most = torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated()
            self.report.row(f"memory {when}", now / 2**30, "GiB", note=f"peak {most / 2**30:.1f}")
            torch.cuda.reset_peak_memory_stats()
