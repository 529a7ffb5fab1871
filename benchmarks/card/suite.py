"""The tests of ``tests/gpu``, in a process of their own beside the benchmark."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.card.state import State

LOG = "gpu-tests.txt"
_FACT = "tests/gpu"


class Suite:
    def __init__(self, state: State) -> None:
        self._state = state
        self._log = state.asked.out / LOG
        self._tests = None if state.asked.no_tests else self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [
            *(sys.executable, "-m", "pytest", "tests/gpu", "-q", "-p", "no:cacheprovider"),
            *("--durations=8", "-o", "addopts=", "-rs", "--show-capture=no"),
        ]
        with self._log.open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=os.environ)

    def finish(self, seconds: float) -> None:
        """Wait so long for its end; where that isn't the last chance, it goes on after."""
        facts = self._state.report.facts
        if self._tests is None or _FACT in facts:
            return
        try:
            self._tests.wait(timeout=max(0.5, seconds))
        except subprocess.TimeoutExpired:
            if self._state.report.left > 20:
                return
            self._tests.terminate()
            facts[_FACT] = "not ended in time"
        else:
            lines = self._log.read_text(errors="replace").strip().splitlines()
            facts[_FACT] = (lines or ["no output"])[-1]
        self._state.report.write()
