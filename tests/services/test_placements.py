"""Placements in orders, and the one that is remembered for a product."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from prodimages.choices import JobState, Source
from prodimages.exceptions import IdempotencyConflict
from prodimages.models import ProductSettings
from prodimages.pipeline.overrides import Overrides
from prodimages.services.placements import remember_placement, remembered_placement
from prodimages.services.submission import Order, submit
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.services.running import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _flat(flat):
    pass


def order(product, style, **values) -> Order:
    return Order(
        products=[product],
        style=style,
        source=Source.COMMAND,
        client="tests",
        idempotency_key="k",
        **values,
    )


def test_a_placement_is_part_of_what_a_key_stands_for():
    product, style = make_product(), make_style()
    first = submit(order(product, style, overrides=Overrides(x=0.1)))
    assert submit(order(product, style, overrides=Overrides(x=0.1))).submission == first.submission
    with pytest.raises(IdempotencyConflict):
        submit(order(product, style, overrides=Overrides(x=0.2)))
    with pytest.raises(IdempotencyConflict):
        submit(order(product, style))


def test_an_order_without_a_placement_has_the_digest_that_it_always_had():
    product, style = make_product(), make_style()
    body = {"products": [str(product.pk)], "style": style.slug, "count": 1}
    body |= {"seed": None, "prompt": "", "size": None}
    expected = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    assert order(product, style).digest() == expected
    assert order(product, style, overrides=Overrides()).digest() != expected


def test_what_is_remembered_applies_to_later_jobs_that_say_nothing():
    product, other, style = make_product(), make_product(), make_style()
    remember_placement(product, Overrides(scale=0.5, light="left"), shop="local")
    assert make_job(product, style).plan["placement"] == {"scale": 0.5, "light": "left"}
    assert make_job(other, style).plan["placement"] == {}
    given = make_job(product, style, overrides=Overrides(x=0.1))
    assert given.plan["placement"] == {"x": 0.1}
    assert make_job(product, style, overrides=Overrides()).plan["placement"] == {}


def test_remembering_keeps_the_other_settings_and_can_be_undone():
    product = make_product()
    ProductSettings.objects.create(product=product, width_cm=12.5)
    remember_placement(product, Overrides(y=-0.05), shop="local")
    assert remembered_placement(product) == Overrides(y=-0.05)
    assert ProductSettings.objects.get().width_cm == 12.5
    remember_placement(product, Overrides(), shop="local")
    assert remembered_placement(product) == Overrides()


def test_a_turned_product_passes_the_check_against_its_photo():
    product = make_product(photo=photo_bytes((800, 600)))
    overrides = Overrides(x=-0.1, scale=0.9, rotation=17)
    job = run(make_job(product, make_style(size=512), overrides=overrides))
    assert job.state == JobState.SUCCEEDED
    image = job.images.get()
    assert image.passed
    assert image.fidelity["rotation"] == 17
    assert image.fidelity["difference_max"] == 0


def test_a_product_that_the_photo_cuts_is_not_turned():
    from io import BytesIO

    from PIL import Image

    pixels = np.full((300, 400, 3), 228, np.uint8)
    pixels[100:, 120:260] = 40  # reaches the lower edge
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    product = make_product(photo=file.getvalue())
    job = run(make_job(product, make_style(), overrides=Overrides(rotation=20)))
    assert job.state == JobState.SUCCEEDED, job.error
    assert any("so it is not turned" in notice for notice in job.notices)
    assert job.images.get().fidelity["rotation"] == 0
