"""One process of several that render scenes."""

from __future__ import annotations

import argparse
import time

from prodimages.diffusion.training.data.records import is_done, record_folder
from prodimages.diffusion.training.data.scenes import draw
from prodimages.diffusion.training.data.tracer.renderer import compiled, render_scene


def work(asked: argparse.Namespace, which: int, started: float) -> None:
    """Renders every ``asked.processes``-th scene."""
    library = compiled(asked.build, card=asked.card)
    for number in range(asked.start + which, asked.start + asked.count, asked.processes):
        if time.time() - started > asked.seconds:
            return
        if is_done(asked.out, number):
            continue
        scene = draw(number)
        if asked.kind and scene.scene != asked.kind:
            continue
        facts = render_scene(library, scene, record_folder(asked.out, number), asked.samples)
        print(f"{number} {scene.scene} {facts['seconds']}", flush=True)
