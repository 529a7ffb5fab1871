"""A prompt that asks for the color of a product whose shop names none."""

from __future__ import annotations

import pytest

from prodimages.models import Cutout, GenerationJob
from prodimages.pipeline.color_words import MARK
from prodimages.services.preview import preview
from prodimages.testing import run_jobs
from tests.factories import make_job, make_product, make_style
from tests.testapp.engines import FlatEngine

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """Prompts that the engine got."""
    prompts, generate = [], FlatEngine.generate

    def told(self, requests, **watch):
        prompts.extend(request.prompt for request in requests)
        return generate(self, requests, **watch)

    monkeypatch.setattr(FlatEngine, "generate", told)
    return prompts


def test_a_worker_reads_the_color_and_later_plans_hold_it(flat, asked):
    product, style = make_product(color=""), make_style(prompt="a {color} mug on oak")
    planned = preview(product, shop="local", style=style)
    assert planned.prompt == f"a {MARK} mug on oak"
    assert any("reads it from the photo" in notice for notice in planned.notices)
    make_job(product, style)
    run_jobs()
    job = GenerationJob.objects.get()
    (color,) = Cutout.objects.get().details["colors"]
    assert asked == [f"a {color} mug on oak"]
    assert f"Read from the photo: {color}." in job.notices
    assert job.plan["prompt"] == f"a {MARK} mug on oak"  # frozen as it was
    later = preview(product, shop="local", style=style)
    assert later.prompt == f"a {color} mug on oak"
    assert later.notices == []


def test_the_shops_own_color_goes_before_the_photos(flat):
    product, style = make_product(color="sea green"), make_style(prompt="a {color} mug")
    plan = preview(product, shop="local", style=style)
    assert plan.prompt == "a sea green mug"
    assert "color_from_photo" not in plan.product


def test_a_prompt_without_a_color_asks_for_none(flat):
    plan = preview(make_product(color=""), shop="local", style=make_style(prompt="on oak"))
    assert "color_from_photo" not in plan.product
    assert plan.notices == []
