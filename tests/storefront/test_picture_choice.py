"""Which picture a shopper gets: by the scene, the kind of shopper and the season."""

from __future__ import annotations

import pytest
from django.utils import timezone

from prodimages.models import (
    GeneratedImage,
    StorefrontVariant,
)
from prodimages.services import publishing
from prodimages.services.storefront import scenes
from tests.factories import make_product, make_style
from tests.storefront.conftest import STATUS, jobs, make_published, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def test_kinds_of_shoppers_share_a_picture_where_the_style_is_the_same(client):
    scene = make_scene()
    make_scene("marble", season="winter", style=make_style(requires_review=False), position=1)
    product = make_product()
    for segment in ("gift", "outdoor"):
        client.get(url(product, segment=segment))
    assert jobs() == 1
    client.get(url(product, season="winter"))
    assert jobs() == 2
    work()
    styles = {row.key: row.style for row in StorefrontVariant.objects.select_related("style")}
    assert styles["marble.gift"] == styles["marble.outdoor"] == scene.style
    assert styles["marble...winter"] != scene.style
    for address in (url(product, segment="outdoor"), url(product, season="winter")):
        assert client.get(address)[STATUS] == "ready"
    pictures = dict(StorefrontVariant.objects.values_list("key", "image"))
    assert pictures["marble.gift"] == pictures["marble.outdoor"] != pictures["marble...winter"]


def test_without_a_scene_the_best_published_picture_is_shown(client):
    product = make_product()
    address = url(product, scene="")
    assert client.get(address)[STATUS] == "pending"
    assert jobs() == 0
    image = make_published(product)  # its publication has the renditions made
    work()
    assert client.get(address)[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image == image
    better = make_published(product)
    # By some seeds the cloth of its ground comes near to the product, which is remarked.
    GeneratedImage.objects.update(severity=0)
    work()
    assert StorefrontVariant.objects.get().image == better
    publishing.unpublish(better)
    StorefrontVariant.objects.update(due_at=timezone.now())
    assert client.get(address)[STATUS] == "pending"
    assert client.get(address)[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image == image


def test_a_season_may_choose_where_the_shopper_does_not(client):
    make_scene("", season="winter")
    product = make_product()
    client.get(url(product, scene="", season="winter"))
    assert jobs() == 1
    client.get(url(product, scene="", season="summer"))
    assert jobs() == 1


def test_scenes_of_inactive_styles_are_not_offered():
    make_scene("oak", style=make_style(is_active=False))
    make_scene("pine", is_active=False)
    make_scene("marble")
    make_scene("marble", season="winter")
    make_scene("", season="winter")
    assert [scene.slug for scene in scenes.offered("local")] == ["marble"]
