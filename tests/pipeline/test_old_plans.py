"""Jobs that waited while prodimages was updated are run as they were planned."""

from __future__ import annotations

import dataclasses

import pytest

from prodimages.engines.studio import StudioEngine
from prodimages.imaging.alpha import alpha_to_png
from prodimages.pipeline import planner, runner
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Plan
from tests.cutouts.scenes import background, mug, photo, product_colors
from tests.imaging.files import saved
from tests.pipeline.steps.job import SIZE, MemoryCutouts

FIRST_CHAIN = (
    *("prepare", "cutout", "place"),
    *("generate", "compose", "fidelity", "mark", "store"),
)
SINCE = {"placement", "locked", "packages"}


class Kept:
    def __init__(self):
        self.details = None

    def missing_indexes(self):
        return [] if self.details else [0]

    def save(self, index, content, thumbnail, *, details):
        self.details = details


class NoWatch:
    def begin_step(self, seconds):
        pass

    def end_step(self):
        pass


def plans(task: str) -> tuple[Plan, Plan]:
    """As it is planned today, and as the first release kept it on a row."""
    wish = planner.Wish(task=task, engine="studio", prompt="", width=SIZE, height=SIZE)
    new = planner.make_plan(wish)
    row = {key: value for key, value in new.as_json().items() if key not in SINCE}
    row["product"] = {}
    row["steps"] = [{**step, "version": 1} for step in row["steps"] if step["name"] in FIRST_CHAIN]
    return new, Plan.from_json(row)


def context(plan: Plan) -> StepContext:
    file = saved(photo(mug(), product_colors((0.12, 0.16, 0.4)), background("white")), "PNG")
    return StepContext(
        plan=plan,
        engine=StudioEngine("studio", {}),
        read_photo=lambda: file,
        cutouts=MemoryCutouts(alpha_to_png(mug())),
        pictures=Kept(),
        report=lambda name, fraction: None,
        is_canceled=lambda: False,
    )


@pytest.mark.parametrize("task", ["packshot", "background"])
def test_an_old_plan_runs_beside_a_new_one(task):
    new, old = plans(task)
    assert new.batch_key == old.batch_key
    assert len(old.steps) == len(FIRST_CHAIN) < len(new.steps)
    contexts = [context(new), context(old), context(dataclasses.replace(new, seed=2))]
    runs = runner.run_batch(contexts, NoWatch(), on_end=lambda position, run: None)
    assert [run.error for run in runs] == [None, None, None]
    assert all(one.pictures.details["passed"] for one in contexts)
    assert [len(run.timings) for run in runs] == [len(new.steps), len(old.steps), len(new.steps)]
