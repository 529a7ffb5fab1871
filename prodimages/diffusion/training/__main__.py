"""Reproduces nano's weights::

    python -m prodimages.diffusion.training --data PACK [PACK ...] --out DIR --seconds N

``--data toy`` draws its scenes on the spot; with ``--size tiny`` that runs anywhere in a minute.
A run that was killed goes on where it was when it is called again.
"""

from __future__ import annotations

import argparse
import dataclasses
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
    changed = {
        name: getattr(given, name)
        for name in ("side", "batch", "rate", "chapter", "chapter_steps", "shift")
    }
    recipe = dataclasses.replace(
        SIZES[given.size], **{name: value for name, value in changed.items() if value}
    )
    order = Order(
        out=given.out,
        seconds=given.seconds,
        steps=given.steps,
        stages=given.stages.split(","),
        compiled=given.compile,
        workers=given.workers,
        warm=given.warm,
        words=given.words,
    )
    # Handed over, not kept: the program makes a copy of the scenes that it trains on.
    program = Program(
        recipe,
        scenes_of(given.data, recipe.side, given.workers),
        device,
        order,
        say,
        started,
    )
    say(f"{len(program.train)} scenes to train on, {len(program.held)} held out, on {device}")
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
    parser.add_argument("--warm", type=Path, help="folder of weights to go on from")
    parser.add_argument("--words", action="store_true", help="teach words only: no convolution")
    parser.add_argument("--side", type=int, help="pixels of a picture")
    parser.add_argument("--batch", type=int, help="samples of a step, where the recipe's are many")
    parser.add_argument("--rate", type=float, help="highest learning rate of the denoiser")
    parser.add_argument("--chapter", type=int, help="samples that are rendered at once")
    parser.add_argument("--chapter-steps", type=int, help="steps after which new ones are")
    parser.add_argument("--shift", type=float, help="of times toward high noise")
    parser.add_argument("--smoke", action="store_true", help="time each stage, and train nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
