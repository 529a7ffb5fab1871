"""Quotas of try-ons hold exactly, however many ask at the same moment."""

from __future__ import annotations

import collections

import pytest

from prodimages.models import TryOnCount, TryOnQuota
from prodimages.services.try_on import counts, quotas
from tests.concurrency import at_once
from tests.conftest import FLAT

pytestmark = pytest.mark.django_db(transaction=True)


def asked(number: int, *, tokens: int, address: str = "203.0.113.7") -> str:
    keys = quotas.keys_for(owner=f"{number % tokens:064d}", address=address, product="7")
    try:
        quotas.take(keys)
    except quotas.QuotaSpent as error:
        return error.scope
    return "ok"


@pytest.mark.parametrize(
    "caps, tokens, expected",
    [
        ({"token": 5}, 1, {"ok": 5, "token": 19}),
        ({"address": 7}, 24, {"ok": 7, "address": 17}),
        ({"product": 3, "token": 100}, 24, {"ok": 3, "product": 21}),
        ({}, 1, {"ok": 24}),
    ],
)
def test_exactly_as_many_as_allowed_pass(settings, caps, tokens, expected):
    settings.PRODIMAGES = FLAT | {"TRY_ON_QUOTAS": caps}
    outcomes = at_once(24, lambda number: asked(number, tokens=tokens))
    assert collections.Counter(outcomes) == expected, outcomes
    for scope, cap in caps.items():
        used = TryOnQuota.objects.filter(scope=scope).values_list("used", flat=True)
        assert all(value <= cap for value in used)
    assert {
        sum(TryOnQuota.objects.filter(scope=s).values_list("used", flat=True)) for s in caps
    } <= {expected["ok"]}


def test_an_address_can_not_be_read_back_from_its_key(settings):
    settings.PRODIMAGES = FLAT
    first = quotas.keys_for(owner="a", address="203.0.113.7", product="7")["address"]
    assert first == quotas.keys_for(owner="b", address="203.0.113.7", product="8")["address"]
    quotas.TryOnSalt.objects.all().delete()
    assert first != quotas.keys_for(owner="a", address="203.0.113.7", product="7")["address"]


def test_counts_lose_nothing_under_load():
    at_once(16, lambda number: counts.count("local", "asked"))
    assert TryOnCount.objects.get().number == 16
