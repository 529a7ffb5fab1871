"""Orders that shoppers cause: within budgets and quotas, and none the worse for failures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from prodimages.choices import VariantState
from prodimages.models import (
    Budget,
    StorefrontQuota,
    StorefrontVariant,
)
from prodimages.services.storefront import orders
from tests.factories import make_product, make_style
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def test_budgets_and_quotas_cost_a_shopper_nothing(client, settings, shop):
    Budget.objects.create(shop="local", pictures=0)
    make_scene()
    product = make_product()
    assert client.get(url(product))[STATUS] == "pending"
    assert jobs() == 0
    row = StorefrontVariant.objects.get()
    assert "daily budget" in row.error
    assert row.due_at > timezone.now()
    assert not StorefrontQuota.objects.filter(used__gt=0).exists()
    Budget.objects.update(pictures=9)
    client.get(url(product))
    assert jobs() == 0  # not before the day is over


@pytest.mark.parametrize("name", ["STOREFRONT_PRODUCT_PICTURES", "STOREFRONT_SHOP_PICTURES"])
def test_shoppers_may_have_only_so_many_made_a_day(client, settings, shop, name):
    settings.PRODIMAGES = shop | {name: 2}
    for slug in "abc":
        make_scene(slug)
    product = make_product()
    for slug in "abc":
        assert client.get(url(product, slug))[STATUS] == "pending"
    assert jobs() == 2


def test_a_failure_is_tried_again_later_and_not_for_ever(client):
    style = make_style(requires_review=False, parameters={"fail": "engine"})
    make_scene(style=style)
    product = make_product()
    for _hour in range(orders.MOST_ORDERS + 2):
        for _look in range(2):
            client.get(url(product))
        work()
        StorefrontVariant.objects.update(due_at=timezone.now())
    assert jobs() == orders.MOST_ORDERS
    row = StorefrontVariant.objects.get()
    assert (row.state, row.error) == (VariantState.FAILED, "It was tried often enough.")
    style.parameters = {}
    style.save()
    client.get(url(product))
    work()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_shops_own_failure_is_not_the_shoppers(client, monkeypatch):
    make_scene()
    product = make_product()

    def fail(self, products):
        raise ZeroDivisionError

    monkeypatch.setattr("shop_integration.catalogue.shop.CatalogueShop.photos_for", fail)
    assert client.get(url(product))[STATUS] == "pending"


def test_a_product_without_a_photo_says_so_to_staff_only(client):
    make_scene()
    response = client.get(url(make_product(photo=None)))
    assert (response.status_code, response[STATUS]) == (200, "pending")
    assert response["Content-Type"] == "image/svg+xml"
    assert "no photo" in StorefrontVariant.objects.get().error
