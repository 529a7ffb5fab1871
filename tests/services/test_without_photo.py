"""Pictures from words alone, which need no photo of the product."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from prodimages.choices import JobState, Source, Task
from prodimages.exceptions import RequestRefused
from prodimages.models import SourcePhoto, StyleRule
from prodimages.pipeline.context import StepContext
from prodimages.services import execution
from prodimages.services.submission import Order, submit
from tests.conftest import FLAT
from tests.factories import make_product, make_style

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def imagining(settings):
    engine = {"BACKEND": "tests.testapp.engines.ImaginingEngine"}
    settings.PRODIMAGES = FLAT | {"ENGINES": {"flat": engine}}


@pytest.fixture
def style():
    return make_style(slug="imagined", task=Task.TEXT_TO_IMAGE)


def order(*products, **values):
    return submit(Order(products=products, source=Source.COMMAND, client="tests", **values))


def test_a_product_without_a_photo_gets_its_picture(style):
    job = order(make_product(photo=None), style=style).submission.jobs.get()
    execution.run_next(["prodimages"])
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    assert (job.photo, job.photo_ref) == (None, "")
    assert job.images.get().passed


def test_the_photo_of_a_product_that_has_one_is_not_even_read(style):
    job = order(make_product(photo=b"no picture at all"), style=style).submission.jobs.get()
    execution.run_next(["prodimages"])
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error
    assert not SourcePhoto.objects.exists()


def test_of_several_styles_those_are_ordered_that_need_no_photo(style):
    bare = make_product(photo=None, name="Bare mug")
    StyleRule.objects.create(name="all").styles.add(style)
    receipt = order(bare, make_product())
    assert [job.style for job in receipt.submission.jobs.all()] == [style, style]
    with pytest.raises(RequestRefused, match="Bare mug: The product has no photo yet"):
        order(bare, style=make_style())


def test_a_backfill_counts_and_orders_them(style):
    make_product(photo=None)
    told = io.StringIO()
    for dry in (["--dry-run"], []):
        call_command("prodimages_backfill", "--style", "imagined", *dry, stdout=told, stderr=told)
    assert "1 products would be ordered" in told.getvalue()
    assert "1 products ordered in 1 jobs" in told.getvalue()


def test_a_step_that_asks_for_a_photo_nevertheless_is_a_fault_of_its_chain():
    context = StepContext(
        plan=None, engine=None, pictures=None, report=None, is_canceled=lambda: False
    )
    with pytest.raises(LookupError, match="no photo"):
        context.read_photo()
    assert context.cutouts.load("key") is context.cutouts.chosen() is None
    with pytest.raises(LookupError, match="no cut-outs"):
        context.cutouts.save("key", b"", details={})
