"""What staff see of pictures on their way to an outside shop."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.choices import ImageState, PublicationState
from prodimages.models import Publication
from prodimages.services import delivery, publications
from prodimages.shops.platform import PlatformUnavailable
from shop_integration.catalogue.shop import CatalogueShop
from tests.admin.helpers import finished_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
GRID = "admin:prodimages_generatedimage_changelist"
LIST = "admin:prodimages_publication_changelist"


@pytest.fixture
def image(monkeypatch):
    """A picture to review of a shop that is asked by workers only."""
    monkeypatch.setattr(CatalogueShop, "publishes_at_once", False)
    return finished_job().images.get()


@pytest.fixture
def decide(boss_client):
    def post(**data):
        address = reverse("admin:prodimages_generatedimage_review")
        return boss_client.post(address, data | {"next": reverse(GRID)}, follow=True)

    return post


def shown(response) -> str:
    return response.content.decode()


def test_approving_says_that_the_picture_is_on_its_way(image, decide):
    page = shown(decide(approve=image.pk))
    assert "1 picture is approved and on its way to the shop." in page
    assert "It is being published." in page
    image.refresh_from_db()
    assert image.state == ImageState.APPROVED


def test_a_failed_publication_says_why_and_is_tried_again(image, decide, boss_client, monkeypatch):
    decide(approve=image.pk)

    def refuse(self, product, picture):
        raise PlatformUnavailable("The shop is being moved.")

    monkeypatch.setattr(CatalogueShop, "publish", refuse)
    Publication.objects.update(attempts_made=7)
    delivery.run_next(["prodimages"])
    page = shown(boss_client.get(reverse(GRID)))
    assert "Not taken by the shop (attempts: 8): The shop is being moved." in page
    assert "The shop is being moved." in shown(boss_client.get(reverse(LIST)))
    row = Publication.objects.get()
    data = {"action": "try_again", "_selected_action": [str(row.pk)]}
    assert "1 is tried again." in shown(boss_client.post(reverse(LIST), data, follow=True))
    monkeypatch.undo()
    delivery.run_next(["prodimages"])
    image.refresh_from_db()
    assert image.state == ImageState.PUBLISHED


def test_a_picture_that_could_not_be_taken_out_offers_to_try_again(image, decide, monkeypatch):
    decide(approve=image.pk)
    delivery.run_next(["prodimages"])
    decide(unpublish=image.pk)
    held = publications.claim(["prodimages"])
    publications.give_up(held, "No way.")
    page = shown(decide(unpublish=image.pk + 10_000) and decide(undo=image.pk))
    assert "Still in the shop (attempts to take it out: 1): No way." in page
    assert f'name="unpublish" value="{image.pk}"' in page
    decide(unpublish=image.pk)
    assert Publication.objects.get().state == PublicationState.WAITING


def test_the_list_is_for_those_who_may_see_pictures(client, image, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", password="x", is_staff=True)
    client.force_login(clerk)
    assert client.get(reverse(LIST)).status_code == 403
