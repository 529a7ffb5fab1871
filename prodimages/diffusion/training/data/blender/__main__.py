"""Renders scenes by number, again and again skipping those that are there.

python -m prodimages.diffusion.training.data.blender OUT --start 0 --count 4000 --worker 0 --of 2
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from prodimages.diffusion.training.data.records import is_done, record_folder
from prodimages.diffusion.training.data.scenes import draw

_RENEW_AFTER = 250
"""Scenes after which the process starts afresh: Blender never gives all memory back."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="nano scenes", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--of", type=int, default=1, help="processes that share the work")
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--kind", help="only scenes of this kind")
    asked = parser.parse_args()
    from prodimages.diffusion.training.data.blender.render import render_scene

    done = 0
    for seed in range(asked.start, asked.start + asked.count):
        if seed % asked.of != asked.worker or is_done(asked.out, seed):
            continue
        scene = draw(seed)
        if asked.kind and scene.scene != asked.kind:
            continue
        started = time.perf_counter()
        try:
            render_scene(scene, record_folder(asked.out, seed), asked.samples)
        except (RuntimeError, ValueError, StopIteration) as problem:
            print(f"{seed} {scene.scene} failed: {problem!r}", file=sys.stderr, flush=True)
            continue
        print(f"{seed} {scene.scene} {time.perf_counter() - started:.2f} s", flush=True)
        done += 1
        if done >= _RENEW_AFTER:
            os.execv(  # noqa: S606
                sys.executable,
                [sys.executable, "-m", __package__ or "", *sys.argv[1:]],
            )


main()
