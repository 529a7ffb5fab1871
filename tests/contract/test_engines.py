"""What every engine promises; each one passes the same tests."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines.base import Engine, EnginePicture, GenerationRequest, TryOn
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.enlarge import EnlargeEngine
from prodimages.engines.fitting import FittingEngine
from prodimages.engines.remote import RemoteEngine
from prodimages.engines.remote.servers import SERVERS
from prodimages.engines.studio import StudioEngine
from prodimages.exceptions import JobCanceled
from tests.diffusion import tiny
from tests.diffusion.asking import placed
from tests.diffusion.conftest import options_for
from tests.engines.fitting.test_fitting import worn as wearing
from tests.engines.remote.server import running
from tests.wearing import person, top

SIDE = 64


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return tiny.save(tiny.stable_diffusion(9), tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="module")
def server():
    with running() as started:
        yield started


ENGINES = [
    *("studio", "fitting", "enlarge", "diffusion", "diffusion, in batches", "nano"),
    *SERVERS,
]


@pytest.fixture(params=ENGINES)
def engine(request, weights, server, settings):
    made: Engine
    plain = {"studio": StudioEngine, "fitting": FittingEngine, "enlarge": EnlargeEngine}
    if request.param in plain:
        settings.PRODIMAGES = settings.PRODIMAGES | {
            "ENLARGER": {"BACKEND": "tests.testapp.enlargers.SmoothEnlarger"}
        }
        made = plain[request.param](request.param, {})
    elif request.param == "nano":
        made = DiffusersEngine("nano", {"PRESET": "nano"})
    elif request.param in SERVERS:
        options = {
            **{"URL": server.url, "MODEL": "m", "SERVER": request.param, "LICENSE": "MIT"},
            "SIZES": ["64x64", "96x64"],
        }
        made = RemoteEngine("remote", options)
    else:
        most = 3 if "batches" in request.param else 1
        made = DiffusersEngine("diffusion", options_for(weights, "sd-inpaint", MAX_BATCH=most))
    yield made
    made.close()


def first(engine: Engine) -> Task:
    """A background where it paints any, else what it can do."""
    return Task.BACKGROUND if Task.BACKGROUND in engine.tasks else min(engine.tasks)


def ask(task: Task, seed: int = 3, **values) -> GenerationRequest:
    product = None if task in (Task.TEXT_TO_IMAGE, Task.TRY_ON) else placed(SIDE)
    factor = 2 if task == Task.UPSCALE else 1
    given = {"prompt": "on oak", "width": factor * SIDE, "height": factor * SIDE}
    given["product"] = product
    if task == Task.TRY_ON:
        given |= worn()
    return GenerationRequest(task=task, seed=seed, **(given | values))


@cache
def worn() -> dict[str, Any]:
    """A drawn person and top, with the region that geometry gives, small enough for any model."""
    fitting = wearing(top(), person())
    region, who = fitting.changes.region, fitting.person.rgb
    height, width = region.shape
    garment = np.asarray(top().convert("RGB"))
    wish = TryOn(person=who, garment=garment, region=region, fitting=fitting)
    return {"width": width, "height": height, "try_on": wish}


def generate(engine: Engine, *requests: GenerationRequest, told=None, stop=lambda: False) -> list:
    on_progress = (lambda fraction: None) if told is None else told.append
    return list(engine.generate(requests, on_progress=on_progress, is_canceled=stop))


def test_every_task_gives_a_picture_of_the_size_asked_for(engine):
    for task in sorted(engine.tasks):
        # A placed product has the size.
        request = ask(task, **({"width": 96} if task == Task.TEXT_TO_IMAGE else {}))
        (made,) = generate(engine, request)
        assert isinstance(made, EnginePicture)
        assert made.rgb.shape == (request.height, request.width, 3)
        assert made.rgb.dtype == np.float32
        assert 0 <= made.rgb.min() <= made.rgb.max() <= 1
        assert made.seed == 3


def test_pictures_come_in_the_order_of_their_requests(engine):
    seeds = [5, 3, 4]
    made = generate(engine, *(ask(first(engine), seed) for seed in seeds))
    assert [one.seed for one in made] == seeds


def test_facts_can_be_kept_as_json(engine):
    (made,) = generate(engine, ask(first(engine)))
    assert json.loads(json.dumps(made.metadata)) == made.metadata
    assert all(isinstance(notice, str) and notice for notice in made.notices)


def test_a_request_is_left_as_it_was(engine):
    request = ask(first(engine))
    given = request.product or request.try_on
    shown = [name for name, value in vars(given).items() if isinstance(value, np.ndarray)]
    before = {name: getattr(given, name).copy() for name in shown}
    generate(engine, request)
    assert shown
    assert all((getattr(given, name) == before[name]).all() for name in shown)


def test_progress_rises_to_one(engine):
    told: list[float] = []
    generate(engine, ask(first(engine)), ask(first(engine), 4), told=told)
    assert told == sorted(told)
    assert told[-1] == 1
    assert all(0 <= fraction <= 1 for fraction in told)


def test_a_try_on_changes_the_region_alone(engine):
    if Task.TRY_ON not in engine.tasks:
        pytest.skip("this engine does no try-on")
    request = ask(Task.TRY_ON)
    (made,) = generate(engine, request)
    eight = np.rint(made.rgb * 255).astype(np.uint8)
    wish = request.try_on
    assert np.array_equal(eight[~wish.region], wish.person[~wish.region])
    assert (eight[wish.region] != wish.person[wish.region]).mean() > 0.5


def test_a_canceled_call_stops_and_the_next_one_works(engine):
    with pytest.raises(JobCanceled):
        generate(engine, ask(first(engine)), stop=lambda: True)
    assert len(generate(engine, ask(first(engine)))) == 1


def test_the_same_request_gives_the_same_picture_as_far_as_is_promised(engine):
    (one,), (other,) = (generate(engine, ask(first(engine))) for _twice in range(2))
    if engine.deterministic:
        assert one.rgb.tobytes() == other.rgb.tobytes()
    else:
        assert np.abs(one.rgb - other.rgb).max() < 1e-3


def test_unknown_parameters_are_refused_in_words_and_none_pass(engine):
    assert engine.refuse({}) == []
    (words,) = engine.refuse({"nonsense": 1})
    assert "nonsense" in words


def test_the_plan_learns_what_the_model_is(engine):
    info = engine.model_info()
    assert {"name", "revision", "license"} <= info.keys()
    assert json.loads(json.dumps(info)) == info


def test_an_engine_that_is_set_up_rightly_has_no_complaints(engine):
    assert engine.check() == []
    assert engine.tasks
    assert engine.max_batch >= 1
