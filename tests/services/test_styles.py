from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from prodimages.models import ProductSettings, Style, StyleRule
from prodimages.services import styles
from prodimages.services.shipped import install_shipped_styles, shipped_styles
from prodimages.shops.base import ProductInfo
from tests.factories import make_style

SHIRT = ProductInfo(
    key="1", name="Shirt", category="Clothing/Shirts", tags=("New",), product_type="shirt"
)


def rule(**values):
    return StyleRule(name="rule", **values)


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"category": "clothing"}, True),
        ({"category": "/clothing/shirts/"}, True),
        ({"category": "cloth"}, False),
        ({"category": "clothing/shirts/long"}, False),
        ({"tag": "new"}, True),
        ({"tag": "sale"}, False),
        ({"product_type": "SHIRT"}, True),
        ({"product_type": "shoe"}, False),
        ({"category": "clothing", "tag": "sale"}, False),
    ],
)
def test_a_rule_matches_when_every_condition_holds(conditions, matches):
    assert styles.matches(rule(**conditions), SHIRT) is matches


@pytest.mark.django_db
def test_the_first_rule_decides_and_product_settings_overrule_it(flat):
    from tests.factories import make_product

    first, second, own = make_style(), make_style(), make_style()
    product = make_product()
    for position, style in enumerate([first, second]):
        StyleRule.objects.create(name=f"rule {position}", position=position).styles.add(style)
    rules = list(StyleRule.objects.for_shop("local"))
    assert styles.styles_by_rule(SHIRT, rules) == ([first], "rule 0")

    settings = ProductSettings.objects.create(product=product)
    assert styles.styles_by_rule(SHIRT, rules, settings)[0] == [first]
    settings.styles.add(own)
    assert styles.styles_by_rule(SHIRT, rules, settings)[0] == [own]


@pytest.mark.django_db
def test_a_style_switched_off_is_not_chosen(flat):
    style = make_style(is_active=False)
    StyleRule.objects.create(name="rule").styles.add(style)
    assert styles.styles_by_rule(SHIRT, list(StyleRule.objects.for_shop("local")))[0] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"engine": "nobody"}, "engine"),
        ({"task": "upscale"}, "task"),
        ({"prompt": "{price}"}, "prompt"),
        ({"parameters": {"bad": 1}}, "parameters"),
        ({"parameters": {"fill": 3}}, "parameters"),
        ({"parameters": {"fill": True}}, "parameters"),
        ({"parameters": {"align": "left"}}, "parameters"),
        ({"parameters": ["fill"]}, "parameters"),
    ],
)
def test_a_style_that_can_not_be_served_is_refused_beside_its_field(flat, values, field):
    style = make_style(**values)
    with pytest.raises(ValidationError) as refused:
        style.full_clean()
    assert field in refused.value.message_dict


@pytest.mark.django_db
def test_every_shipped_style_can_be_served():
    shipped = shipped_styles()
    assert {"white-packshot", "marble-table", "oak-table"} <= {style.slug for style in shipped}
    for style in shipped:
        assert styles.problems_of(style) == {}, style.slug


@pytest.mark.django_db
def test_shipped_styles_are_added_once_and_never_change_staffs_own():
    Style.objects.filter(shop="outlet").delete()
    assert install_shipped_styles("outlet") == len(shipped_styles())
    Style.objects.filter(shop="outlet", slug="oak-table").update(name="Ours", is_active=False)
    assert install_shipped_styles("outlet") == 0
    assert Style.objects.get(shop="outlet", slug="oak-table").name == "Ours"


@pytest.mark.parametrize(
    ("aspect", "dimensions"),
    [("1:1", (1000, 1000)), ("4:5", (800, 1000)), ("16:9", (1000, 562)), ("9:16", (562, 1000))],
)
def test_the_longest_side_is_the_size(aspect, dimensions):
    assert Style(size=1000, aspect=aspect).dimensions == dimensions
