"""The runner with steps that only note what happened."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from prodimages.exceptions import JobCanceled
from prodimages.pipeline import runner
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Plan, PlannedStep, Step


class Once(Step):
    name = "once"

    def run(self, context, parameters):
        context.artifacts.setdefault("ran", []).append("once")
        if context.plan.prompt == "fails":
            raise ValueError("no")


class Later(Step):
    """A step that the chain got after jobs had been planned."""

    name = "later"

    def run(self, context, parameters):
        context["ran"].append("later")


class Each(Step):
    name = "each"
    each_picture = True

    def run(self, context, parameters):
        context.advance(1.0)
        context.artifacts["ran"].append(list(context.indexes))
        for index in context.indexes:
            context.pictures.left.remove(index)


class Pictures:
    def __init__(self, count):
        self.left = list(range(count))

    def missing_indexes(self):
        return list(self.left)


class OneEngine:
    def __init__(self, max_batch):
        self.max_batch = max_batch


class Watch:
    def __init__(self):
        self.begun = self.ended = 0

    def begin_step(self, seconds):
        self.begun += 1

    def end_step(self):
        self.ended += 1

    def begin_turn(self, seconds):
        pass


@pytest.fixture(autouse=True)
def _steps(monkeypatch):
    steps = {"once": Once(), "later": Later(), "each": Each()}
    monkeypatch.setattr(runner, "get_step", steps.__getitem__)


def context(prompt="", count=1, max_batch=1, canceled=lambda: False, names=("once", "each")):
    steps = [PlannedStep(name=name, version=1, parameters={}) for name in names]
    plan = Plan(
        **{field.name: None for field in dataclasses.fields(Plan)}
        | {"steps": steps, "prompt": prompt, "count": count}
    )
    progress = []
    made = StepContext(
        plan=plan,
        engine=OneEngine(max_batch),
        read_photo=bytes,
        cutouts=None,
        pictures=Pictures(count),
        report=lambda stage, fraction: progress.append(fraction),
        is_canceled=canceled,
    )
    made.artifacts["progress"] = progress
    return made


def run(*contexts):
    ends = []
    watch = Watch()
    runs = runner.run_batch(contexts, watch, on_end=lambda at, one: ends.append((at, one.error)))
    assert watch.begun == watch.ended
    return runs, ends


def test_pictures_go_through_in_handfuls_of_the_engines_size():
    one = context(count=5, max_batch=2)
    run(one)
    assert one["ran"] == ["once", [0, 1], [2, 3], [4]]


def test_only_missing_pictures_are_made():
    one = context(count=4)
    one.pictures.left = [1, 3]
    run(one)
    assert one["ran"] == ["once", [1], [3]]


def test_jobs_share_a_call_of_the_engine():
    first, second = context(count=1, max_batch=4), context(count=2, max_batch=4)
    run(first, second)
    assert first["ran"] == ["once", [0]]
    assert second["ran"] == ["once", [0, 1]]


def test_a_failing_job_leaves_its_neighbour_unharmed():
    bad, good = context(prompt="fails"), context()
    runs, ends = run(bad, good)
    assert isinstance(runs[0].error, ValueError)
    assert runs[1].error is None
    assert good["ran"] == ["once", [0]]
    assert sorted(at for at, _error in ends) == [0, 1]


def test_each_end_is_told_once():
    _runs, ends = run(context(prompt="fails"), context(count=3), context(prompt="fails"))
    assert sorted(at for at, _error in ends) == [0, 1, 2]


def test_a_canceled_job_stops_before_its_next_step():
    answers = iter([False, False, True, True, True, True])
    one = context(count=3, canceled=lambda: next(answers))
    runs, _ends = run(one)
    assert isinstance(runs[0].error, JobCanceled)
    assert one["ran"] == ["once", [0]]


def test_progress_only_rises_and_ends_at_one():
    one = context(count=5, max_batch=2)
    run(one)
    progress = one["progress"]
    assert all(later >= sooner - 1e-9 for sooner, later in itertools.pairwise(progress))
    assert progress[0] == 0
    assert progress[-1] == pytest.approx(1)


def test_a_step_that_fails_as_a_whole_fails_all_that_it_was_given(monkeypatch):
    monkeypatch.setattr(Each, "run_batch", lambda *args: 1 / 0)
    runs, _ends = run(context(), context())
    assert all(isinstance(one.error, ZeroDivisionError) for one in runs)


def test_jobs_of_before_and_after_a_new_step_run_in_one_batch_each_by_its_own_plan():
    old, new = context(max_batch=4), context(max_batch=4, names=("once", "later", "each"))
    bad = context(prompt="fails", names=("once", "later", "each"))
    runs, ends = run(new, old, bad)
    assert new["ran"] == ["once", "later", [0]]
    assert old["ran"] == ["once", [0]]
    assert [one.error is None for one in runs] == [True, True, False]
    assert sorted((at, error is None) for at, error in ends) == [(0, True), (1, True), (2, False)]


def test_a_plan_with_an_unknown_step_fails_in_words_alone():
    newer, good = context(names=("once", "tomorrow", "each")), context()
    runs, ends = run(newer, good)
    assert "“tomorrow”" in str(runs[0].error)
    assert good["ran"] == ["once", [0]]
    assert sorted(at for at, _error in ends) == [0, 1]
