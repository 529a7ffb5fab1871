"""An address shows what the shop made it for, and nothing can be changed in it or added."""

from __future__ import annotations

import pytest

from prodimages.models import (
    StorefrontVariant,
)
from prodimages.services.storefront import orders
from prodimages.storefront import signing
from tests.factories import make_product
from tests.storefront.conftest import STATUS, jobs, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: address.replace("v=marble", "v=other"),
        lambda address: address.replace("s=", "s=A"),
        lambda address: address.partition("?")[0],
        lambda address: address.replace("e=", "e=9"),
        lambda address: address + "&shop=other",
    ],
)
def test_what_the_shop_did_not_make_is_forged(client, forge):
    make_scene()
    response = client.get(forge(url(make_product())))
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:prodimages:problem:forged_address"
    assert response["Cache-Control"] == "no-store"
    assert not StorefrontVariant.objects.exists()


def test_an_address_of_one_product_is_none_of_another(client):
    make_scene()
    mine, other = make_product(), make_product()
    address = url(mine).replace(f"/{mine.pk}/", f"/{other.pk}/")
    assert client.get(address).status_code == 403


def test_an_unknown_scene_is_refused_by_name(client):
    product = make_product()
    scene = make_scene()
    make_scene("oak")
    address = url(product)
    scene.delete()
    response = client.get(address)
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "field": "scene",
            "code": "invalid",
            "detail": "There is no scene “marble”. There are: oak.",
        }
    ]
    with pytest.raises(orders.RequestRefused, match="There are: oak"):
        url(product)


@pytest.mark.parametrize(
    "more, field, words",
    [
        ("&w=65", "w", "given twice"),
        ("&x=1", "x", "Not understood"),
        ("&f=gif", "f", "given twice"),
        ("&pending=2", "pending", "Not understood"),
        ("&pending", "pending", "Not understood"),
        ("&", "query", "Not understood"),
        ("&pending=%31", "query", "Not understood"),
    ],
)
def test_nothing_can_be_added_to_an_address(client, more, field, words):
    make_scene()
    response = client.get(url(make_product()) + more)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field
    assert words in response.json()["detail"]


def test_an_address_is_written_in_one_way_and_in_the_one_of_caches_that_sort(client):
    """Others would each be kept once more by a CDN, and asked for here."""
    make_scene()
    path, _mark, query = url(make_product()).partition("?")
    parts = query.split("&")
    assert client.head(f"{path}?{'&'.join(sorted(parts))}").status_code == 200
    assert client.get(f"{path}?{'&'.join(reversed(parts))}").status_code == 400
    assert client.get(f"{path}?{query.replace('marble', '%6Darble')}").status_code == 400


@pytest.mark.parametrize("change", [("w=128", "w=127"), ("f=jpeg", "f=gif"), ("w=128", "w=")])
def test_other_widths_and_formats_are_refused_by_name(client, change):
    make_scene()
    response = client.get(url(make_product()).replace(*change))
    assert response.status_code == 400
    assert "there are: " in response.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_other_methods_are_refused(client, method):
    make_scene()
    response = getattr(client, method)(url(make_product()))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_an_old_address_shows_what_there_is_and_orders_nothing(client, monkeypatch):
    make_scene()
    product, other = make_product(), make_product()
    addresses = url(product), url(other)
    client.get(addresses[0])
    work()
    later = signing.time.time() + 3 * 86_400
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert client.get(addresses[0])[STATUS] == "ready"
    response = client.get(addresses[1])
    assert (response.status_code, response[STATUS]) == (302, "expired")
    assert response["Cache-Control"] == "no-store"
    assert jobs() == 1
