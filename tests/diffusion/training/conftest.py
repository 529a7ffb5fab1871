from __future__ import annotations

import dataclasses

import pytest
import torch

from prodimages.diffusion.training import toy
from prodimages.diffusion.training.program import Order, Program
from prodimages.diffusion.training.recipe import TINY

# So small that a second thread would only wait for the first.
torch.set_num_threads(1)
CPU = torch.device("cpu")
RECIPE = dataclasses.replace(
    TINY, side=32, channels=(8, 16), encoder_width=8, decoder_width=8, groups=4, batch=4,
    chapter=16, chapter_steps=3, autoencoder_batch=4, autoencoder_crop=16, head_width=8,
    layout_channels=(8, 8), layout_batch=4, layout_chapter=16, layout_chapter_steps=3,
    shading_channels=(8, 8), shading_batch=4, shading_chapter=16, shading_chapter_steps=3,
)  # fmt: skip


def program_in(folder, *, steps=4, recipe=RECIPE, **given):
    order = Order(out=folder, steps=steps, sheets=given.pop("sheets", False), **given)
    scenes = toy.scenes(24, recipe.side, seed=1)
    return Program(recipe, scenes, CPU, order, say=lambda text: None)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A program that has run to its end, as small as can be."""
    program = program_in(tmp_path_factory.mktemp("trained"), sheets=True)
    program.run()
    return program
