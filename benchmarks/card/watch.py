"""Looks at the card from another process, ten times a second, as ``nvidia-smi`` does."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path


class CardWatch:
    """Use it as a context manager; then ask how busy the card was."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> CardWatch:
        self._file.unlink(missing_ok=True)
        # Nobody waits for its output, should this process be ended by the clock.
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.card.watch", self._file],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(self, *exc: object) -> None:
        self._child.terminate()
        self._child.wait()

    def between(self, begin: float, end: float) -> dict[str, float]:
        """Mean share of the time that kernels ran, and the most memory; by ``time.time()``."""
        try:
            lines = [json.loads(line) for line in self._file.read_text().splitlines() if line]
        except (OSError, ValueError):
            lines = []
        found = [line for line in lines if begin <= line["at"] <= end]
        if not found:
            return {}
        return {
            "busy": sum(line["busy"] for line in found) / len(found),
            "least": min(line["busy"] for line in found),
            "samples": len(found),
            "memory_gib": max(line["used"] for line in found) / 2**30,
        }


def main() -> None:
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no driver to ask
        return
    card = pynvml.nvmlDeviceGetHandleByIndex(0)
    with Path(sys.argv[1]).open("w") as file:
        while True:
            used = pynvml.nvmlDeviceGetMemoryInfo(card).used
            busy = pynvml.nvmlDeviceGetUtilizationRates(card).gpu
            file.write(json.dumps({"at": time.time(), "busy": busy, "used": used}) + "\n")
            file.flush()
            time.sleep(0.1)


if __name__ == "__main__":
    main()
