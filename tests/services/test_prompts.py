from __future__ import annotations

import pytest

from prodimages.exceptions import RequestRefused
from prodimages.services import prompts
from prodimages.shops.base import ProductInfo

MUG = ProductInfo(
    key="1", name="Tide mug", category="kitchen/mugs", color="sea green", tags=("gift", "ceramic")
)


def test_fields_become_the_products_words():
    template = "{color} {name}, {category}, {tags}"
    assert prompts.render(template, MUG) == "sea green Tide mug, mugs, gift, ceramic"


def test_an_addition_follows_the_template():
    assert prompts.render("on oak", MUG, "warm light") == "on oak, warm light"
    assert prompts.render("", MUG, "warm light") == "warm light"


@pytest.mark.parametrize(
    "template",
    [
        "{name.__class__}",
        "{name[0]}",
        "{name!r}",
        "{name:>99999999}",
        "{price}",
        "{}",
        "{0}",
        "{name",
        "name}",
    ],
)
def test_anything_but_a_field_is_refused_in_words(template):
    with pytest.raises(RequestRefused) as refused:
        prompts.render(template, MUG)
    assert "prompt" in refused.value.problems


def test_a_products_own_braces_stay_text():
    sly = ProductInfo(key="1", name="{description}", description="secret")
    assert prompts.render("{name}", sly) == "{description}"


def test_doubled_braces_are_braces():
    assert prompts.render("{{{name}}}", MUG) == "{Tide mug}"


def test_a_long_value_is_capped_and_control_characters_go():
    noisy = ProductInfo(key="1", name="mug\n\x00\u202e" + "x" * 500)
    rendered = prompts.render("{name}", noisy)
    assert len(rendered) == prompts.MAX_VALUE
    assert rendered.startswith("mug x")


def test_too_many_words_are_refused():
    with pytest.raises(RequestRefused, match="10000 characters; 2000"):
        prompts.render("", MUG, "x" * 10_000)
