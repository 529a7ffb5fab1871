"""What an operator may set, and what is refused in words, without torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from prodimages.choices import FailureKind, Task
from prodimages.engines.base import GenerationRequest
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.model_parameters import effective_steps
from prodimages.engines.presets import PRESETS
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.pipeline.planner import Wish, make_plan
from tests.conftest import FLAT

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TURBO = {"stabilityai/sd-turbo": COMMIT, "madebyollin/taesd": COMMIT}


SD = {"PRESET": "custom", "PATH": "/x", "LICENSE": "MIT", "COMMERCIAL": True}
FOLLOWED = {"PATH": "/control", "FOLLOWS": "canny", "SCALE": 0.8}


def with_controlnet(**more) -> dict:
    return {"FAMILY": "sd-controlnet", "CONTROLNET": FOLLOWED | more}


def engine(preset: str = "flux2-klein-4b", **options) -> DiffusersEngine:
    known = PRESETS.get(preset)
    pins = dict.fromkeys(known.repositories, COMMIT) if known else {}
    given = {"PRESET": preset, "REVISIONS": pins}
    return DiffusersEngine("diffusion", given | options)


def ask(task: Task = Task.BACKGROUND, prompt: str = "on oak", **values) -> GenerationRequest:
    return GenerationRequest(task=task, prompt=prompt, seed=1, width=512, height=512, **values)


def said(found) -> str:
    return " ".join(message.msg for message in found)


@pytest.mark.parametrize("preset", [name for name in PRESETS if PRESETS[name].commercial])
def test_a_pinned_preset_has_nothing_wrong_with_it(preset):
    made = engine(preset)
    assert made.check() == []
    assert made.tasks == frozenset(PRESETS[preset].tasks)
    info = made.model_info()
    seal = PRESETS[preset].seal
    assert info["revision"] == (f"sha256:{seal}" if seal else COMMIT)
    assert info["license"] == PRESETS[preset].license
    assert info["name"] == (PRESETS[preset].hub_id or PRESETS[preset].title)


@pytest.mark.parametrize(
    "options, id, words",
    [
        ({"PRESET": "dall-e"}, "E061", "There is no preset “dall-e”"),
        ({"PRESET": ""}, "E061", "No PRESET is named"),
        ({"PRESET": "flux2-dev"}, "E061", "FLUX.2-dev may not be used commercially"),
        ({"PRESET": "catvton"}, "E061", "CatVTON may not be used commercially"),
        ({"REVISIONS": {}}, "E062", "No revision of “black-forest-labs/FLUX.2-klein-4B”"),
        ({"REVISIONS": {"black-forest-labs/FLUX.2-klein-4B": "main"}}, "E062", "No revision"),
        ({"PRESET": "custom", "LICENSE": "MIT", "COMMERCIAL": True}, "E062", "needs a PATH"),
        ({"PRESET": "custom", "PATH": "/x"}, "E063", "license of the weights is not stated"),
        ({"TRUST_REMOTE_CODE": True}, "E064", "never run"),
        ({"STEP": 4}, "E060", "There is no option STEP"),
        ({"STEPS": "4"}, "E060", "STEPS is '4'"),
        ({"STEPS": True}, "E060", "STEPS is True"),
        ({"STEPS": 0}, "E060", "STEPS is 0"),
        ({"STRENGTH": 2}, "E060", "STRENGTH is 2"),
        ({"STRENGTH": 0}, "E060", "STRENGTH is 0"),
        ({"MAX_BATCH": 0}, "E060", "MAX_BATCH is 0"),
        ({"DTYPE": "float8"}, "E060", "DTYPE is “float8”"),
        ({"DEVICE": "gpu"}, "E060", "DEVICE is “gpu”"),
        ({"SIDES": [512]}, "E060", "SIDES is (512,)"),
        ({"GROWN_CHECK": "eye"}, "E060", "GROWN_CHECK is “eye”"),
        ({"CPU": "avx"}, "E060", "CPU is “avx”"),
        ({"CPU": "openvino", "DEVICE": "cpu"}, "E060", "does not run the family “flux2-klein”"),
        (
            {"PRESET": "sd-turbo", "REVISIONS": TURBO, "CPU": "openvino", "DEVICE": "auto"},
            "E060",
            "but DEVICE is “auto”",
        ),
        (
            {
                **{"PRESET": "sd-turbo", "REVISIONS": TURBO, "CPU": "openvino-int8"},
                "IP_ADAPTER": {"PATH": "/x", "FILE": "x.safetensors"},
            },
            "E060",
            "IP_ADAPTER and OpenVINO do not go together",
        ),
        ({"FAMILY": "sd9"}, "E061", "no family “sd9”"),
        ({"CONTROLNET": FOLLOWED}, "E060", "does not fit the family “flux2-klein”"),
        ({**SD, "FAMILY": "sd-controlnet"}, "E060", "“sd-controlnet” needs a CONTROLNET"),
        ({**SD, **with_controlnet(PATH=3)}, "E060", "names no PATH"),
        ({**SD, **with_controlnet(FOLLOWS="depth")}, "E060", "follows 'depth'"),
        ({**SD, **with_controlnet(SCALE=3)}, "E060", "SCALE of CONTROLNET is 3"),
        ({**SD, **with_controlnet(SCALE=True)}, "E060", "SCALE of CONTROLNET is True"),
        ({**SD, **with_controlnet(FILE="x")}, "E060", "CONTROLNET has no FILE"),
    ],
)
def test_what_is_wrong_is_a_check_in_words_and_a_failure_of_the_job(options, id, words):
    made = engine(**options)
    messages = [found for found in made.check() if words in found.msg]
    assert [message.id for message in messages] == [f"prodimages.{id}"]
    assert messages[0].hint
    assert 'PRODIMAGES["ENGINES"]["diffusion"]' in messages[0].msg
    with pytest.raises(JobFailure) as caught:
        made.generate([ask()], on_progress=lambda done: None, is_canceled=lambda: False)
    assert caught.value.kind == FailureKind.UNAVAILABLE
    assert made.problems(ask())


def test_every_repository_of_a_preset_has_to_be_pinned():
    made = engine("sd-turbo", REVISIONS={"stabilityai/sd-turbo": COMMIT})
    assert "madebyollin/taesd" in said(made.check())


def test_a_commercial_site_refuses_a_non_commercial_license(settings):
    made = engine("sana-sprint")
    assert [message.id for message in made.check()] == ["prodimages.E063"]
    assert "NSCL-v2-custom" in said(made.check())
    settings.PRODIMAGES = FLAT | {"COMMERCIAL": False}
    assert engine("sana-sprint").check() == []


def test_settings_overrule_a_preset():
    made = engine(STEPS=6, MAX_BATCH=2, NAME="mine")
    assert made.max_batch == 2
    assert made._set.preset.steps == 6
    assert engine("custom", PATH="/x", NAME="mine", LICENSE="MIT", COMMERCIAL=True).check() == []


@pytest.mark.parametrize("family", ["sd-controlnet", "sdxl-controlnet"])
def test_a_checkpoint_with_a_controlnet_has_nothing_wrong_with_it(family):
    made = DiffusersEngine("diffusion", SD | with_controlnet() | {"FAMILY": family})
    assert made.check() == []
    assert made.tasks == {Task.BACKGROUND, Task.TEXT_TO_IMAGE, Task.RESTYLE}


@pytest.mark.parametrize(
    "parameters, words",
    [
        ({"steps": 0}, "“steps”"),
        ({"steps": 2.5}, "“steps”"),
        ({"strength": 0}, "“strength”"),
        ({"strength": 2}, "“strength”"),
        ({"strength": "much"}, "“strength”"),
        ({"guidance": -1}, "“guidance”"),
        ({"retries": 9}, "“retries”"),
        ({"canvas": "photo"}, "“canvas”"),
        ({"reference": "spring"}, "no reference picture “spring”"),
        ({"sampler": "euler"}, "no parameter “sampler”"),
        ({"scene": "moon"}, "moon"),
    ],
)
def test_parameters_out_of_range_are_refused_in_words(parameters, words):
    found = engine().refuse(parameters)
    assert len(found) == 1
    assert words in found[0]


def test_sound_parameters_of_the_model_and_of_the_canvas_pass():
    given = {"steps": 8, "guidance": 1, "strength": 0.5, "retries": 0, "canvas": "studio"}
    assert engine().refuse(given | {"surface": "oak", "light": "left"}) == []
    assert engine(REFERENCES={"spring": "/x.jpg"}).refuse({"reference": "spring"}) == []


@pytest.mark.parametrize(
    "preset, request_, field, words",
    [
        ("flux2-klein-4b", ask(prompt="  "), "prompt", "a model needs words"),
        ("flux2-klein-4b", ask(negative_prompt="blur"), "negative_prompt", "takes no negative"),
        ("z-image-turbo", ask(negative_prompt="blur"), "negative_prompt", "guidance over 1"),
        (
            "flux2-klein-4b",
            ask(Task.TEXT_TO_IMAGE, parameters={"strength": 0.5}),
            "parameters",
            "means nothing here",
        ),
        ("flux2-klein-4b", ask(parameters={"strength": 0.2}), "parameters", "needs 2 steps"),
        ("sd-turbo", ask(parameters={"steps": 1}), "parameters", "needs 2 steps"),
        ("sd-turbo", ask(parameters={"canvas": "neutral"}), "parameters", "canvas only"),
        (
            "z-image-turbo",
            ask(Task.RESTYLE, parameters={"reference": "spring"}),
            "parameters",
            "takes no reference",
        ),
        (
            "flux2-klein-4b",
            ask(Task.RESTYLE, parameters={"reference": ["spring", "spring"]}),
            "parameters",
            "takes 1 reference pictures at most, and 2 are named",
        ),
        (
            "qwen-image-edit-lightning",
            ask(parameters={"reference": ["spring"] * 3}),
            "parameters",
            "takes 2 reference pictures at most, and 3 are named",
        ),
    ],
)
def test_a_wish_that_the_model_can_not_serve_is_refused_by_field(preset, request_, field, words):
    problems = engine(preset, REFERENCES={"spring": "/x.jpg"}).problems(request_)
    assert list(problems) == [field]
    assert words in problems[field][0]


def test_an_engine_in_openvino_has_nothing_wrong_with_it():
    for cpu in ("openvino", "openvino-int8"):
        made = engine("sd-turbo", REVISIONS=TURBO, CPU=cpu)
        assert made.check() == []
        assert made._set.in_openvino


def test_what_the_model_can_serve_is_not_refused():
    two = ask(parameters={"reference": ["spring", "spring"]})
    made = engine("qwen-image-edit-lightning", REFERENCES={"spring": "/x.jpg"})
    assert made.refuse(two.parameters) == []
    assert made.problems(two) == {}
    assert engine().problems(ask()) == {}
    assert engine("sdxl-inpaint").problems(ask(negative_prompt="blur")) == {}
    assert (
        engine("z-image-turbo").problems(ask(negative_prompt="blur", parameters={"guidance": 3}))
        == {}
    )


def test_strength_counts_whole_steps_and_keeps_something_below_one():
    assert [effective_steps(4, strength) for strength in (0.01, 0.3, 0.5, 0.99, 1)] == [
        1,
        1,
        2,
        3,
        4,
    ]
    assert effective_steps(1, 0.5) == 1


def test_the_planner_refuses_in_the_engines_words(settings):
    declared = {
        "BACKEND": "prodimages.engines.diffusers.DiffusersEngine",
        "OPTIONS": engine().options,
    }
    settings.PRODIMAGES = FLAT | {"ENGINES": {"diffusion": declared}}
    wish = {"task": Task.TEXT_TO_IMAGE, "engine": "diffusion"}
    with pytest.raises(RequestRefused) as refused:
        make_plan(Wish(prompt="", **wish))
    assert list(refused.value.problems) == ["prompt"]
    plan = make_plan(Wish(prompt="a mug on oak", **wish))
    assert plan.model["license"] == "Apache-2.0"
    assert [step.name for step in plan.steps] == ["generate", "finish", "mark", "store"]


def test_planning_and_checking_load_no_torch():
    code = (
        "import django, sys; django.setup();"
        "from tests.engines.diffusers.test_options import engine, ask;"
        "made = engine(); made.check(); made.problems(ask()); made.refuse({'steps': 1});"
        "assert made.model_info();"
        "assert not {'torch', 'diffusers', 'transformers', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
