"""Secrets are shown once, found by their digest, rotated without a gap and revoked for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import Scope
from prodimages.exceptions import TransitionRefused
from prodimages.models import ApiKey, ApiSecret
from prodimages.services import api_keys
from tests.concurrency import at_once

pytestmark = pytest.mark.django_db


def issue(**values):
    return api_keys.issue(
        **({"shop": "local", "name": "ERP", "scopes": [Scope.IMAGES_READ]} | values)
    )


def test_a_secret_is_nowhere_in_the_database():
    key, secret = issue()
    row = ApiSecret.objects.get()
    assert row.key == key
    assert secret.startswith(row.prefix)
    random_part = secret.removeprefix(row.prefix + "_")
    assert not any(random_part in str(value) for value in vars(row).values())


def test_a_key_is_found_by_its_secret_and_nothing_else():
    key, secret = issue()
    assert api_keys.find(secret).key == key
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for wrong in ("", "x", changed, secret[:20], secret + "A", secret + "\n", "pik_é_" + "A" * 43):
        assert api_keys.find(wrong) is None, wrong


def test_expired_and_revoked_keys_open_nothing():
    past = timezone.now() - timedelta(seconds=1)
    _key, expired = issue(expires_at=past)
    assert api_keys.find(expired) is None
    key, secret = issue()
    api_keys.revoke(key)
    assert api_keys.find(secret) is None
    with pytest.raises(TransitionRefused):
        api_keys.revoke(key)
    with pytest.raises(TransitionRefused):
        api_keys.rotate(key)


def test_both_secrets_are_valid_while_a_rotation_overlaps():
    key, old = issue()
    new = api_keys.rotate(key, overlap=timedelta(hours=1))
    assert api_keys.find(old).key == api_keys.find(new).key == key
    ApiSecret.objects.exclude(expires_at=None).update(expires_at=timezone.now())
    assert api_keys.find(old) is None
    assert api_keys.find(new).key == key


def test_a_rotation_never_lengthens_what_an_earlier_one_had_cut():
    key, _old = issue()
    api_keys.rotate(key, overlap=timedelta(hours=1))
    soon = ApiSecret.objects.order_by("pk").first().expires_at
    api_keys.rotate(key, overlap=timedelta(days=3))
    first, second, third = ApiSecret.objects.order_by("pk")
    assert first.expires_at == soon
    assert second.expires_at > soon
    assert third.expires_at is None


@pytest.mark.django_db(transaction=True)
def test_racing_rotations_leave_one_secret_without_an_end():
    key, _old = issue()
    outcomes = at_once(4, lambda number: api_keys.rotate(key))
    assert all(isinstance(outcome, str) for outcome in outcomes), outcomes
    assert ApiSecret.objects.filter(expires_at=None).count() == 1


def test_use_is_noted_once_a_minute(django_assert_num_queries):
    _key, secret = issue()
    row = api_keys.find(secret)
    api_keys.note_use(row)
    row = api_keys.find(secret)
    noted = row.last_used_at
    assert noted is not None
    with django_assert_num_queries(0):
        api_keys.note_use(row)
    ApiSecret.objects.update(last_used_at=noted - timedelta(minutes=2))
    api_keys.note_use(api_keys.find(secret))
    assert ApiSecret.objects.get().last_used_at >= noted


def test_scopes_are_the_listed_ones():
    key, _secret = issue(scopes=[Scope.IMAGES_READ, Scope.STYLES_READ])
    key = ApiKey.objects.get(pk=key.pk)
    assert key.allows(Scope.STYLES_READ)
    assert not key.allows(Scope.GENERATIONS_WRITE)
    with pytest.raises(ValueError):
        issue(scopes=["everything"])
