from __future__ import annotations

import pytest
import torch

from prodimages.engines.diffusers import DiffusersEngine
from tests.diffusion import tiny
from tests.diffusion.conftest import options_for


@pytest.fixture(scope="session", autouse=True)
def card():
    """The first card, by name; without one nothing of this folder says anything."""
    if not torch.cuda.is_available():
        pytest.skip("no graphics card with CUDA is at hand")
    return torch.cuda.get_device_name(0)


@pytest.fixture(scope="session")
def four(tmp_path_factory):
    return tiny.save(tiny.stable_diffusion(4), tmp_path_factory.mktemp("four"))


@pytest.fixture(scope="session")
def klein(tmp_path_factory):
    return tiny.save(tiny.flux2_klein(), tmp_path_factory.mktemp("klein"))


@pytest.fixture
def engine_for():
    made = []

    def make(folder, family, **options):
        given = {"DEVICE": "cuda", "DTYPE": "bfloat16", "MAX_BATCH": 4} | options
        made.append(DiffusersEngine("gpu", options_for(folder, family, **given)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
