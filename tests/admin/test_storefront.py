"""Scenes that staff allow, and the list of what shoppers are shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from prodimages.models import StorefrontCount, StorefrontScene, StorefrontVariant
from prodimages.services.storefront import scenes
from tests.factories import make_product, make_style
from tests.storefront.conftest import jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]

LIST = "admin:prodimages_storefrontvariant_changelist"


@pytest.fixture
def shown(django_capture_on_commit_callbacks):
    make_scene()
    product = make_product(name="Tide mug")
    Client().get(url(product))
    work()
    return StorefrontVariant.objects.get()


def listed(client, **query) -> str:
    return client.get(reverse(LIST), query).content.decode()


def test_the_list_says_what_is_shown_and_how_often(boss_client, shown):
    StorefrontCount.objects.create(
        product=shown.product, key=shown.key, day=timezone.now().date(), shown=40, chosen=10
    )
    html = listed(boss_client)
    assert "Tide mug" in html
    assert ">40<" in html
    assert "10 (25%)" in html
    assert "Tide mug" not in listed(boss_client, outdated="yes")
    assert "Tide mug" in listed(boss_client, outdated="no", state="ready")


def test_the_list_takes_as_many_queries_for_many_rows(
    boss_client, shown, django_assert_max_num_queries
):
    for _number in range(4):
        Client().get(url(make_product()))
    work()
    with django_assert_max_num_queries(12):
        listed(boss_client)


def test_staff_have_a_picture_made_anew(boss_client, shown):
    data = {"action": "refresh", "_selected_action": [str(shown.pk)]}
    html = boss_client.post(reverse(LIST), data, follow=True).content.decode()
    assert "1 picture is being made anew." in html
    assert jobs() == 2
    assert "outdated" in listed(boss_client)


def test_refreshing_takes_a_permission_of_its_own(client_with, shown):
    client = client_with("prodimages.view_storefrontvariant")
    data = {"action": "refresh", "_selected_action": [str(shown.pk)]}
    client.post(reverse(LIST), data, follow=True)
    assert jobs() == 1
    assert "Make selected pictures anew" not in listed(client)


def test_variants_do_not_stand_in_the_way_of_a_products_deletion(boss_client, shown):
    address = reverse("admin:prodimages_catalogue_product_delete", args=[shown.product_id])
    assert "would require deleting" not in boss_client.get(address).content.decode()
    assert boss_client.post(address, {"post": "yes"}).status_code == 302
    assert not StorefrontVariant.objects.exists()


def test_a_scene_is_added_and_offered_at_once(boss_client):
    assert scenes.offered("local") == []
    values = {"name": "On marble", "slug": "marble", "style": make_style().pk, "shop": "local"}
    address = reverse("admin:prodimages_storefrontscene_add")
    more = {"position": 1, "is_active": "on", "segment": "", "locale": "", "season": "", "arm": ""}
    assert boss_client.post(address, values | more).status_code == 302
    assert [scene.name for scene in scenes.offered("local")] == ["On marble"]
    again = boss_client.post(address, values | more)
    assert again.status_code == 200  # it is there already
    assert StorefrontScene.objects.count() == 1
    wrong = boss_client.post(address, values | more | {"slug": "On marble"})
    assert "lower-case letters" in wrong.content.decode()
