"""Addresses of pictures: shared within a segment, made by the shop alone, old ones powerless."""

from __future__ import annotations

import dataclasses

import pytest

from prodimages.exceptions import RequestRefused
from prodimages.services.storefront.contexts import Context
from prodimages.storefront import signing
from prodimages.storefront.signing import Forged, check, current_epoch, sign
from tests.conftest import FLAT

DAY = 86_400


def given(signed) -> dict[str, str]:
    return {name: str(value) for name, value in dataclasses.asdict(signed).items()}


def at(monkeypatch, moment: float) -> None:
    monkeypatch.setattr(signing.time, "time", lambda: moment)


def test_everybody_in_a_segment_gets_the_same_address_all_day(monkeypatch):
    signatures = []
    for hour in range(48):
        at(monkeypatch, 1_800_000_000 + hour * 3600)
        signatures.append(sign("local", "7", "marble.gift"))
    assert 2 <= len({signed.signature for signed in signatures}) <= 3
    assert all(check(**given(signed)) for signed in signatures)


def test_epochs_of_products_begin_at_moments_of_their_own():
    noon = 1_800_000_000
    turned = {
        next(
            hour
            for hour in range(25)
            if current_epoch(p, noon + hour * 3600) > current_epoch(p, noon)
        )
        for p in map(str, range(100))
    }
    assert len(turned) > 12


def test_an_address_is_fresh_in_its_epoch_and_powerless_after_it(monkeypatch):
    at(monkeypatch, 1_800_000_000)
    signed = sign("local", "7", "marble")
    assert signed.is_fresh
    at(monkeypatch, 1_800_000_000 - DAY)
    assert signed.is_fresh  # by a clock that is behind
    at(monkeypatch, 1_800_000_000 - 2 * DAY)
    assert not signed.is_fresh
    at(monkeypatch, 1_800_000_000 + DAY)
    assert not check(**given(signed)).is_fresh


@pytest.mark.parametrize(
    "change",
    [
        {"shop": "other"},
        {"product": "8"},
        {"product": "7\nmarble"},
        {"variant": "marble.gift"},
        {"variant": ""},
        {"epoch": "1"},
        {"epoch": "-1"},
        {"epoch": "٣"},
        {"epoch": "9" * 5000},
        {"signature": ""},
        {"signature": "ä"},
        {"signature": "A" * 22},
    ],
)
def test_what_was_not_signed_is_forged(change):
    signed = given(sign("local", "7", "marble"))
    with pytest.raises(Forged):
        check(**(signed | change))


def test_a_leading_zero_makes_no_second_address():
    signed = given(sign("local", "7", ""))
    with pytest.raises(Forged):
        check(**(signed | {"epoch": "0" + signed["epoch"]}))


def test_keys_are_rotated_without_breaking_addresses(settings):
    settings.PRODIMAGES = FLAT | {"STOREFRONT_KEYS": ["old"]}
    signed = sign("local", "7", "marble")
    settings.PRODIMAGES = FLAT | {"STOREFRONT_KEYS": ["new", "old"]}
    assert check(**given(signed))
    assert sign("local", "7", "marble").signature != signed.signature
    settings.PRODIMAGES = FLAT | {"STOREFRONT_KEYS": ["new"]}
    with pytest.raises(Forged):
        check(**given(signed))


def test_without_keys_of_its_own_the_secret_key_signs(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one", []
    signed = sign("local", "7", "")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two", ["one"]
    assert check(**given(signed))
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Forged):
        check(**given(signed))


@pytest.mark.parametrize(
    "context, key",
    [
        (Context(), ""),
        (Context(scene="marble"), "marble"),
        (Context(scene="marble", segment="gift", season="winter"), "marble.gift..winter"),
        (Context(arm="b"), "....b"),
        (Context(locale="zh-hans"), "..zh-hans"),
    ],
)
def test_a_context_has_one_key(context, key):
    assert context.key == key
    assert Context.from_key(key) == context


@pytest.mark.parametrize("key", [".", "a.", "a..", "a.b.c.d.e.f", "A", "a b", "ä", "-a", "a" * 41])
def test_other_keys_are_refused(key):
    with pytest.raises(RequestRefused):
        Context.from_key(key)
