from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.models import GenerationJob
from tests.admin.helpers import FORM, order
from tests.factories import make_job, make_product, make_style
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def test_the_form_offers_ways_out_that_work_without_javascript(boss_client):
    product, style = make_product(), make_style(size=1024)
    run_to_the_end(make_job(product, style))
    page = boss_client.post(reverse(FORM), order([product], style, _preview="1"))
    text = page.content.decode()
    assert "would have to be enlarged" in text
    ways = page.context["resolution"].choices
    assert {"fill", "size"} <= {way.field for way in ways}
    for way in ways:
        assert f'name="_fit" value="{way.field}={way.value}"' in text
    share = next(way for way in ways if way.field == "fill")
    page = boss_client.post(reverse(FORM), order([product], style, _fit=f"fill={share.value}"))
    assert "would have to be enlarged" not in page.content.decode()
    assert page.context["form"]["fill"].value() == share.value
    assert GenerationJob.objects.count() == 1  # nothing was ordered by it
    boss_client.post(reverse(FORM), order([product], style, fill=share.value))
    steps = {step["name"]: step for step in GenerationJob.objects.latest("pk").plan["steps"]}
    assert steps["place"]["parameters"]["fill"] == float(share.value)


def test_only_the_fields_for_it_can_be_set_by_a_way_out(boss_client):
    product, style = make_product(), make_style()
    page = boss_client.post(reverse(FORM), order([product], style, _fit="count=8"))
    assert page.context["form"]["count"].value() == "1"
