from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.choices import Task
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.pipeline import planner
from prodimages.pipeline.spec import Plan
from prodimages.services import variations
from tests.admin.helpers import finished_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
FACTS = {
    "scene": "oak-table",
    "surface": "oak",
    "wall": "plaster",
    "color": "#e6e2d8",
    "accent": "",
    "pattern": "none",
    "scatter": "petals",
    "mood": "calm",
    "light": {"from": "left", "temperature": "warm", "shadow": "soft"},
}
SCENE = {
    "scene": "oak-table",
    "surface": "oak",
    "wall": "plaster",
    "pattern": "none",
    "scatter": "petals",
}
LIGHT = {"light": "left", "temperature": "warm", "shadow": "soft", "mood": "calm"}


@pytest.fixture
def image():
    image = finished_job(prompt="some words").images.get()
    image.engine_facts = FACTS
    image.save()
    return image


def vary(client, image, **values):
    address = reverse("admin:prodimages_generatedimage_vary", args=[image.pk])
    return client.post(address, {"count": "2", "key": "k", **values}, follow=True)


def test_keeps_what_is_locked_and_takes_a_new_seed(image, boss_client):
    page = vary(boss_client, image, locked=["scene", "light"])
    assert "1 job is queued." in page.content.decode()
    job = GenerationJob.objects.exclude(pk=image.job_id).get()
    assert (job.product, job.style, job.count) == (image.job.product, image.job.style, 2)
    assert job.plan["locked"] == SCENE | LIGHT
    assert job.seed != image.job.seed
    assert job.plan["prompt"] == image.job.plan["prompt"]


def test_what_is_not_locked_may_be_drawn_anew(image, boss_client, settings):
    page = vary(boss_client, image, varied=["light"])  # of an engine that is not the studio
    assert 'class="error"' in page.content.decode()
    image.job.plan = image.job.plan | {"engine": "studio"}
    image.job.save()
    vary(boss_client, image, locked=["scene"], varied=["scene", "light"])
    job = GenerationJob.objects.exclude(pk=image.job_id).get()
    assert job.plan["locked"] == SCENE | {"vary": "light"}


def test_the_studio_draws_by_the_seed_and_keeps_what_is_fixed():
    from prodimages.engines.studio.varying import draw

    given = SCENE | {"color": "#e6e2d8", "light": "left", "fill": 0.5, "vary": "light,color,mood"}
    drawn = [draw(given, set(SCENE), seed) for seed in range(40)]
    assert drawn[3] == draw(given, set(SCENE), 3)
    assert all(SCENE.items() <= parameters.items() for parameters, _fixed in drawn)
    assert all(parameters["fill"] == 0.5 and "vary" not in parameters for parameters, _ in drawn)
    assert {parameters["light"] for parameters, _ in drawn} == {"left", "right", "front", "top"}
    assert len({parameters["color"] for parameters, _ in drawn}) > 4
    assert all({"light", "color", *SCENE} <= fixed for _parameters, fixed in drawn)
    scenes = {draw({"wall": "brick", "vary": "scene"}, (), seed)[0]["scene"] for seed in range(40)}
    assert len(scenes) > 10
    assert draw({"wall": "brick", "vary": "scene"}, (), 1)[0].keys() == {"scene"}


def test_the_same_form_twice_is_one_order(image, boss_client):
    for _twice in range(2):
        vary(boss_client, image, locked=["color"])
    job = GenerationJob.objects.exclude(pk=image.job_id).get()
    assert job.plan["locked"] == {"color": "#e6e2d8"}


def test_only_what_was_recorded_can_be_kept(image):
    assert variations.lockable(image) == ["scene", "light", "color", "placement"]
    image.engine_facts = {"scene": "packshot", "surface": "paper", "color": "#ffffff"}
    assert variations.lockable(image) == ["color", "placement"]
    image.engine_facts = {"scene": "sweep", "surface": "paper", "wall": ""}
    assert variations.parameters_of(image, "scene") == {"scene": "sweep"}


@pytest.mark.parametrize("values", [{"count": "0"}, {"count": "99"}, {"locked": ["mood"]}])
def test_bad_input_orders_nothing(image, boss_client, values):
    page = vary(boss_client, image, **values)
    assert 'class="error"' in page.content.decode()
    assert GenerationJob.objects.count() == 1


def test_needs_the_permission_to_generate(image, client_with, boss_client):
    assert vary(client_with("prodimages.view_generatedimage"), image).status_code == 403
    GeneratedImage.objects.update(product=None)
    GenerationJob.objects.update(product=None)
    assert "was deleted" in vary(boss_client, image).content.decode()


def test_what_only_the_prompt_strewed_is_kept_with_the_scene():
    from prodimages.engines.base import GenerationRequest
    from prodimages.engines.studio import StudioEngine

    def made(parameters: dict, prompt: str) -> dict:
        request = GenerationRequest(
            task=Task.BACKGROUND,
            prompt=prompt,
            seed=1,
            width=64,
            height=64,
            parameters=parameters,
            fixed=frozenset(parameters),
        )
        (picture,) = StudioEngine("studio", {}).generate(
            [request], on_progress=lambda fraction: None, is_canceled=lambda: False
        )
        return dict(picture.metadata)

    first = made({"scene": "oak-table"}, "petals")
    assert first["scatter"] == "petals"
    kept = variations.parameters_of(GeneratedImage(engine_facts=first), "scene")
    assert made(kept, "")["scatter"] == "petals"
    assert made({"scene": "sweep"}, "petals")["scatter"] == "none"


def test_a_locked_part_is_the_engines_and_the_prompt_leaves_it(settings):
    settings.PRODIMAGES = {k: v for k, v in settings.PRODIMAGES.items() if k != "ENGINES"}
    wish = planner.Wish(
        task=Task.BACKGROUND,
        engine="studio",
        prompt="marble",
        parameters={"scene": "podium"},
        locked=SCENE,
    )
    plan = Plan.from_json(planner.make_plan(wish).as_json())
    (generate,) = [step for step in plan.steps if step.name == "generate"]
    assert generate.parameters == SCENE
    assert plan.locked == SCENE


def test_the_studio_keeps_a_locked_scene_whatever_the_prompt_says():
    from prodimages.engines.base import GenerationRequest
    from prodimages.engines.studio import StudioEngine

    def facts(prompt: str, fixed: frozenset[str]) -> dict:
        request = GenerationRequest(
            task=Task.BACKGROUND,
            prompt=prompt,
            seed=1,
            width=64,
            height=64,
            parameters=SCENE | LIGHT | {"color": FACTS["color"]},
            fixed=fixed,
        )
        (made,) = StudioEngine("studio", {}).generate(
            [request], on_progress=lambda fraction: None, is_canceled=lambda: False
        )
        return dict(made.metadata)

    every = frozenset(SCENE | LIGHT | {"color": ""})
    kept = facts("podium, green, light from the right, fallen leaves", every)
    assert {name: kept[name] for name in [*SCENE, "color"]} == SCENE | {"color": FACTS["color"]}
    assert kept["light"]["from"] == "left"
    assert facts("light from the right", frozenset())["light"]["from"] == "right"
