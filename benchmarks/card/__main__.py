"""The order of the parts, and the clock that ends them."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

_BEGAN = time.monotonic()  # torch and Django take seconds to be imported

from benchmarks.card.project import FOLDER  # noqa: E402  (first)

# isort: split
import torch  # noqa: E402

from benchmarks import card  # noqa: E402
from benchmarks.card import extras, pipelines, preparation, whole_jobs  # noqa: E402
from benchmarks.card.state import State  # noqa: E402
from benchmarks.card.suite import Suite  # noqa: E402

PARTS = {
    "plain": (pipelines.plain, 8),
    "serial": (whole_jobs.serial, 15),
    "attention": (pipelines.attention, 20),
    "jobs": (whole_jobs.overlapping, 20),
    "compile": (pipelines.compiled, 45),
    "compiled-batch": (pipelines.compiled_batch, 8),
    "compiled-jobs": (whole_jobs.overlapping_compiled, 18),
    "layout": (pipelines.layout, 5),
    "batches": (pipelines.batches, 12),
    "fp8-storage": (extras.eight_bit_storage, 8),
    "fp8": (extras.eight_bits, 35),
    "sdxl": (extras.xl, 10),
}
"""What each does, and the seconds without which it isn't begun."""


def run(state: State) -> None:
    suite = Suite(state)  # while libraries are loaded, and the card has nothing to do
    beside = threading.Thread(
        target=state.part, args=("set up", preparation.set_up), kwargs={"needs": 10}
    )
    beside.start()
    if not state.part("build the model", preparation.build, needs=15):
        return
    names = list(state.asked.parts)
    if names[0] == "compile":  # which needs neither goods nor a quiet machine
        _part(state, names.pop(0))
    beside.join()
    suite.finish(min(20.0, state.report.left - 115))
    for name in names:
        _part(state, name)
    suite.finish(state.report.left - 3)


def _part(state: State, name: str) -> None:
    part, needs = PARTS[name]
    state.part(name, part, needs=needs)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card", description=card.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder for what is found")
    parser.add_argument("--seconds", type=float, default=175, help="after which it has ended")
    parser.add_argument("--size", choices=("klein-4b", "tiny"), default="klein-4b")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--jobs", type=int, default=208, help="most jobs that overlap")
    parser.add_argument("--serial", type=float, default=15, help="seconds for those that don't")
    parser.add_argument("--short", type=float, default=16, help="seconds for those not compiled")
    parser.add_argument("--stint", type=float, default=60, help="seconds for those compiled")
    parser.add_argument("--spare", type=float, default=22, help="seconds kept for what follows")
    parser.add_argument("--no-tests", action="store_true", help="leave tests/gpu out")
    return parser.parse_args()


def main() -> None:
    state = State(asked(), FOLDER, began=_BEGAN)

    def end() -> None:
        state.report.write()
        print((state.asked.out / "card.md").read_text(), flush=True)
        sys.stdout.flush()
        os._exit(0)  # what still hangs must not hold up the card

    def give_up() -> None:
        state.report.facts["ended"] = "by the clock, in mid-run"
        end()

    clock = threading.Timer(state.report.left, give_up)
    clock.daemon = True
    clock.start()
    try:
        run(state)
    finally:
        end()


if __name__ == "__main__":
    main()
