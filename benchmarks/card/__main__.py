"""The order of the parts, and the clock that ends them."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="prodimages-card-"))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "benchmarks.card.settings",
    "PRODIMAGES_VAR": str(_FOLDER / "var"),
    "PRODIMAGES_DEMO": "1",
    "HF_HUB_OFFLINE": "1",
}

import django  # noqa: E402

django.setup()

import torch  # noqa: E402

import shop_integration.project.celery  # noqa: E402, F401  (the broker in memory)
from benchmarks import card  # noqa: E402
from benchmarks.card import extras, pipelines, preparation, whole_jobs  # noqa: E402
from benchmarks.card.state import State  # noqa: E402
from benchmarks.card.suite import Suite  # noqa: E402

PARTS = (
    ("plain pipeline", pipelines.plain, 8),
    ("serial jobs", whole_jobs.serial, 15),
    ("attention", pipelines.attention, 20),
    ("overlapping jobs", whole_jobs.overlapping, 20),
    ("compiled", pipelines.compiled, 45),
    ("overlapping jobs, compiled", whole_jobs.overlapping_compiled, 18),
    ("batches", pipelines.batches, 12),
    ("eight bits", extras.eight_bits, 35),
    ("denoiser of SDXL", extras.xl, 10),
)
"""Name, what it does, and the seconds without which it isn't begun."""


def run(state: State) -> None:
    suite = Suite(state)  # while libraries are loaded, and the card has nothing to do
    beside = threading.Thread(
        target=state.part, args=("set up", preparation.set_up), kwargs={"needs": 10}
    )
    beside.start()
    if not state.part("build the model", preparation.build, needs=15):
        return
    beside.join()
    suite.finish(min(20.0, state.report.left - 115))
    for name, part, needs in PARTS:
        state.part(name, part, needs=needs)
    suite.finish(state.report.left - 3)


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.card", description=card.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="a folder for what is found")
    parser.add_argument("--seconds", type=float, default=175, help="after which it has ended")
    parser.add_argument("--size", choices=("klein-4b", "tiny"), default="klein-4b")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--jobs", type=int, default=200, help="most jobs that overlap")
    parser.add_argument("--short", type=float, default=16, help="seconds for those not compiled")
    parser.add_argument("--stint", type=float, default=60, help="seconds for those compiled")
    parser.add_argument("--spare", type=float, default=22, help="seconds kept for what follows")
    parser.add_argument("--without", nargs="*", default=[], help="names of parts to leave out")
    parser.add_argument("--no-tests", action="store_true", help="leave tests/gpu out")
    return parser.parse_args()


def main() -> None:
    state = State(asked(), _FOLDER)

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
