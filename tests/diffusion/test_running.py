"""Progress, cancel, memory and numbers: what keeps a worker healthy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import arguments, arriving, callbacks, devices
from prodimages.diffusion.callbacks import StepWatch
from prodimages.exceptions import JobCanceled, JobFailure
from tests.diffusion.asking import ask, generate, picture


@pytest.fixture
def engine(engine_for, nine):
    return engine_for(nine, "sd-inpaint", MAX_BATCH=4)


def pipeline_of(engine, name="StableDiffusionInpaintPipeline"):
    picture(engine, ask())
    return engine._painter.model, engine._painter.model.pipeline(name)


def failing_first(monkeypatch, pipeline, times: int, error: Exception) -> list[int]:
    """The pipeline fails so often before it works; gives the sizes of all calls."""
    kind, sizes = type(pipeline), []
    works = kind.__call__

    def call(self, **given):
        sizes.append(len(given["prompt"]))
        if len(sizes) <= times:
            raise error
        return works(self, **given)

    monkeypatch.setattr(kind, "__call__", call)
    return sizes


def test_progress_rises_to_one(engine, monkeypatch):
    monkeypatch.setattr(callbacks, "LEAST_SECONDS", 0.0)
    told = []
    engine.generate([ask(), ask(seed=8)], on_progress=told.append, is_canceled=lambda: False)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(set(told)) >= 4
    assert told[0] == pytest.approx(0.25)


def test_progress_is_told_twice_a_second_at_most(monkeypatch):
    now, told = [100.0], []
    monkeypatch.setattr(callbacks.time, "monotonic", lambda: now[0])
    watch = StepWatch(told.append, lambda: False, pictures=1)
    watch.begin(1)
    for step in range(100):
        now[0] += 0.05
        watch(object(), step, None, {})
    assert 9 <= len(told) <= 11


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_cancel_is_heard_after_the_step_that_runs(engine, after):
    first = picture(engine, ask())
    steps = []

    class Stop:
        asked = False

    def watch(self, pipeline, step, timestep, given):
        steps.append(step)
        if len(steps) > after:
            Stop.asked = True
        return original(self, pipeline, step, timestep, given)

    original, StepWatch.__call__ = StepWatch.__call__, watch  # type: ignore[method-assign]
    try:
        with pytest.raises(JobCanceled):
            engine.generate([ask()], on_progress=lambda done: None, is_canceled=lambda: Stop.asked)
    finally:
        StepWatch.__call__ = original  # type: ignore[method-assign]
    assert steps == list(range(after + 1))
    assert (picture(engine, ask()).rgb == first.rgb).all()  # and the model is as good as before


def test_a_canceled_job_loads_no_model(engine):
    with pytest.raises(JobCanceled):
        engine.generate([ask()], on_progress=lambda done: None, is_canceled=lambda: True)
    assert engine._painter.model is None


def test_a_batch_gives_what_each_would_give_alone(engine):
    requests = [ask(seed=seed, parameters={"retries": 0}) for seed in (1, 2, 3)]
    together = generate(engine, *requests)
    for request, made in zip(requests, together, strict=True):
        alone = picture(engine, request)
        assert np.abs(alone.rgb - made.rgb).max() < 1e-4
    assert np.abs(together[0].rgb - together[1].rgb).max() > 0.01


def test_the_same_request_gives_the_same_bytes_on_a_cpu(engine_for, nine):
    engine = engine_for(nine, "sd-inpaint")
    assert engine.deterministic
    first = picture(engine, ask(seed=2**62))
    engine.close()
    assert picture(engine, ask(seed=2**62)).rgb.tobytes() == first.rgb.tobytes()


def test_only_one_at_a_time_on_a_cpu_counts_as_deterministic(engine_for, nine):
    assert not engine_for(nine, "sd-inpaint", MAX_BATCH=2).deterministic
    assert not engine_for(nine, "sd-inpaint", DEVICE="auto").deterministic


@pytest.mark.parametrize("times, sizes", [(1, [4, 2, 2]), (2, [4, 2, 1, 1, 1, 1])])
def test_out_of_memory_makes_batches_smaller(engine, monkeypatch, times, sizes):
    model, pipeline = pipeline_of(engine)
    called = failing_first(monkeypatch, pipeline, times, torch.OutOfMemoryError("no room"))
    requests = [ask(seed=seed, parameters={"retries": 0}) for seed in range(4)]
    made = generate(engine, *requests)
    assert called == sizes
    assert not any(isinstance(one, JobFailure) for one in made)
    assert model.most_at_once == sizes[-1]


def test_out_of_memory_with_one_picture_goes_on_in_tiles(engine, monkeypatch):
    model, pipeline = pipeline_of(engine)
    words = RuntimeError("DefaultCPUAllocator: can't allocate memory")
    failing_first(monkeypatch, pipeline, 1, words)
    picture(engine, ask(parameters={"retries": 0}))
    assert model.is_tiled
    assert pipeline.vae.use_tiling


def test_out_of_memory_in_tiles_offloads_where_there_is_a_card(engine, monkeypatch):
    model, pipeline = pipeline_of(engine)
    offloaded = []
    monkeypatch.setattr(model, "device", torch.device("cuda"))
    monkeypatch.setattr(arguments, "as_input", lambda pictures, device: list(pictures))
    monkeypatch.setattr(arriving, "pace", lambda device: lambda: None)
    monkeypatch.setattr(
        type(pipeline), "enable_model_cpu_offload", lambda self, device: offloaded.append(device)
    )
    failing_first(monkeypatch, pipeline, 2, torch.OutOfMemoryError("no room"))
    picture(engine, ask(parameters={"retries": 0}))
    assert offloaded == [torch.device("cuda")]
    assert model.is_offloaded


def test_out_of_memory_for_good_is_a_failure_in_words_and_the_engine_lives_on(engine, monkeypatch):
    _model, pipeline = pipeline_of(engine)
    with monkeypatch.context() as patched:
        failing_first(patched, pipeline, 99, torch.OutOfMemoryError("no room"))
        (failure,) = generate(engine, ask())
    assert isinstance(failure, JobFailure)
    assert "smaller picture" in str(failure)
    picture(engine, ask())


def test_any_other_error_is_not_taken_for_a_lack_of_memory(engine, monkeypatch):
    _model, pipeline = pipeline_of(engine)
    failing_first(monkeypatch, pipeline, 1, RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError, match="shapes differ"):
        generate(engine, ask())


def test_a_lost_card_is_told_in_words_and_tried_again_later(engine, monkeypatch):
    _model, pipeline = pipeline_of(engine)
    lost = RuntimeError("CUDA error: unspecified launch failure")
    failing_first(monkeypatch, pipeline, 1, lost)
    (failure,) = generate(engine, ask())
    assert isinstance(failure, JobFailure)
    assert "graphics card failed" in str(failure)
    assert failure.kind == FailureKind.UNAVAILABLE
    assert failure.retryable


def blank_first(monkeypatch, pipeline, times: int, value: float) -> list[torch.dtype]:
    kind, formats = type(pipeline), []
    works = kind.__call__

    def call(self, **given):
        made = works(self, **given)
        formats.append(self.unet.dtype)
        if len(formats) <= times:
            made.images = torch.full_like(made.images, value)
        return made

    monkeypatch.setattr(kind, "__call__", call)
    return formats


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_a_blank_picture_is_painted_once_more_in_a_safer_format(engine, monkeypatch, value):
    model, pipeline = pipeline_of(engine)
    pipeline.to(dtype=torch.bfloat16)
    monkeypatch.setattr(model, "dtype", torch.bfloat16)
    formats = blank_first(monkeypatch, pipeline, 1, value)
    made = picture(engine, ask(parameters={"retries": 0}))
    assert formats == [torch.bfloat16, torch.float32]
    assert np.isfinite(made.rgb).all()
    assert made.metadata["number_format"] == "float32"


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_a_picture_that_stays_blank_is_a_failure_and_harms_no_neighbor(engine, monkeypatch, value):
    _model, pipeline = pipeline_of(engine)
    kind = type(pipeline)
    works = kind.__call__

    def call(self, **given):
        made = works(self, **given)
        made.images[0] = value
        return made

    monkeypatch.setattr(kind, "__call__", call)
    first, second = generate(
        engine, *(ask(seed=seed, parameters={"retries": 0}) for seed in (1, 2))
    )
    assert isinstance(first, JobFailure)
    assert "black picture" in str(first)
    assert not isinstance(second, JobFailure)


def test_siblings_share_the_weights_and_keep_their_format(engine_for, four):
    engine = engine_for(four, "sd")
    model, pipeline = pipeline_of(engine)
    sibling = model.pipeline("StableDiffusionPipeline")
    assert sibling.unet is pipeline.unet
    assert sibling.vae is pipeline.vae
    assert model.pipeline("StableDiffusionPipeline") is sibling
    model.dtype = torch.bfloat16
    pipeline.to(dtype=torch.bfloat16)
    assert model.pipeline("StableDiffusionImg2ImgPipeline").unet.dtype == torch.bfloat16


def test_closing_frees_the_model_and_the_next_picture_loads_it_again(engine):
    first = picture(engine, ask(Task.TEXT_TO_IMAGE))
    engine.close()
    assert engine._painter is None
    assert (picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb == first.rgb).all()


@pytest.mark.parametrize("wanted", ["cuda:7", "mps"])
def test_a_device_that_is_not_there_is_named_in_words(monkeypatch, wanted):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: wanted == "cuda:7")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(JobFailure, match="this machine does not have") as caught:
        devices.device_for(wanted)
    assert caught.value.kind == FailureKind.UNAVAILABLE


@pytest.mark.parametrize(
    "error, words",
    [
        ("The NVIDIA driver on your system is too old (found version 11040).", "Update the driver"),
        ("Torch not compiled with CUDA enabled", "install its build for CUDA"),
        ("No CUDA GPUs are available", "torch finds none"),
    ],
)
def test_why_there_is_no_card_is_told_in_words_that_say_what_to_do(monkeypatch, error, words):
    def init():
        raise RuntimeError(error)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", init)
    with pytest.raises(JobFailure, match=words) as caught:
        devices.device_for("cuda")
    assert caught.value.kind == FailureKind.UNAVAILABLE


def test_a_card_that_can_not_be_used_is_logged_where_any_device_will_do(monkeypatch):
    said = []
    monkeypatch.setattr(devices.logger, "warning", lambda text, *values: said.append(text % values))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert devices.device_for("auto").type == "cpu"
    assert not said
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert devices.device_for("auto").type == "cpu"
    (warning,) = said
    assert "No graphics card is used" in warning
