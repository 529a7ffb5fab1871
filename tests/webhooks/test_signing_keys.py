from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import InboundState
from prodimages.models import InboundEvent, SigningKeys, Style
from prodimages.services import signing_keys
from prodimages.services.diagnosis import examine
from prodimages.services.inbound import handling
from prodimages.shops import signatures
from prodimages.shops.platform import PlatformUnavailable
from tests.shops.deliveries import BODY, detached_jws, jwk, rsa_key
from tests.testapp.platform import DictionaryShop
from tests.webhooks.conftest import post_raw, work

pytestmark = pytest.mark.django_db

OLD, NEW = rsa_key(), rsa_key()


class KeyedShop(DictionaryShop):
    keys: list[dict[str, str]] = []
    fetched = 0
    is_away = False

    def fetch_signing_keys(self):
        type(self).fetched += 1
        if self.is_away:
            raise PlatformUnavailable("The shop answered 502.")
        return {"keys": self.keys}

    def verify(self, delivery):
        signatures.saleor(delivery, signing_keys.known(self.shop))


@pytest.fixture(autouse=True)
def keyed(settings, shoes):
    settings.PRODIMAGES = settings.PRODIMAGES | {
        "SHOPS": {"keyed": {"BACKEND": f"{__name__}.KeyedShop"}}
    }
    KeyedShop.keys, KeyedShop.fetched, KeyedShop.is_away = [jwk(OLD, "1")], 0, False
    return KeyedShop


def deliver(client, key, kid):
    headers = {"saleor-signature": detached_jws(key, kid=kid), "webhook-id": "1"}
    return post_raw(client, BODY, headers, "/api/v1/webhooks/keyed/").status_code


def test_a_worker_fetches_the_keys_and_no_request_does(client, keyed):
    assert deliver(client, OLD, "1") == 401
    assert keyed.fetched == 0
    assert handling.anything_due(["prodimages"]) == ["prodimages"]
    work()
    assert keyed.fetched == 1
    assert handling.anything_due(["prodimages"]) == []
    assert deliver(client, OLD, "1") == 400  # signed; the test's body is no event


def test_a_new_key_is_fetched_when_a_delivery_names_it(client, keyed):
    work()
    keyed.keys = [jwk(OLD, "1"), jwk(NEW, "2")]
    assert deliver(client, NEW, "2") == 401
    work()
    assert keyed.fetched == 1  # asked a moment ago
    SigningKeys.objects.update(fetched_at=timezone.now() - timedelta(minutes=2))
    work()
    assert keyed.fetched == 2
    assert deliver(client, NEW, "2") == 400
    assert deliver(client, OLD, "1") == 400


def test_keys_grow_old(keyed):
    work()
    SigningKeys.objects.update(fetched_at=timezone.now() - timedelta(hours=7))
    work()
    assert keyed.fetched == 2


def test_a_shop_that_is_away_keeps_its_keys_and_is_asked_again(client, keyed):
    work()
    keyed.is_away = True
    SigningKeys.objects.update(fetched_at=timezone.now() - timedelta(hours=7))
    work()
    assert deliver(client, OLD, "1") == 400
    assert not signing_keys.any_due()
    row = SigningKeys.objects.get()
    row.fetched_at -= signing_keys.SPARED
    row.save()
    assert signing_keys.any_due()


def test_a_document_that_is_none_holds_no_keys(keyed):
    for document in ({}, {"keys": None}, {"keys": ["x", 3]}, {"keys": {"a": 1}}):
        SigningKeys.objects.update_or_create(shop="keyed", defaults={"document": document})
        assert signing_keys.known("keyed") == []


def test_doctor_fetches_the_keys_and_misses_styles_and_events(keyed):
    Style.objects.filter(shop="keyed").delete()
    InboundEvent.objects.create(
        shop="keyed", event_id="1", kind="created", state=InboundState.FAILED
    )
    told = [finding.text for finding in examine() if finding.about == "shops"]
    assert "keyed: the keys by which it signs are here" in told
    assert signing_keys.known("keyed") == keyed.keys
    assert any("prodimages_styles --shop keyed" in text for text in told)
    assert "1 events of shops failed; the admin says why." in told
