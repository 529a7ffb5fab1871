"""What only a graphics card can show: its memory, its formats, its order of additions."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
import torch

from prodimages.choices import Task
from prodimages.diffusion import memory
from prodimages.diffusion.residency import Residency
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.model_options import ModelOptions
from tests.diffusion.asking import ask, picture
from tests.diffusion.conftest import options_for
from tests.gpu.likeness import assert_alike

pytestmark = pytest.mark.gpu


def read(folder, **values) -> ModelOptions:
    found, faults = ModelOptions.parse(options_for(folder, "sd", DEVICE="cuda", DTYPE="float32"))
    assert found is not None
    assert faults == []
    return dataclasses.replace(found, **values)


@pytest.fixture
def engine(four):
    made = DiffusersEngine("gpu", options_for(four, "sd", DEVICE="cuda", DTYPE="float16"))
    yield made
    made.close()


def test_fifty_switches_leave_the_card_as_empty_as_before(four, tmp_path):
    size = memory.bytes_to_load(four, torch.float32)
    both = [
        read(shutil.copytree(four, tmp_path / name), memory_gb=1.5 * size / memory.GIGA)
        for name in "ab"
    ]
    residency, after = Residency(), []
    for switch in range(54):
        with residency.use(both[switch % 2]):
            after.append(torch.cuda.memory_allocated())
    assert max(after[4:]) <= max(after[:4])
    for options in both:
        residency.drop(options)
    assert torch.cuda.memory_allocated() < min(after)


def test_the_budget_leaves_room_to_work_in():
    free, total = torch.cuda.mem_get_info()
    assert 0 < memory.budget(torch.device("cuda"), None) <= 0.8 * total
    assert memory.budget(torch.device("cuda"), None) >= 0.8 * free * 0.99


def test_the_same_request_gives_nearly_the_same_picture(engine):
    first, second = (picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb for _ in range(2))
    assert_alike(first, second, of_rounding=1 / 8)


def test_a_card_paints_nearly_what_the_processor_paints(engine, four):
    alone = DiffusersEngine("cpu", options_for(four, "sd"))
    try:
        expected = picture(alone, ask(Task.TEXT_TO_IMAGE)).rgb
    finally:
        alone.close()
    assert_alike(picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb, expected)


def test_an_offloaded_model_paints_and_frees_the_card(engine):
    whole = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    assert engine._painter.model.offload()
    assert_alike(picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb, whole, of_rounding=1 / 8)
