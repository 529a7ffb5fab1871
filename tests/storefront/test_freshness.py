"""What is outdated is shown until the newer picture is there; what nobody asks for is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from prodimages.models import (
    Rendition,
    RenditionSet,
    StorefrontVariant,
)
from prodimages.services.storefront import freshness, orders
from prodimages.storage import private_storage
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_product, make_style, photo_bytes
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def test_an_outdated_picture_is_shown_until_the_newer_one_is_there(client):
    scene = make_scene()
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    before = client.get(address)["ETag"]
    scene.style.prompt = "{name} on slate"
    scene.style.save()
    stale = client.get(address)
    assert (stale[STATUS], stale["ETag"]) == ("stale", before)
    assert "max-age=60" in stale["Cache-Control"]
    for _look in range(3):
        client.get(address)
    assert jobs() == 2
    work()
    fresh = client.get(address)
    assert fresh[STATUS] == "ready"
    assert fresh["ETag"] != before
    client.get(address)
    assert jobs() == 2


def test_a_style_that_is_only_renamed_makes_nothing_anew(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    work()
    scene.style.name = "Other"
    scene.style.save()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_style_that_changes_while_its_picture_is_made(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    scene.style.prompt = "{name} on slate"
    scene.style.save()
    work()  # the job has the plan of before
    assert client.get(url(product))[STATUS] == "stale"
    assert jobs() == 2
    work()
    assert client.get(url(product))[STATUS] == "ready"


def test_another_photo_makes_a_newer_picture(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    photo = product.media.get()
    photo.file.save("other.png", ContentFile(photo_bytes(shade=90), name="other.png"))
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 2
    photo.alt = "A mug"
    photo.save()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_photo_that_changed_behind_our_back_is_found_within_a_day(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    ProductMedia.objects.update(file="products/other.png")
    assert freshness.look() == 0
    StorefrontVariant.objects.update(looked_at=timezone.now() - timedelta(days=2))
    assert freshness.look() == 1
    assert client.get(url(product))[STATUS] == "stale"


def test_a_scene_with_another_style_is_made_anew(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    work()
    scene.style = make_style(requires_review=False)
    scene.save()
    StorefrontVariant.objects.update(due_at=timezone.now())
    orders.want("local", product.pk, orders.Context(scene="marble"))
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image.job.style == scene.style


def test_staff_refresh_what_they_like(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    assert orders.refresh(list(StorefrontVariant.objects.all())) == 1
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 2


def test_what_nobody_asks_for_is_forgotten_and_can_be_had_again(client, settings):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    old = timezone.now() - timedelta(days=91)
    StorefrontVariant.objects.update(asked_at=old)
    RenditionSet.objects.update(created_at=old)
    names = list(Rendition.objects.values_list("file", flat=True))
    storage = private_storage()
    assert freshness.forget() == len(names) == 9
    assert not any(storage.exists(name) for name in names)
    assert not StorefrontVariant.objects.exists()
    assert client.get(url(product))[STATUS] == "pending"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 1


def test_a_picture_that_is_asked_for_is_remembered(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    StorefrontVariant.objects.update(asked_at=timezone.now() - timedelta(days=20))
    client.get(url(product))
    assert StorefrontVariant.objects.get().asked_at > timezone.now() - timedelta(minutes=1)
