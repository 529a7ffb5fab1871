"""Everybody at once: one job, one set of renditions, and quotas that hold to the picture."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from prodimages.models import GenerationJob, Rendition, StorefrontQuota, StorefrontVariant
from prodimages.services import execution
from prodimages.services.storefront import orders, renditions, shown
from tests.concurrency import at_once
from tests.factories import make_product
from tests.services.running import QUEUES
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

CROWD = 24


def look(address: str) -> str:
    response = Client().get(address)
    assert response.status_code in {200, 302}, response.content
    return response[STATUS]


@pytest.mark.slow
def test_a_thousand_misses_order_one_job():
    make_scene()
    address = url(make_product())

    def look_often(number: int) -> Counter[str]:
        return Counter(look(address) for _time in range(1000 // CROWD + 1))

    outcomes = at_once(CROWD, look_often)
    assert sum(outcomes, Counter()) == {"pending": (1000 // CROWD + 1) * CROWD}, outcomes
    assert jobs() == StorefrontVariant.objects.count() == 1
    assert set(StorefrontQuota.objects.values_list("used", flat=True)) == {1}


def test_kinds_that_share_a_style_share_the_job_at_the_same_moment():
    make_scene()
    product = make_product()
    addresses = [url(product, segment=f"s{number}") for number in range(8)]
    outcomes = at_once(8, lambda number: look(addresses[number]))
    assert outcomes == ["pending"] * 8
    assert jobs() == 1
    assert StorefrontVariant.objects.count() == 8
    assert set(StorefrontVariant.objects.values_list("job", flat=True)) == {
        GenerationJob.objects.get().pk
    }
    work()
    assert [look(address) for address in addresses] == ["ready"] * 8


def test_quotas_hold_however_many_ask(settings, shop):
    settings.PRODIMAGES = shop | {"STOREFRONT_PRODUCT_PICTURES": 3, "STOREFRONT_SHOP_PICTURES": 5}
    for number in range(6):
        make_scene(f"s{number}")
    products = [make_product() for _number in range(2)]
    addresses = [url(product, f"s{number}") for product in products for number in range(6)]
    outcomes = at_once(len(addresses), lambda number: look(addresses[number]))
    assert outcomes == ["pending"] * len(addresses)
    assert jobs() == 5
    used = dict(StorefrontQuota.objects.values_list("holder", "used"))
    assert used["shop:local"] == 5
    assert sorted(used.values()) == [2, 3, 5]


def test_an_outdated_picture_is_ordered_anew_once():
    make_scene()
    product = make_product()
    address = url(product)
    look(address)
    work()
    StorefrontVariant.objects.update(stale_since=timezone.now(), due_at=timezone.now())
    outcomes = at_once(12, lambda number: look(address))
    assert outcomes == ["stale"] * 12
    assert jobs() == 2


def test_two_workers_make_renditions_once():
    make_scene()
    product = make_product()
    look(url(product))
    execution.run_next(QUEUES)
    outcomes = at_once(4, lambda number: renditions.run_next(QUEUES))
    assert sorted(outcomes) == [0, 0, 0, 1], outcomes
    assert Rendition.objects.count() == 9
    assert look(url(product)) == "ready"


def test_a_worker_that_was_thought_dead_changes_nothing():
    make_scene()
    product = make_product()
    look(url(product))
    execution.run_next(QUEUES)
    slow = renditions.claim(QUEUES)
    type(slow).objects.update(lease_expires_at=timezone.now())
    assert renditions.run_next(QUEUES) == 1
    published = StorefrontVariant.objects.get().image
    renditions.carry_out(slow)
    assert StorefrontVariant.objects.get().image == published
    assert Rendition.objects.count() == 9


def test_a_worker_that_dies_while_it_makes_renditions_is_followed_by_another():
    make_scene()
    product = make_product()
    look(url(product))
    execution.run_next(QUEUES)
    dead = renditions.claim(QUEUES)
    assert renditions.run_next(QUEUES) == 0
    type(dead).objects.update(lease_expires_at=timezone.now())
    assert renditions.anything_due(QUEUES) == QUEUES
    assert renditions.run_next(QUEUES) == 1
    assert look(url(product)) == "ready"


def test_a_refresh_while_shoppers_look():
    make_scene()
    product = make_product()
    address = url(product)
    look(address)
    work()

    def act(number: int) -> object:
        if number == 0:
            return orders.refresh(list(StorefrontVariant.objects.all()))
        return look(address)

    outcomes = at_once(10, act)
    assert outcomes[0] == 1
    assert set(outcomes[1:]) <= {"ready", "stale"}
    work()
    shown.settle("local", product.pk)
    assert look(address) == "ready"
    assert jobs() == 2
