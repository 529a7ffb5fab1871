"""Shoppers see what somebody approved, for as long as it is published."""

from __future__ import annotations

import pytest
from django.utils import timezone

from prodimages.choices import ImageState, Source
from prodimages.models import (
    GeneratedImage,
    StorefrontVariant,
)
from prodimages.services import publishing, review
from tests.factories import make_product
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def test_nothing_is_shown_before_somebody_approved_it(client):
    make_scene(review=True)
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    image = GeneratedImage.objects.get()
    assert image.state == ImageState.PENDING
    StorefrontVariant.objects.update(due_at=timezone.now())
    assert client.get(address)[STATUS] == "pending"
    assert jobs() == 1  # what waits for review is not ordered anew
    assert StorefrontVariant.objects.get().error == "It waits for review."
    review.approve(image, user=None)
    assert publishing.publish(image) == ""
    assert client.get(address)[STATUS] == "pending"
    work()
    assert client.get(address)[STATUS] == "ready"


def test_what_is_taken_back_or_rejected_is_shown_no_more(client):
    make_scene()
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    image = GeneratedImage.objects.get()
    publishing.unpublish(image)
    assert image.state == ImageState.APPROVED
    assert client.get(address)[STATUS] == "pending"
    publishing.publish(image)
    work()
    assert client.get(address)[STATUS] == "ready"
    publishing.unpublish(image)
    review.reject(image, user=None, code="other")
    work()
    assert client.get(address)[STATUS] == "pending"


def test_a_picture_rejected_while_its_renditions_are_made_stays_hidden(client):
    make_scene(review=True)
    product = make_product()
    client.get(url(product))
    work()
    image = GeneratedImage.objects.get()
    review.approve(image, user=None)
    publishing.publish(image)
    review.reject(image, user=None, code="other")
    work()
    image.refresh_from_db()
    assert image.state == ImageState.REJECTED
    assert client.get(url(product))[STATUS] == "pending"


def test_a_published_picture_in_the_scenes_style_is_shown_without_a_job(client):
    scene = make_scene()
    product = make_product()
    from prodimages.services.submission import Order, submit

    receipt = submit(
        Order(products=[product], style=scene.style, source=Source.COMMAND, client="tests")
    )
    work()
    assert receipt.submission.jobs.get().images.get().state == ImageState.PUBLISHED
    assert client.get(url(product))[STATUS] == "pending"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 1
