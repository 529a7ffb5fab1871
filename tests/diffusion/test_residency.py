"""Several models in one process, within a budget of memory."""

from __future__ import annotations

import dataclasses
import gc
import shutil
import threading
import weakref

import diffusers
import pytest
import torch

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import memory
from prodimages.diffusion.residency import Residency, of_this_process
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, picture
from tests.diffusion.conftest import options_for

CPU = torch.device("cpu")


def read(folder, family="sd", *, room: float | None = None, **options) -> ModelOptions:
    """``room`` in bytes: the setting knows no budget as small as these models."""
    found, faults = ModelOptions.parse(options_for(folder, family, **options))
    assert found is not None
    assert faults == []
    memory_gb = None if room is None else room / memory.GIGA
    return dataclasses.replace(found, memory_gb=memory_gb)


@pytest.fixture
def copies(four, tmp_path):
    """Three folders, and so three models."""
    return [shutil.copytree(four, tmp_path / name) for name in "abc"]


@pytest.fixture
def size(four):
    """Bytes that one of them takes in memory."""
    return memory.bytes_to_load(four, torch.float32)


@pytest.fixture
def residency():
    made = Residency()
    yield made
    made._make_room(None)


def use(residency, options):
    with residency.use(options) as model:
        return model


def loaded(residency, all_options) -> list[bool]:
    return [residency.held(options) is not None for options in all_options]


def test_the_headers_tell_what_the_weights_take(residency, four, size):
    model = use(residency, read(four))
    held = residency.bytes_on(CPU)
    assert held == pytest.approx(size, rel=0.01)  # besides them there are a few tables of positions
    assert memory.bytes_to_load(four, torch.float16) == size / 2
    for name in ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline"):
        model.pipeline(name)
    assert residency.bytes_on(CPU) == held  # what tasks share counts once


def test_variants_beside_the_weights_and_broken_files_do_not_count(four, size, tmp_path):
    folder = shutil.copytree(four, tmp_path / "variants")
    weights = next((folder / "unet").glob("*.safetensors"))
    shutil.copy(weights, weights.with_suffix(".fp16.safetensors"))
    (folder / "unet" / "broken.safetensors").write_bytes(b"\xff" * 40)
    (folder / "unet" / "empty.safetensors").write_bytes(b"")
    (folder / "unet" / "words.safetensors").write_bytes(b"\x04" + 7 * b"\0" + b"word")
    assert memory.bytes_to_load(folder, torch.float32) == size


def test_the_least_used_model_goes_when_the_budget_is_spent(residency, copies, size):
    one, two, three = models = [read(folder, room=2.5 * size) for folder in copies]
    for options in (one, two, one):
        use(residency, options)
    assert loaded(residency, models) == [True, True, False]
    use(residency, three)
    assert loaded(residency, models) == [True, False, True]
    assert residency.bytes_on(CPU) == pytest.approx(2 * size, rel=0.01)


def test_the_old_model_is_gone_before_the_new_one_is_loaded(copies, size):
    there = []

    def load(options, **others):
        there.append(residency.bytes_on(CPU))
        return Residency().load(options, **others)

    residency = Residency(load)
    for folder in copies:
        use(residency, read(folder, room=1.5 * size))
    assert there == [0, 0, 0]


def test_a_model_over_the_budget_has_the_memory_to_itself(residency, copies):
    models = [read(folder, room=1) for folder in copies]
    for options in models:
        use(residency, options)
        assert residency.held(options)
    assert loaded(residency, models) == [False, False, True]


def test_what_was_evicted_is_freed(residency, copies, size):
    room = 1.5 * size
    denoiser = weakref.ref(use(residency, read(copies[0], room=room)).denoiser)
    assert denoiser() is not None
    use(residency, read(copies[1], room=room))
    gc.collect()
    assert denoiser() is None


def test_engines_that_need_the_same_weights_share_a_model(residency, four, nine):
    one, two = read(four, STEPS=4, MAX_BATCH=2), read(four, STEPS=2, MAX_BATCH=8)
    model = use(residency, one)
    assert use(residency, two) is model
    assert (model.options.preset.steps, model.most_at_once) == (2, 8)
    assert use(residency, one).options.preset.steps == 4
    assert use(residency, read(nine, "sd-inpaint")) is not model


def test_a_model_that_ran_out_of_memory_takes_that_of_the_others_first(residency, copies):
    models = [read(folder) for folder in copies]
    for options in models:
        model = use(residency, options)
    assert model.make_room()
    assert loaded(residency, models) == [False, False, True]
    assert not model.make_room()


def test_a_card_that_is_full_while_a_model_is_loaded_is_emptied_of_the_others(
    residency, copies, monkeypatch
):
    first, second = (read(folder) for folder in copies[:2])
    use(residency, first)
    works, tries = diffusers.StableDiffusionInpaintPipeline.to, []

    def full_at_first(pipeline, *args, **kwargs):
        tries.append(residency.held(first) is not None)
        if len(tries) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return works(pipeline, *args, **kwargs)

    monkeypatch.setattr(diffusers.StableDiffusionInpaintPipeline, "to", full_at_first)
    model = use(residency, second)
    assert tries == [True, True, False]  # refused, brought back, and tried once more
    assert not model.is_offloaded


def test_a_model_that_can_not_be_loaded_leaves_the_others_alone(residency, four, tmp_path):
    good = read(four)
    model = use(residency, good)
    with pytest.raises(JobFailure) as caught:
        use(residency, read(tmp_path / "nothing"))
    assert caught.value.kind == FailureKind.UNAVAILABLE
    assert use(residency, good) is model


def test_one_thread_at_a_time_has_a_model(residency, four, nine):
    inside, most = [], []

    def work(options):
        with residency.use(options):
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.02)
            inside.pop()

    both = read(four), read(nine, "sd-inpaint")
    threads = [threading.Thread(target=work, args=(both[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6


def test_an_engine_is_warm_while_its_model_is_in_memory(engine_for, four):
    engine = engine_for(four, "sd")
    assert engine.is_warm is False
    picture(engine, ask(Task.TEXT_TO_IMAGE))
    assert engine.is_warm is True
    engine.close()
    assert engine.is_warm is False
    assert of_this_process.held(read(four)) is None


def test_the_budget_of_a_card_is_what_others_leave_free_of_it(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (10 * 10**9, 24 * 10**9))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 6 * 10**9)
    card = torch.device("cuda")
    assert memory.budget(card, None) == 16 * 10**9 * 0.8
    assert memory.budget(card, 7.5) == 7.5 * 10**9
    assert 0 < memory.budget(CPU, None) <= memory.machine_memory() / 2


@pytest.mark.slow
def test_fifty_switches_between_models_leave_memory_flat(residency, tmp_path):
    folders = [tiny.save(wide(), tmp_path / name) for name in "ab"]
    size = memory.bytes_to_load(folders[0], torch.float32)
    assert size > 30e6  # so that ten models that stayed could not be overlooked
    both = [read(folder, room=1.5 * size) for folder in folders]
    after = []
    for switch in range(60):
        use(residency, both[switch % 2])
        after.append(resident_bytes())
    grown = max(after[-10:]) - max(after[:10])
    assert grown < 2 * size


def wide() -> diffusers.StableDiffusionInpaintPipeline:
    """A tiny model with a text encoder that is not so tiny."""
    made = tiny.stable_diffusion(4)
    config = made.text_encoder.config
    config.intermediate_size = 125_000
    made.text_encoder = type(made.text_encoder)(config)
    return made


def resident_bytes() -> int:
    import psutil

    return psutil.Process().memory_info().rss
