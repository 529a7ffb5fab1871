"""Reproduces nano's weights::

    python -m prodimages.diffusion.training --data PACK [PACK ...] --out DIR --seconds N

``--data toy`` draws its scenes on the spot; with ``--size tiny`` that runs anywhere in a minute.
A run that was killed goes on where it was when it is called again.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from prodimages.diffusion.training.recipe import SIZES, STAGES


def main() -> None:
    # Here, so that the processes that write captions, which import this file, start at once.
    from prodimages.diffusion.training.devices import device_for
    from prodimages.diffusion.training.program import Order, Program
    from prodimages.diffusion.training.sources import scenes_of

    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {text}", flush=True)

    given = _arguments()
    device = device_for(given.device)
    recipe = SIZES[given.size]
    scenes = scenes_of(given.data, recipe.side, given.workers)
    say(f"{len(scenes)} scenes on {device}")
    order = Order(
        out=given.out,
        seconds=given.seconds,
        steps=given.steps,
        stages=given.stages.split(","),
        compiled=given.compile,
        workers=given.workers,
    )
    program = Program(recipe, scenes, device, order, say, started)
    if given.smoke:
        from prodimages.diffusion.training.smoke import smoke

        smoke(program)
    else:
        program.run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m prodimages.diffusion.training")
    parser.add_argument("--data", nargs="+", required=True, help="packs of scenes, or toy[:COUNT]")
    parser.add_argument("--out", type=Path, required=True, help="folder for all that is made")
    limit = parser.add_mutually_exclusive_group(required=True)
    limit.add_argument("--seconds", type=float, help="wall time of this run")
    limit.add_argument("--steps", type=int, help="steps of each stage")
    parser.add_argument("--stages", default=",".join(STAGES))
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--compile", action="store_true", help="compile the denoiser by torch")
    parser.add_argument("--workers", type=int, default=0, help="processes that write captions")
    parser.add_argument("--smoke", action="store_true", help="time each stage, and train nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
