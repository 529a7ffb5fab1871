from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from prodimages.models import InboundEvent
from prodimages.services.inbound import handling
from tests.factories import make_style
from tests.shops.deliveries import standard_headers
from tests.testapp.platform import SECRET, DictionaryShop

BACKEND = "tests.testapp.platform.DictionaryShop"
ADDRESS = "/api/v1/webhooks/shoes/"
Send = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def shoes(settings, flat):
    """A shop named shoes on a platform that is a dictionary."""
    settings.PRODIMAGES = flat | {"SHOPS": flat["SHOPS"] | {"shoes": {"BACKEND": BACKEND}}}
    DictionaryShop.forget()
    yield DictionaryShop
    DictionaryShop.forget()


@pytest.fixture
def send(client) -> Send:
    """Posts a signed event; gives the response."""

    def post(event_id: str = "msg_1", *, via: Client = client, **event: Any) -> HttpResponse:
        body = json.dumps({"kind": "created", "id": "7", "name": "Shoe 7", "at": 0} | event)
        return post_raw(
            via, body.encode(), standard_headers(SECRET, body.encode(), event_id=event_id)
        )

    return post


def post_raw(
    client: Client, body: bytes, headers: dict[str, str], path: str = ADDRESS, **extra: Any
) -> HttpResponse:
    return client.post(path, body, content_type="application/json", headers=headers, **extra)


@pytest.fixture
def rule(db):
    """Every shoe gets two pictures in two styles."""
    from prodimages.models import StyleRule

    rule = StyleRule.objects.create(shop="shoes", name="every shoe", category="shoes")
    rule.styles.set([make_style(shop="shoes"), make_style(shop="shoes")])
    return rule


def work() -> int:
    """What a worker does until nothing is due."""
    return handling.run_next(["prodimages"])


def outcomes() -> list[tuple[str, str]]:
    return list(InboundEvent.objects.order_by("pk").values_list("state", "outcome"))
