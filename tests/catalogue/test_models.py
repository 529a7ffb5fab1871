from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from shop_integration.catalogue.models import Product


def clean(**fields) -> None:
    Product(**{"sku": "A", "name": "A", "slug": "a"} | fields).clean_fields()


@pytest.mark.parametrize("category", ["", "kitchen", "kitchen/mugs", "home & garden/pots"])
def test_category_paths_are_taken(category):
    clean(category=category)


@pytest.mark.parametrize("category", ["/kitchen", "kitchen/", "kitchen//mugs", " "])
def test_broken_category_paths_are_refused(category):
    with pytest.raises(ValidationError, match="slashes"):
        clean(category=category)


@pytest.mark.parametrize("tags", ["ceramic", [1], {"a": "b"}])
def test_tags_must_be_a_list_of_words(tags):
    with pytest.raises(ValidationError, match="list of words"):
        clean(tags=tags)
