from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from prodimages.choices import Scope
from prodimages.services import api_keys


class Api(Client):
    """A client with an API key; JSON both ways."""

    def __init__(self, secret: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"})

    def order(self, body, *, key: str = "", path: str = "generations/"):
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"/api/v1/{path}", body, "application/json", headers=headers)

    def act(self, path: str, body=None):
        return self.post(f"/api/v1/{path}", body or {}, "application/json")

    def see(self, path: str, **query):
        return self.get(f"/api/v1/{path}", query)


def api_for(*, shop: str = "local", scopes=tuple(Scope), name: str = "ERP") -> Api:
    _key, secret = api_keys.issue(shop=shop, name=name, scopes=scopes)
    return Api(secret)


@pytest.fixture
def api(db) -> Api:
    return api_for()


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()
