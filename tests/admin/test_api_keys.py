"""Keys and budgets in the admin: a secret is shown once, and only to whom it is made for."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from prodimages.choices import Scope
from prodimages.models import ApiKey, ApiSecret, Budget
from prodimages.services import api_keys
from tests.factories import make_job

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"pik_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")
WANTED = {"shop": "local", "name": "ERP", "scopes": [Scope.IMAGES_READ.value]}


def url(name: str, *args) -> str:
    return reverse(f"admin:prodimages_apikey_{name}", args=args)


def test_a_new_key_shows_its_secret_once(boss_client):
    response = boss_client.post(url("add"), WANTED)
    assert "no-store" in response["Cache-Control"]
    (secret,) = set(SECRET.findall(response.content.decode()))
    key = ApiKey.objects.get()
    assert api_keys.find(secret).key == key
    assert (key.scopes, key.created_by.username) == (["images:read"], "boss")
    assert not any(secret in str(cookie) for cookie in boss_client.cookies.values())
    for page in (url("change", key.pk), url("changelist")):
        shown = boss_client.get(page).content.decode()
        assert secret[:16] in shown
        assert secret not in shown


def test_a_rotation_asks_and_then_shows_another(boss_client):
    key, old = api_keys.issue(shop="local", name="ERP", scopes=[])
    assert "seven days" in boss_client.get(url("rotate", key.pk)).content.decode()
    assert ApiSecret.objects.count() == 1
    response = boss_client.post(url("rotate", key.pk))
    (new,) = set(SECRET.findall(response.content.decode()))
    assert new != old
    assert api_keys.find(new).key == api_keys.find(old).key == key


def test_a_revoked_key_is_over_and_says_so(boss_client):
    key, secret = api_keys.issue(shop="local", name="ERP", scopes=[])
    boss_client.get(url("revoke", key.pk))
    assert api_keys.find(secret)
    boss_client.post(url("revoke", key.pk))
    assert api_keys.find(secret) is None
    response = boss_client.post(url("rotate", key.pk), follow=True)
    assert "The key is revoked; make a new one." in response.content.decode()
    assert "Make a new secret" not in boss_client.get(url("change", key.pk)).content.decode()


def test_looking_is_not_changing(client_with):
    key, _secret = api_keys.issue(shop="local", name="ERP", scopes=[])
    client = client_with("prodimages.view_apikey")
    assert client.get(url("change", key.pk)).status_code == 200
    for name in ("rotate", "revoke"):
        assert client.get(url(name, key.pk)).status_code == 403
        assert client.post(url(name, key.pk)).status_code == 403
    assert client.post(url("delete", key.pk)).status_code == 403
    assert client.get(url("rotate", key.pk + 1)).status_code == 404


def test_a_budget_is_one_for_each_holder_and_shows_its_day(boss_client, flat):
    add = reverse("admin:prodimages_budget_add")
    wanted = {"shop": "local", "pictures": "10", "seconds": "900"}
    assert boss_client.post(add, wanted).status_code == 302
    assert "There is a budget for this already" in boss_client.post(add, wanted).content.decode()
    make_job(count=3)
    listed = boss_client.get(reverse("admin:prodimages_budget_changelist")).content.decode()
    assert "0, and 3 ordered" in listed
    assert "0, and 30 ordered" in listed
    change = reverse("admin:prodimages_budget_change", args=[Budget.objects.get().pk])
    assert "0, and 3 ordered" in boss_client.get(change).content.decode()


def test_a_budget_and_its_key_are_of_one_shop(boss_client):
    key, _secret = api_keys.issue(shop="elsewhere", name="ERP", scopes=[])
    wanted = {"shop": "local", "key": str(key.pk), "pictures": "10", "seconds": ""}
    response = boss_client.post(reverse("admin:prodimages_budget_add"), wanted)
    assert "one of another shop" in response.content.decode()


def test_the_last_use_is_shown_as_a_person_writes_a_time(boss_client):
    key, _secret = api_keys.issue(shop="local", name="ERP", scopes=[])
    at = datetime(2026, 11, 24, 2, 19, 45, 987844, tzinfo=UTC)
    ApiSecret.objects.update(last_used_at=at)
    for page in (url("change", key.pk), url("changelist")):
        shown = boss_client.get(page).content.decode()
        assert "Nov. 24, 2026, 2:19 a.m." in shown
        assert "987844" not in shown
