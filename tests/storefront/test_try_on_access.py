"""Who may see a try-on, and how often one may ask."""

from __future__ import annotations

import pytest

from prodimages.models import ShopperPhoto
from tests.storefront.shoppers import FITTING, URL, ask, form, headers, upload
from tests.wearing import make_top

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def test_forged_foreign_and_expired_tokens_are_all_the_same_403(client, settings):
    body = ask(client).json()
    other = ask(client).json()
    answers = []
    for token in ("", "x", "A" * 43, other["token"], body["token"].swapcase(), "ä" * 43):
        wrong = headers({"token": token.encode().decode("latin-1")})
        for method in ("get", "delete"):
            answers.append(getattr(client, method)(body["links"]["self"], **wrong))
        answers.append(client.get(body["links"]["photo"], **wrong))
    ShopperPhoto.objects.filter(owner__isnull=False).update(expires_at="2020-01-01T00:00Z")
    mine = headers(body)
    answers.append(client.get(body["links"]["self"], **mine))
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert ShopperPhoto.objects.count() == 2


@pytest.mark.parametrize("photo", [True, False])
def test_nobody_brings_a_token_of_their_own(client, photo):
    """Not even with a photo: it might be one that others guess."""
    values = {} if photo else {"photo": None}
    for token in ("A" * 43, "x"):
        assert ask(client, token=token, **values).status_code == 403
    assert not ShopperPhoto.objects.exists()


def test_no_token_works_in_an_address(client):
    body = ask(client).json()
    for name in ("token", "X-Try-On-Token", "owner"):
        assert client.get(body["links"]["self"], {name: body["token"]}).status_code == 403


def test_quotas_refuse_with_the_seconds_until_tomorrow(client, settings):
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"token": 9, "address": 2, "product": 9}}
    assert [ask(client).status_code for _again in range(3)] == [202, 202, 429]
    answer = ask(client)
    assert 0 < int(answer["Retry-After"]) <= 86400
    assert ShopperPhoto.objects.count() == 2


def test_photos_that_are_refused_use_the_quotas_up_as_well(client, settings, monkeypatch):
    """Else whoever may ask for no more could have us open pictures all day."""
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"address": 2}}
    opened = []
    monkeypatch.setattr("prodimages.imaging.reencode.open_photo", lambda *given: opened.append(1))
    codes = [ask(client, photo=upload(b"hello")).status_code for _again in range(4)]
    assert codes == [400, 400, 429, 429]
    assert len(opened) == 2


def test_a_header_that_anybody_can_send_makes_no_new_address(client, settings, from_anywhere):
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"address": 1}}
    codes = [
        client.post(URL, form(make_top()), headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(2)
    ]
    assert codes == [202, 429]
