"""How large a product counts as when nobody gave its width."""

from __future__ import annotations

import pytest

from prodimages.models import ProductSettings
from prodimages.pipeline.lengths import length_by_category
from prodimages.services.styles import wish_for
from prodimages.shops.base import ProductInfo
from tests.factories import make_style


@pytest.mark.parametrize(
    ("category", "length"),
    [
        ("kitchen/mugs", 12),
        ("Clothing/Coats", 95),
        ("clothing", 78),
        ("jewelry/rings", 2.5),
        ("shoes", 30),
        ("服装/女式T恤", 72),
        ("家居/花瓶", 28),
        ("stationery", None),
        ("", None),
    ],
)
def test_the_category_tells_a_usual_length(category, length):
    assert length_by_category(category) == length


def test_the_more_particular_word_decides():
    assert length_by_category("furniture/lamps") < length_by_category("furniture")


@pytest.mark.parametrize(
    ("width_in_shop", "width_by_staff", "planned"),
    [
        (None, None, {"width_cm": None, "length_cm": 12}),
        (9.0, None, {"width_cm": 9.0, "length_cm": None}),
        (9.0, 11.0, {"width_cm": 11.0, "length_cm": None}),
    ],
)
@pytest.mark.django_db
def test_a_width_that_somebody_gave_counts_more(flat, width_in_shop, width_by_staff, planned):
    info = ProductInfo(key="1", name="Mug", category="kitchen/mugs", width_cm=width_in_shop)
    own = ProductSettings(width_cm=width_by_staff)
    product = wish_for(make_style(), info, own=own).product
    assert {name: product[name] for name in planned} == planned
