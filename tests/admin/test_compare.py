from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.models import GeneratedImage
from tests.admin.helpers import FIDELITY, finished_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


@pytest.fixture
def job():
    return finished_job(count=3)


def address(image) -> str:
    return reverse("admin:prodimages_generatedimage_compare", args=[image.pk])


def test_shows_the_picture_the_original_and_the_siblings(
    job, boss_client, django_assert_max_num_queries
):
    image = job.images.first()
    with django_assert_max_num_queries(7):
        page = boss_client.get(address(image)).content.decode()
    assert reverse("admin:prodimages_generatedimage_file", args=[image.pk]) in page
    assert reverse("admin:prodimages_sourcephoto_file", args=[job.photo_id]) in page
    for other in job.images.all():
        assert address(other) in page


def test_lies_on_the_product_where_that_is_recorded(job, boss_client):
    image = job.images.first()
    assert boss_client.get(address(image)).context["fit"] is None
    boxes = {"box": [0.25, 0.5, 0.75, 0.9], "photo_box": [0.4, 0.2, 0.6, 0.6]}
    GeneratedImage.objects.filter(pk=image.pk).update(fidelity=FIDELITY | boxes)
    page = boss_client.get(address(image))
    # The product is 2.5 times as large in the picture across, and as large down.
    lies = {"left": -75.0, "top": 30.0, "width": 250.0, "height": 100.0}
    assert page.context["fit"] == lies | {"middle": (0.5, 0.7)}
    assert 'data-left="-75.0"' in page.content.decode()
    GeneratedImage.objects.filter(pk=image.pk).update(fidelity=FIDELITY | boxes | {"rotation": 3})
    assert boss_client.get(address(image)).context["fit"] is None


def test_is_for_those_who_may_see_pictures(job, client_with, boss_client):
    image = job.images.first()
    assert client_with("prodimages.view_generationjob").get(address(image)).status_code == 403
    assert client_with("prodimages.view_generatedimage").get(address(image)).status_code == 200
    GeneratedImage.objects.all().delete()
    assert boss_client.get(address(image)).status_code == 404


def test_a_photo_that_is_gone_is_said(job, boss_client):
    job.photo.delete()
    page = boss_client.get(address(job.images.first())).content.decode()
    assert "The original photo is not there" in page
