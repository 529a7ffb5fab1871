"""Files of each width and format: made again where one is missing, lost or not as set."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from PIL import Image

from prodimages.choices import ImageState, RenditionState
from prodimages.models import (
    GeneratedImage,
    Rendition,
    RenditionSet,
)
from prodimages.services import publishing, review
from prodimages.services.storefront import shown
from prodimages.storage import private_storage
from tests.factories import make_product
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def test_renditions_are_tried_again_and_then_failed(client, settings, shop):
    settings.PRODIMAGES = shop | {"PUBLISH_RETRY_SECONDS": 0}
    make_scene(review=True)
    product = make_product()
    client.get(url(product))
    work()
    image = GeneratedImage.objects.get()
    private_storage().delete(image.file.name)
    review.approve(image, user=None)
    publishing.publish(image)
    work()
    row = RenditionSet.objects.get()
    assert (row.state, row.attempts_made) == (RenditionState.FAILED, 5)
    image.refresh_from_db()
    assert image.publish_error
    assert image.state == ImageState.APPROVED


def test_a_rendition_that_the_storage_lost_is_made_again(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    lost = Rendition.objects.get(format="jpeg", width=128)
    private_storage().delete(lost.file.name)
    answer = client.get(url(product, width=128))
    assert (answer.status_code, answer[STATUS], answer["Cache-Control"]) == (
        *(200, "pending"),
        "no-store",
    )
    assert len(answer.content) > 500  # what stands in is the picture itself
    work()
    again = client.get(url(product, width=128))
    assert again[STATUS] == "ready"
    assert again["ETag"] == f'"{lost.digest[:32]}"'
    assert jobs() == 1


def test_other_widths_are_made_for_old_pictures_when_a_shopper_asks(client, settings, shop):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    settings.PRODIMAGES = shop | {"STOREFRONT_WIDTHS": [96, 256], "STOREFRONT_FORMATS": ["webp"]}
    for width, found in ((96, 128), (96, 128), (256, 256)):
        answer = client.get(url(product, width=width))
        assert answer[STATUS] == "ready"
        assert Image.open(io.BytesIO(answer.content)).width == found
    assert RenditionSet.objects.get().state == RenditionState.WAITING
    shown.settle("local", product.pk)
    assert client.get(url(product))[STATUS] == "ready"
    work()
    answer = client.get(url(product, width=96, format="webp"))
    assert Image.open(io.BytesIO(answer.content)).width == 96
    assert jobs() == 1


def test_all_that_is_missing_can_be_ordered_at_once(client, settings, shop):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    order = lambda *options: _output("prodimages_renditions", *options)  # noqa: E731
    assert order() == "Renditions of 0 pictures are ordered."
    private_storage().delete(Rendition.objects.get(format="webp", width=64).file.name)
    assert order() == "Renditions of 0 pictures are ordered."
    assert order("--files") == "Renditions of 1 pictures are ordered."
    settings.PRODIMAGES = shop | {"STOREFRONT_WIDTHS": [64, 96, 128, 256]}
    assert order() == "Renditions of 0 pictures are ordered."  # under way already
    work()
    assert order("--files") == "Renditions of 0 pictures are ordered."
    assert Rendition.objects.count() == 12


def _output(name: str, *options: str) -> str:
    out = io.StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue().strip()
