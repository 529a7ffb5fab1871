"""What a card still works on while others go on, by a pretended card."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import arriving, running
from prodimages.diffusion.arriving import Arriving
from prodimages.diffusion.residency import of_this_process
from prodimages.exceptions import JobFailure
from tests.diffusion.asking import ask, generate, picture

SECONDS = 60
"""For what comes at once unless something is wrong."""


class Mark:
    """In the place of an event of a card."""

    def __init__(self, name: int = 0, seen: list[int] | None = None) -> None:
        self.name, self.seen = name, [] if seen is None else seen
        self.come = threading.Event()
        self.awaited = threading.Event()

    def synchronize(self) -> None:
        self.seen.append(self.name)
        self.awaited.set()
        assert self.come.wait(SECONDS)


class Lost(Mark):
    def synchronize(self) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")


@pytest.fixture
def engine(engine_for, four):
    return engine_for(four, "sd", MAX_BATCH=2)


def wish(seed: int):
    return ask(Task.TEXT_TO_IMAGE, seed=seed, parameters={"retries": 0})


def marked(monkeypatch, marks):
    """Let the pictures of each call of a pipeline come by the next of ``marks``, if any is left."""
    left, sent = list(marks), arriving.sent

    def send(images):
        mark = left.pop(0) if left else None
        return [Arriving(torch.from_numpy(one.taken()), mark) for one in sent(images)]

    monkeypatch.setattr(arriving, "sent", send)


def test_pictures_have_the_shape_and_numbers_of_the_pipelines():
    images = torch.rand(2, 3, 4, 6, dtype=torch.float64)
    found = [one.taken() for one in arriving.sent(images)]
    assert [(one.shape, one.dtype) for one in found] == [((4, 6, 3), np.float32)] * 2
    assert np.allclose(np.stack(found), images.permute(0, 2, 3, 1).numpy())
    assert arriving.sent([]) == []


def test_another_batch_is_painted_while_the_last_one_is_on_its_way(engine, monkeypatch):
    expected = [picture(engine, wish(seed)).rgb for seed in (1, 2)]
    slow = Mark()
    marked(monkeypatch, [slow])
    with ThreadPoolExecutor(1) as other:
        first = other.submit(picture, engine, wish(1))
        assert slow.awaited.wait(SECONDS)
        second = picture(engine, wish(2))  # for which it would wait for ever with the model held
        assert not first.done()
        slow.come.set()
        assert np.array_equal(first.result(SECONDS).rgb, expected[0])
    assert np.array_equal(second.rgb, expected[1])


def test_a_model_may_leave_the_memory_before_its_last_pictures_are_there(engine, monkeypatch):
    expected = picture(engine, wish(1)).rgb
    slow = Mark()
    marked(monkeypatch, [slow])
    with ThreadPoolExecutor(1) as other:
        first = other.submit(picture, engine, wish(1))
        assert slow.awaited.wait(SECONDS)
        of_this_process.drop(engine._painter.options)
        slow.come.set()
        assert np.array_equal(first.result(SECONDS).rgb, expected)


def test_a_card_that_is_lost_after_the_call_is_told_in_words(engine, monkeypatch):
    marked(monkeypatch, [Lost()])
    (failure,) = generate(engine, wish(1))
    assert isinstance(failure, JobFailure)
    assert "graphics card failed" in str(failure)
    assert failure.kind == FailureKind.UNAVAILABLE
    assert failure.retryable
    picture(engine, wish(1))


def test_two_batches_that_overflow_at_once_are_both_painted_again(engine, monkeypatch):
    """The second finds the format changed already, and doesn't take it for the last one."""
    picture(engine, wish(1))
    model = engine._painter.model
    model.pipeline("StableDiffusionPipeline").to(dtype=torch.bfloat16)
    model.dtype = torch.bfloat16
    sent, slow = arriving.sent, Mark()

    def send(images):
        if model.dtype == torch.float32:
            return sent(images)
        first = slow if not slow.awaited.is_set() else None
        return [Arriving(torch.zeros((*images.shape[2:], 3)), first) for _image in images]

    monkeypatch.setattr(arriving, "sent", send)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(picture, engine, wish(1))
        assert slow.awaited.wait(SECONDS)
        second = picture(engine, wish(2))
        slow.come.set()
        both = [first.result(SECONDS), second]
    assert [one.metadata["number_format"] for one in both] == ["float32", "float32"]
    assert all(one.rgb.max() > 0 for one in both)


def test_the_processor_stays_one_step_ahead_of_a_card(monkeypatch):
    seen: list[int] = []
    marks = [Mark(number, seen) for number in range(3)]
    for mark in marks:
        mark.come.set()
    left = list(marks)
    monkeypatch.setattr(arriving, "_mark", lambda device: left.pop(0))
    step = arriving.pace(torch.device("cuda"))
    waited = []
    for _step in range(3):
        step()
        waited.append(list(seen))
    assert waited == [[], [0], [0, 1]]


def test_a_cancel_is_asked_after_the_wait_for_the_step_before(engine, monkeypatch):
    """Or it would be answered before anybody could have canceled."""
    told: list[str] = []
    monkeypatch.setattr(arriving, "pace", lambda device: lambda: told.append("wait"))
    engine.generate(
        [wish(1)],
        on_progress=lambda done: None,
        is_canceled=lambda: told.append("ask") is not None,
    )
    assert told[told.index("wait") :][:8] == ["wait", "ask"] * 4


def test_nothing_is_marked_without_a_card():
    arriving.pace(torch.device("cpu"))()


def test_what_is_no_loss_of_the_card_stays_as_it_is():
    class Broken(Mark):
        def synchronize(self) -> None:
            raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        running.taken([Arriving(torch.zeros(1, 1, 3), Broken())])
