"""Rates are exact in Redis over many connections, and a check says where they aren't."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.urls import clear_url_caches, reverse

from prodimages.services import rates
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.servers import redis, unavailable


def found(**kwargs) -> set[str]:
    return {one.id for one in run_checks(tags=["prodimages"], **kwargs)}


@pytest.mark.services
def test_racing_requests_are_counted_exactly_in_redis(settings):
    try:
        with redis() as url:
            settings.CACHES = {
                "default": {
                    "BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": url,
                }
            }
            settings.PRODIMAGES = FLAT | {"API_RATES": {"write": "10/day"}}
            waits = at_once(60, lambda number: rates.wait_for("write", "key:1"))
            assert waits.count(None) == 10, waits
            assert "prodimages.W004" not in found(include_deployment_checks=True)
    except FileNotFoundError:
        unavailable("Redis")


def test_a_deployment_is_told_that_its_cache_counts_less_exactly(settings):
    assert reverse("prodimages_api:generations") == "/api/v1/generations/"
    assert "prodimages.W004" not in found()
    assert "prodimages.W004" in found(include_deployment_checks=True)
    settings.PRODIMAGES = FLAT | {"API_CACHE": "none"}
    assert "prodimages.E010" in found(include_deployment_checks=True)


def test_a_host_without_the_api_is_told_nothing(settings):
    settings.ROOT_URLCONF = "shop_integration.demo.urls"
    clear_url_caches()
    assert "prodimages.W004" not in found(include_deployment_checks=True)


@pytest.mark.parametrize("rates", [{"read": "10"}, {"reads": "10/day"}, "10/day", {"read": 10}])
def test_rates_that_make_no_sense_are_an_error(settings, rates):
    settings.PRODIMAGES = FLAT | {"API_RATES": rates}
    assert "prodimages.E009" in found()


def test_a_time_zone_that_is_none_is_an_error(settings):
    shop = FLAT["SHOPS"]["local"]
    settings.PRODIMAGES = FLAT | {"SHOPS": {"local": shop | {"TIME_ZONE": "Mars/Olympus"}}}
    assert "prodimages.E008" in found()
    settings.PRODIMAGES = FLAT | {"SHOPS": {"local": shop | {"TIME_ZONE": "Europe/Paris"}}}
    assert "prodimages.E008" not in found()
