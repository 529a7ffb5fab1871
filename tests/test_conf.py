from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from prodimages.conf import DEFAULTS, settings
from prodimages.engines.registry import get_engine
from prodimages.exceptions import RequestRefused
from prodimages.models.fields import product_model_name
from prodimages.shops.registry import shop_backend

ENGINE = "tests.testapp.engines.FlatEngine"
SHOP = "shop_integration.catalogue.shop.CatalogueShop"


def test_what_the_host_leaves_out_comes_from_the_defaults():
    with override_settings(PRODIMAGES={"MAX_COUNT": 3}):
        assert settings.MAX_COUNT == 3
        assert DEFAULTS["LEASE_SECONDS"] == settings.LEASE_SECONDS
    with override_settings(PRODIMAGES={}):
        assert DEFAULTS["MAX_COUNT"] == settings.MAX_COUNT


def test_named_backends_replace_the_default_as_a_whole():
    with override_settings(PRODIMAGES={"ENGINES": {"mine": {"BACKEND": ENGINE}}}):
        assert list(settings.ENGINES) == ["mine"]


def test_a_name_that_is_no_setting_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no setting 'LEASE'"):
        _ = settings.LEASE


def test_unknown_names_are_listed():
    with override_settings(PRODIMAGES={"B": 1, "QUEUE": "q", "A": 2}):
        assert settings.unknown_names() == ["A", "B"]


def test_changed_settings_give_new_instances_of_engines_and_shops():
    def declared(option):
        return {
            "ENGINES": {"flat": {"BACKEND": ENGINE, "OPTIONS": {"MAX_BATCH": option}}},
            "SHOPS": {"local": {"BACKEND": SHOP, "OPTIONS": {"number": option}}},
        }

    for option in (2, 5):
        with override_settings(PRODIMAGES=declared(option)):
            assert get_engine("flat") is get_engine("flat")
            assert get_engine("flat").max_batch == option
            assert shop_backend("local").options == {"number": option}


def test_what_is_not_declared_is_refused_with_what_is():
    declared = {"ENGINES": {"flat": {"BACKEND": ENGINE}}, "SHOPS": {"eu": {"BACKEND": SHOP}}}
    with override_settings(PRODIMAGES=declared):
        with pytest.raises(RequestRefused, match=r"no engine “slow”.*flat"):
            get_engine("slow")
        with pytest.raises(RequestRefused, match=r"no shop “us”.*eu"):
            shop_backend("us")


@pytest.mark.parametrize("name", ["", "Product", "a.b.C", None])
def test_a_product_model_that_is_no_label_is_refused_in_words(name):
    with (
        override_settings(PRODIMAGES_PRODUCT_MODEL=name),
        pytest.raises(ImproperlyConfigured, match=r"'app_label\.ModelName'"),
    ):
        product_model_name()
