from __future__ import annotations

import os
import threading

import pytest
from django.utils import timezone

import prodimages
from prodimages import worker
from prodimages.models import GenerationJob, WorkerHeartbeat
from prodimages.services import wakeup
from prodimages.tasks import run_queue
from tests.factories import make_job
from tests.testapp.engines import WarmingEngine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


@pytest.fixture
def woken(monkeypatch):
    names: list[str] = []
    monkeypatch.setattr(wakeup, "wake", names.append)
    return names


class Timer:
    """Celery's timer, with a hand to turn it."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, object, tuple]] = []
        self.canceled = 0

    def call_repeatedly(self, seconds, function, arguments):
        self.calls.append((seconds, function, arguments))
        return self

    def cancel(self) -> None:
        self.canceled += 1

    def turn(self) -> None:
        _seconds, function, arguments = self.calls[-1]
        function(*arguments)


class Consumer:
    hostname = "celery@here"

    def __init__(self) -> None:
        self.app = run_queue.app
        self.timer = Timer()


@pytest.fixture
def consumer(monkeypatch):
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    monkeypatch.setattr(run_queue.app.amqp.queues, "_consume_from", {})
    run_queue.app.amqp.queues.select(["prodimages", "gpu"])
    return Consumer()


def test_a_poll_leaves_a_heartbeat_and_wakes_for_what_waits(woken):
    make_job()
    started = timezone.now()
    woken.clear()
    for _look in range(2):
        worker.poll("celery@here", ["prodimages", "gpu"], started)
    assert woken == ["prodimages", "prodimages"]
    heartbeat = WorkerHeartbeat.objects.get()
    assert (heartbeat.name, heartbeat.queues) == ("celery@here", ["prodimages", "gpu"])
    assert (heartbeat.version, heartbeat.started_at) == (prodimages.__version__, started)
    assert heartbeat.seen_at >= started


def test_an_idle_table_wakes_nobody(woken):
    worker.poll("celery@here", ["prodimages"], timezone.now())
    assert woken == []


def test_other_queues_jobs_are_left_to_their_workers(woken):
    make_job()
    woken.clear()
    worker.poll("celery@here", ["gpu"], timezone.now())
    assert woken == []


def test_the_consumer_looks_at_its_start_and_on_its_timer(consumer, woken, flat, settings):
    settings.PRODIMAGES = flat | {"POLL_SECONDS": 7}
    step = worker.PollStep(consumer)
    step.start(consumer)
    assert WorkerHeartbeat.objects.get().queues == ["prodimages", "gpu"]
    assert [seconds for seconds, *_rest in consumer.timer.calls] == [7]
    make_job()
    woken.clear()
    consumer.timer.turn()
    assert woken == ["prodimages"]
    step.stop(consumer)
    step.stop(consumer)
    assert consumer.timer.canceled == 1


def test_a_database_that_is_away_stops_no_timer(consumer, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(worker, "poll", fail)
    step = worker.PollStep(consumer)
    step.start(consumer)
    consumer.timer.turn()
    assert len(consumer.timer.calls) == 1


def test_a_worker_gets_the_poll_step_and_the_hosts_app_keeps_its_own():
    from celery import Celery

    app = Celery("host", set_as_current=False)
    app.steps["consumer"].add("the host's own")
    worker._add_poll_step(instance=type("Worker", (), {"app": app}))
    assert app.steps["consumer"] == {worker.PollStep, "the host's own"}


@pytest.mark.parametrize(
    "options, configured, cores, threads",
    [
        ({"concurrency": 2}, None, 8, "4"),
        ({"concurrency": 0}, 8, 8, "1"),
        ({}, 16, 8, "1"),
        ({"concurrency": 1}, 4, 8, "8"),
    ],
)
def test_the_cores_are_shared_among_the_processes(monkeypatch, options, configured, cores, threads):
    for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")  # so that it is put back in the end
        monkeypatch.delenv(name)
    monkeypatch.setattr(worker.os, "sched_getaffinity", lambda pid: set(range(cores)))
    conf = type("Conf", (), {"worker_concurrency": configured})
    worker._share_cores(conf=conf, options=options)
    assert os.environ["OMP_NUM_THREADS"] == threads
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_what_the_environment_says_of_threads_stands(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    worker.share_cores(1)
    assert (os.environ["OMP_NUM_THREADS"], os.environ["OMP_WAIT_POLICY"]) == ("3", "active")


def test_only_a_process_that_is_replaced_is_ended(monkeypatch):
    from billiard import process

    assert worker.on_hang() is None
    child = type("Child", (), {"daemon": True, "name": "ForkPoolWorker-1"})
    monkeypatch.setattr(process, "current_process", lambda: child)
    assert worker.on_hang() is not None


def test_the_task_runs_one_batch_and_says_how_many():
    make_job()
    assert run_queue("gpu") == 0
    assert GenerationJob.objects.get().attempts_made == 0


def test_a_hosts_short_time_limit_does_not_end_pictures():
    assert run_queue.time_limit >= 3600
    assert run_queue.soft_time_limit == run_queue.time_limit
    assert run_queue.ignore_result


def test_only_engines_of_the_workers_queues_that_ask_for_it_are_warmed_up(flat, settings):
    kind = "tests.testapp.engines.WarmingEngine"
    settings.PRODIMAGES = flat | {
        "ENGINES": {
            "gpu": {"BACKEND": kind, "QUEUE": "gpu"},
            "lazy": {"BACKEND": kind, "QUEUE": "gpu", "OPTIONS": {"WARM_UP": False}},
            "broken": {"BACKEND": kind, "QUEUE": "gpu", "OPTIONS": {"BROKEN": True}},
            "other": {"BACKEND": kind},
        }
    }
    WarmingEngine.warmed.clear()
    worker.warm_up(["gpu"])
    assert WarmingEngine.warmed == ["gpu", "broken"]  # and the worker lives on


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_no_process_is_forked_in_the_middle_of_a_look(consumer, monkeypatch):
    """Else the child inherits SQLite's locks as they are, and waits for them for ever."""
    worker.let_forks_wait_for_looks()
    done, looking, go_on = [], threading.Event(), threading.Event()

    def poll(*arguments):
        looking.set()
        go_on.wait(10)
        done.append("looked")

    def fork():
        if not (child := os.fork()):
            os._exit(0)
        done.append("forked")
        os.waitpid(child, 0)

    monkeypatch.setattr(worker, "poll", poll)
    look = threading.Thread(target=worker.PollStep(consumer)._look, args=(consumer,))
    look.start()
    assert looking.wait(10)
    forking = threading.Thread(target=fork)
    forking.start()
    forking.join(0.3)
    assert done == []
    go_on.set()
    look.join(10)
    forking.join(10)
    assert done == ["looked", "forked"]
