"""Our model wears it: a style names a house model, and the picture goes through review."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image

from prodimages.choices import ImageState, Source, Task
from prodimages.exceptions import RequestRefused
from prodimages.models import GenerationJob, ModelPhoto, Style
from prodimages.services import publishing, review
from prodimages.services.submission import Order, submit
from prodimages.services.try_on.house_models import store_photo
from prodimages.storage import private_storage
from prodimages.testing import run_jobs
from tests.factories import make_product
from tests.storefront.shoppers import FITTING
from tests.wearing import make_top, person_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fitting(settings):
    settings.PRODIMAGES = FITTING


def make_model(**values) -> ModelPhoto:
    given = {
        "slug": "anna",
        "name": "Anna",
        "consent_at": date(2026, 1, 1),
        "consent_reference": "A7",
    }
    row = ModelPhoto(**(given | values))
    store_photo(row, person_bytes("PNG"))
    row.save()
    return row


def test_a_model_seen_from_behind_is_refused_until_staff_place_the_landmarks():
    row = make_model()
    store_photo(row, person_bytes("PNG", is_behind=True))
    row.save()
    style = make_style()
    for _again in range(2):  # what was found is not kept, else the second time would pass
        order(make_top(), style=style)
        job = run_jobs()[-1]
        assert job.state == "failed"
        assert "from behind" in job.error
        row.refresh_from_db()
        assert row.landmarks == {}


def make_style(**values) -> Style:
    given = {
        "slug": "on-anna",
        "name": "On Anna",
        "task": Task.TRY_ON,
        "engine": "fitting",
        "size": 480,
        "parameters": {"model": "anna"},
    }
    return Style.objects.create(**(given | values))


def order(*products, style=None):
    return submit(
        Order(
            products=products or [make_top()],
            style=style or make_style(),
            source=Source.COMMAND,
            client="tests",
        )
    )


def test_from_the_order_to_the_shops_media():
    model = make_model()
    receipt = order()
    (job,) = run_jobs()
    assert job.state == "succeeded", job.error
    image = job.images.get()
    assert image.state == ImageState.PENDING
    assert image.passed
    assert image.fidelity["outside_max"] == 0
    assert [check["code"] for check in image.fidelity["checks"]] == ["preview"]
    assert image.source_type == "compositeSynthetic"
    with private_storage().open(image.file.name) as file:
        picture = np.asarray(Image.open(file).convert("RGB")).astype(int)
    assert picture.shape[:2] == (480, 360)
    chest = picture[230, 180]
    assert chest[0] > chest[2] + 60
    review.approve(image, user=None)
    publishing.publish(image)
    image.refresh_from_db()
    assert image.state == ImageState.PUBLISHED
    model.refresh_from_db()
    assert model.landmarks["neck"]  # kept for staff to look at
    assert receipt.submission.jobs.count() == 1


def test_placed_landmarks_are_used_and_not_overwritten():
    from tests.storefront.shoppers import POSE

    model = make_model(landmarks=POSE)
    model.landmarks = POSE
    model.save()
    order()
    (job,) = run_jobs()
    assert job.state == "succeeded", job.error
    model.refresh_from_db()
    assert model.landmarks == POSE


@pytest.mark.parametrize(
    "parameters, words", [({}, "Name a house model"), ({"model": "bea"}, "bea")]
)
def test_a_style_without_a_model_that_stands_is_refused_when_saved(parameters, words):
    make_model()
    style = Style(slug="s", name="S", task=Task.TRY_ON, engine="fitting", parameters=parameters)
    with pytest.raises(ValidationError, match=words):
        style.clean()


def test_where_there_is_no_model_at_all_it_says_so():
    style = Style(slug="s", name="S", task=Task.TRY_ON, engine="fitting")
    with pytest.raises(ValidationError, match="no house model yet"):
        style.clean()


@pytest.mark.parametrize(
    "values",
    [{"consent_until": timezone.now().date() - timedelta(days=2)}, {"is_active": False}],
)
def test_after_the_consent_nothing_is_made(values):
    make_model()
    order()
    ModelPhoto.objects.update(**values)
    (job,) = run_jobs()
    assert job.state == "failed"
    assert job.error_kind == "person"
    assert "consent" in job.error


def test_what_is_no_top_is_skipped_with_the_reason():
    make_model()
    receipt = order(make_top(), make_product())
    assert receipt.job_count == 1
    (skipped,) = receipt.skipped
    assert "no garment" in skipped.reason
    with pytest.raises(RequestRefused, match="no garment"):
        order(make_product(), style=Style.objects.get(slug="on-anna"))
    assert GenerationJob.objects.count() == 1


def test_a_garment_seen_at_an_angle_fails_in_words():
    from prodimages.models import ProductSettings

    make_model()
    product = make_top()
    ProductSettings.objects.create(product=product, elevation=20, support="surface")
    order(product)
    (job,) = run_jobs()
    assert job.error_kind == "garment"
    assert "plane-on" in job.error
