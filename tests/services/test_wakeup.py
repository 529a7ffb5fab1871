from __future__ import annotations

import contextlib
import time

import pytest
from django.db import transaction

from prodimages.choices import JobState
from prodimages.models import GenerationJob
from prodimages.services import wakeup
from prodimages.tasks import run_queue
from tests.broker import broker_at
from tests.factories import make_job, make_product, make_style
from tests.servers import silent_server
from tests.services.running import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


@pytest.fixture
def woken(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(wakeup, "wake", names.append)
    return names


@pytest.fixture
def publisher(monkeypatch):
    """A publisher with no failures behind it."""
    fresh = wakeup._Publisher()
    monkeypatch.setattr(wakeup, "publisher", fresh)
    return fresh


def wake_and_roll_back(queue: str) -> None:
    with contextlib.suppress(RuntimeError), transaction.atomic():
        wakeup.wake_on_commit(queue)
        raise RuntimeError


def test_one_message_a_queue_and_transaction(woken):
    with transaction.atomic():
        for _number in range(3):
            wakeup.wake_on_commit("a")
            wakeup.wake_on_commit("b")
        assert woken == []
    assert woken == ["a", "b"]


def test_nobody_is_woken_for_what_was_rolled_back(woken):
    wake_and_roll_back("a")
    assert woken == []


def test_a_savepoint_that_was_rolled_back_takes_only_its_own_wake_up_along(woken):
    with transaction.atomic():
        wake_and_roll_back("a")
        wakeup.wake_on_commit("a")
    assert woken == ["a"]


def test_outside_a_transaction_workers_are_woken_at_once(woken):
    wakeup.wake_on_commit("a")
    assert woken == ["a"]


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_silent_broker_costs_a_request_about_a_second_and_loses_no_job(publisher, scheme):
    product, style = make_product(), make_style()
    with silent_server() as port, broker_at(f"{scheme}://127.0.0.1:{port}//"):
        started = time.monotonic()
        job = make_job(product, style)
        first = time.monotonic() - started
        make_job(product, style)
        second = time.monotonic() - started - first
    assert publisher.failures == 1
    assert 0.5 < first < 2.5
    assert second < 0.5, "the next request must not wait for the same broker again"
    assert run(job).state == JobState.SUCCEEDED


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_down_costs_next_to_nothing(publisher, scheme):
    with silent_server() as port:
        pass  # nobody listens there any more
    with broker_at(f"{scheme}://127.0.0.1:{port}//"):
        started = time.monotonic()
        job = make_job()
        assert time.monotonic() - started < 1.5
    assert publisher.failures == 1
    assert run(job).state == JobState.SUCCEEDED


def test_the_broker_is_tried_again_after_half_a_poll(monkeypatch, publisher, flat, settings):
    settings.PRODIMAGES = flat | {"POLL_SECONDS": 0.2}
    sent = []

    def send(queue):
        sent.append(queue)
        raise OSError("down")

    monkeypatch.setattr(publisher, "_send", send)
    assert [publisher.publish("a"), publisher.publish("a")] == [False, False]
    assert sent == ["a"]
    time.sleep(0.11)
    publisher.publish("a")
    assert sent == ["a", "a"]


def test_a_host_that_runs_its_tasks_at_once_gets_every_picture(monkeypatch, publisher):
    monkeypatch.setitem(run_queue.app.conf, "task_always_eager", True)
    style = make_style()
    with transaction.atomic():
        jobs = [make_job(style=style) for _number in range(25)]
    states = GenerationJob.objects.values_list("state", flat=True)
    assert list(states) == [JobState.SUCCEEDED] * len(jobs)
    assert publisher.failures == 0


def test_a_message_that_nobody_takes_expires(monkeypatch, publisher):
    sent = []
    monkeypatch.setattr(run_queue, "apply_async", lambda *args, **options: sent.append(options))
    assert publisher.publish("prodimages")
    (options,) = sent
    assert (options["queue"], options["retry"], options["expires"]) == ("prodimages", False, 60)
