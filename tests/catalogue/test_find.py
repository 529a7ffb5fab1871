"""Many products are found as one is, in a few queries."""

from __future__ import annotations

import pytest

from prodimages.shops.registry import shop_backend
from tests.factories import make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


def test_many_are_found_as_one_is(django_assert_num_queries):
    first, second = make_product(photo=None), make_product(photo=None)
    texts = [first.sku, str(second.pk), f"0{second.pk}", "none", "", "9" * 40, "-1"]
    shop = shop_backend("local")
    with django_assert_num_queries(2):
        found = shop.find_all(texts)
    assert found == {first.sku: first, str(second.pk): second, f"0{second.pk}": second}
    assert {text: shop.find(text) for text in texts[:2]} == {
        first.sku: first,
        str(second.pk): second,
    }


def test_a_shop_with_a_find_of_its_own_is_asked_by_it(monkeypatch):
    product = make_product(photo=None)
    shop = shop_backend("local")
    own = {"it": product}
    monkeypatch.setattr(type(shop), "find", lambda self, text: own.get(text), raising=False)
    assert shop.find_all(["it", product.sku]) == {"it": product}
