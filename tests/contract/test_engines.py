"""What every engine promises; each one passes the same tests."""

from __future__ import annotations

import json

import numpy as np
import pytest

from prodimages.choices import Task
from prodimages.engines.base import Engine, EnginePicture, GenerationRequest, TryOn
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.remote import RemoteEngine
from prodimages.engines.remote.servers import SERVERS
from prodimages.engines.studio import StudioEngine
from prodimages.exceptions import JobCanceled
from tests.diffusion import tiny
from tests.diffusion.asking import placed
from tests.diffusion.conftest import options_for
from tests.engines.remote.server import running

SIDE = 64


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return tiny.save(tiny.stable_diffusion(9), tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="module")
def server():
    with running() as started:
        yield started


ENGINES = ["studio", "diffusion", "diffusion, in batches", "vllm-omni", "sglang", "openai"]


@pytest.fixture(params=ENGINES)
def engine(request, weights, server):
    made: Engine
    if request.param == "studio":
        made = StudioEngine("studio", {})
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


def ask(task: Task, seed: int = 3, **values) -> GenerationRequest:
    product = None if task in (Task.TEXT_TO_IMAGE, Task.TRY_ON) else placed(SIDE)
    given = {"prompt": "on oak", "width": SIDE, "height": SIDE, "product": product}
    if task == Task.TRY_ON:
        given["try_on"] = worn()
    return GenerationRequest(task=task, seed=seed, **(given | values))


def worn() -> TryOn:
    random = np.random.default_rng(2)
    region = np.zeros((SIDE, SIDE), bool)
    region[20:45, 13:50] = True
    return TryOn(
        person=random.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        garment=random.integers(0, 256, (40, 30, 3), np.uint8),
        region=region,
    )


def generate(engine: Engine, *requests: GenerationRequest, told=None, stop=lambda: False) -> list:
    on_progress = (lambda fraction: None) if told is None else told.append
    return list(engine.generate(requests, on_progress=on_progress, is_canceled=stop))


def test_every_task_gives_a_picture_of_the_size_asked_for(engine):
    for task in sorted(engine.tasks):
        width = 96 if task == Task.TEXT_TO_IMAGE else SIDE  # a placed product has the size
        (made,) = generate(engine, ask(task, width=width))
        assert isinstance(made, EnginePicture)
        assert made.rgb.shape == (SIDE, width, 3)
        assert made.rgb.dtype == np.float32
        assert 0 <= made.rgb.min() <= made.rgb.max() <= 1
        assert made.seed == 3


def test_pictures_come_in_the_order_of_their_requests(engine):
    seeds = [5, 3, 4]
    made = generate(engine, *(ask(Task.BACKGROUND, seed) for seed in seeds))
    assert [one.seed for one in made] == seeds


def test_facts_can_be_kept_as_json(engine):
    (made,) = generate(engine, ask(Task.BACKGROUND))
    assert json.loads(json.dumps(made.metadata)) == made.metadata
    assert all(isinstance(notice, str) and notice for notice in made.notices)


def test_a_request_is_left_as_it_was(engine):
    request = ask(Task.BACKGROUND)
    before = request.product.rgb.copy(), request.product.alpha.copy()
    generate(engine, request)
    assert (request.product.rgb == before[0]).all()
    assert (request.product.alpha == before[1]).all()


def test_progress_rises_to_one(engine):
    told: list[float] = []
    generate(engine, ask(Task.BACKGROUND), ask(Task.BACKGROUND, 4), told=told)
    assert told == sorted(told)
    assert told[-1] == 1
    assert all(0 <= fraction <= 1 for fraction in told)


def test_a_try_on_changes_the_region_alone(engine):
    if Task.TRY_ON not in engine.tasks:
        pytest.skip("no try-on")
    request = ask(Task.TRY_ON)
    (made,) = generate(engine, request)
    eight = np.rint(made.rgb * 255).astype(np.uint8)
    wish = request.try_on
    assert np.array_equal(eight[~wish.region], wish.person[~wish.region])
    assert (eight[wish.region] != wish.person[wish.region]).mean() > 0.5


def test_a_canceled_call_stops_and_the_next_one_works(engine):
    with pytest.raises(JobCanceled):
        generate(engine, ask(Task.BACKGROUND), stop=lambda: True)
    assert len(generate(engine, ask(Task.BACKGROUND))) == 1


def test_the_same_request_gives_the_same_picture_as_far_as_is_promised(engine):
    (one,), (other,) = (generate(engine, ask(Task.BACKGROUND)) for _twice in range(2))
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
