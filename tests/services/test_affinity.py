"""Jobs whose model is in memory go first, and nothing starves for it."""

from __future__ import annotations

import itertools

import pytest

from prodimages.engines.registry import get_engine
from prodimages.services import affinity, execution, queue
from tests.concurrency import at_once
from tests.factories import make_job, make_style
from tests.services.running import QUEUES

pytestmark = pytest.mark.django_db
MODELS = {"BACKEND": "tests.testapp.engines.ModelEngine"}


@pytest.fixture(autouse=True)
def engines(flat, settings):
    settings.PRODIMAGES = flat | {
        "ENGINES": flat["ENGINES"] | {"one": MODELS, "two": MODELS},
        "AFFINITY_SECONDS": 60,
    }


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def process(clock):
    """What a worker process remembers."""
    return affinity.Affinity(clock)


def job(engine: str, **values):
    return make_job(style=make_style(engine=engine), **values)


def load(*aliases: str) -> None:
    for alias in ("one", "two"):
        get_engine(alias).loaded = alias in aliases


def take(process, limit: int = 1) -> list[int]:
    return [held.job.pk for held in process.claim("worker", QUEUES, limit=limit)]


def begin(process) -> None:
    """Let it take its turn, and load the model that this needs."""
    first = job("one")
    assert take(process) == [first.pk]
    load("one")


def test_a_process_goes_on_with_the_model_that_it_has_loaded(process):
    first, other, second, third = job("one"), job("two"), job("one"), job("one")
    assert take(process) == [first.pk]
    load("one")
    assert [take(process) for _ in range(3)] == [[second.pk], [third.pk], [other.pk]]


def test_the_first_of_the_queue_waits_for_a_limited_time_only(process, clock):
    first, other = job("one"), job("two")
    assert take(process) == [first.pk]
    load("one")
    for _ in range(3):  # a stream of jobs that never ends
        clock.seconds += 19
        following = job("one")
        assert take(process) == [following.pk]
    clock.seconds += 3
    late = job("one")
    assert take(process) == [other.pk]
    load("two")
    follower = job("two")
    assert take(process) == [follower.pk]  # it stays with what it has just loaded
    assert take(process) == [late.pk]


def test_mixed_jobs_that_are_all_old_switch_models_once_in_a_while_only(process, clock):
    for _ in range(30):
        job("one")
        job("two")
    clock.seconds += 3600
    order = []
    for _ in range(60):
        (held,) = process.claim("worker", QUEUES, limit=1)
        order.append(held.job.engine)
        load(held.job.engine)
        clock.seconds += 6
    switches = sum(before != after for before, after in itertools.pairwise(order))
    assert switches <= 360 / 60
    assert sorted(order) == 30 * ["one"] + 30 * ["two"]


def test_a_higher_priority_goes_before_a_warm_model(process):
    begin(process)
    ordinary, urgent = job("one"), job("two", priority=5)
    assert take(process) == [urgent.pk]
    assert take(process) == [ordinary.pk]


def test_a_batch_is_of_the_warm_model_and_of_one_key(process):
    begin(process)
    job("two")
    style = make_style(engine="one")
    fitting = [make_job(style=style), make_job(style=style)]
    job("two")
    assert set(take(process, limit=4)) == {one.pk for one in fitting}


@pytest.mark.parametrize("loaded", [(), ("one", "two")])
def test_the_order_is_that_of_the_queue_where_models_make_no_difference(process, loaded):
    begin(process)
    load(*loaded)
    jobs = [job(engine) for engine in ("flat", "two", "one", "flat")]
    assert [take(process) for _ in jobs] == [[one.pk] for one in jobs]


def test_an_engine_that_does_not_load_is_nobodys_preference(settings, flat):
    broken = {"BACKEND": "tests.testapp.engines.NoSuchEngine"}
    settings.PRODIMAGES = flat | {"ENGINES": {"one": MODELS, "two": MODELS, "broken": broken}}
    load("two")
    assert affinity.warm_engines() == {"two"}


@pytest.mark.django_db(transaction=True)
def test_processes_that_prefer_the_same_jobs_take_each_once():
    load("one")
    wanted = {job(engine).pk for engine in ("two", "one", "two", "one", "one", "two")}

    def run(number: int) -> list[int]:
        taken: list[int] = []
        while held := queue.claim(f"worker {number}", QUEUES, limit=2, prefer={"one"}):
            taken += [one.job.pk for one in held]
        return taken

    taken = [pk for pks in at_once(4, run) for pk in pks]
    assert sorted(taken) == sorted(wanted)


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_the_jobs_of_its_warm_model_first(monkeypatch):
    monkeypatch.setattr(affinity, "of_this_process", affinity.Affinity())
    first, other, second = job("one"), job("two"), job("one")
    for done in (first, second, other):
        execution.run_next(QUEUES)
        done.refresh_from_db()
        assert done.is_finished
