"""Renders scenes by number in several processes, skipping those that are there.

    python -m prodimages.diffusion.training.data.tracer OUT --start 100000 --count 4000 \\
        --processes 10 --samples 96 --seconds 170 --card
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from pathlib import Path

from prodimages.diffusion.training.data.tracer.renderer import compiled
from prodimages.diffusion.training.data.tracer.work import work


def main() -> None:
    parser = argparse.ArgumentParser(prog="nano tracer", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--samples", type=int, default=64, help="paths a pixel")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no scene after that")
    parser.add_argument("--card", action="store_true", help="on the graphics card, by nvcc")
    parser.add_argument("--kind", help="only scenes of this kind")
    parser.add_argument("--build", type=Path, default=Path("/tmp/nano-tracer"))  # noqa: S108
    asked = parser.parse_args()
    started = time.time()
    compiled(asked.build, card=asked.card)
    print(f"compiled in {time.time() - started:.1f} s", flush=True)
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=work, args=(asked, at, started)) for at in range(asked.processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done = sum(1 for _path in asked.out.glob("[0-9]*/facts.json"))
    print(f"{done} scenes in {time.time() - started:.1f} s", flush=True)
    if any(worker.exitcode for worker in workers):
        raise SystemExit("A process failed; see above.")


if __name__ == "__main__":
    main()
