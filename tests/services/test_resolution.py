from __future__ import annotations

import pytest

from prodimages.services.preview import preview
from prodimages.services.resolution import resolution
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


@pytest.fixture(autouse=True)
def _enlarger(settings):
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.SmoothEnlarger"},
    }


def seen(side: int = 320):
    """A product whose photo a job has worked on."""
    product = make_product(photo=photo_bytes((side, side * 3 // 4)))
    run_to_the_end(make_job(product))
    return product


def told(products, **wanted):
    style = make_style(size=1024, parameters={"fill": 0.7})
    plan = preview(products[0], shop="local", style=style, **wanted)
    return resolution(products, plan, shop="local")


def test_a_small_photo_is_told_with_three_ways_out():
    product = seen()
    found = told([product])
    # The ellipse of the photo is 128 by 132 pixels, and is wanted 717 high.
    assert found.most == pytest.approx(717 / 133, rel=0.04)
    assert "enlarged 5.4 times" in found.words
    ways = {choice.field: choice.value for choice in found.choices}
    assert ways["enlargement"] == "learned"
    assert float(ways["fill"]) == pytest.approx(0.7 * 1.5 / found.most, abs=0.01)
    assert int(ways["size"]) == pytest.approx(1024 * 1.5 / found.most, abs=1)
    for way in ({"fitting": {"fill": float(ways["fill"])}}, {"size": int(ways["size"])}):
        assert told([product], **way).words == ""


def test_learned_enlargement_has_a_cap_as_well():
    product = seen()
    found = told([product], fitting={"enlargement": "learned"})
    assert found.cap == 4
    assert "enlarged 4 times at most" in found.words
    assert "enlargement" not in {choice.field for choice in found.choices}
    assert told([product], size=700, fitting={"enlargement": "learned"}).words == ""


def test_it_is_not_offered_where_it_is_not_installed(settings):
    settings.PRODIMAGES = {**settings.PRODIMAGES, "ENLARGER": None}
    assert {choice.field for choice in told([seen()]).choices} == {"fill", "size"}


def test_a_batch_is_counted_and_unknown_photos_apart():
    products = [seen(), seen(), seen(1600), make_product()]
    found = told(products)
    assert (found.known, found.unknown, found.over) == (3, 1, 2)
    assert found.words.startswith("2 of 4 products would be enlarged more than 1.5 times")
    assert "1 photo is not known yet." in found.words


def test_a_photo_that_was_exchanged_is_unknown():
    product = seen()
    product.media.all().delete()
    fresh = make_product()
    fresh.media.update(product=product)
    found = told([product])
    assert (found.known, found.unknown, found.words) == (0, 1, "")


def test_counting_costs_the_same_for_many_as_for_one(django_assert_max_num_queries):
    products = [seen() for _product in range(3)]
    plan = preview(products[0], shop="local", style=make_style())
    with django_assert_max_num_queries(6):
        resolution(products, plan, shop="local")
