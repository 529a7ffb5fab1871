"""A system of one's own: checks signatures by the standardwebhooks package, keeps one picture
for each ref, and gives products where it is asked."""

from __future__ import annotations

import base64
import json
from typing import Any

from standardwebhooks import Webhook

from tests.platforms.server import FakePlatform, Reply, Request

INCOMING = "whsec_" + base64.b64encode(b"i" * 24).decode()
OUTGOING = "whsec_" + base64.b64encode(b"o" * 24).decode()


class FakeStandard(FakePlatform):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []
        """``webhook-id`` and type of each event, in order."""

    def add_product(self, number: str, photos: list[str]) -> str:
        self.products[number] = {
            "id": number,
            "name": f"Mug {number}",
            "description": "<p>Glazed &amp; <b>fired</b></p>",
            "category": "home/kitchen",
            "tags": ["ceramic"],
            "product_type": "mug",
            "sku": "M-1",
            "updated_at": "2026-11-20T10:00:00Z",
            "photos": [
                {"id": name, "url": f"{self.url}/media/{name}", "alt": f"photo {name}"}
                for name in photos
            ],
            "refs": {},
        }
        return number

    def pictures(self, number: str) -> list[tuple[str, str]]:
        product = self.products[number]
        own = [(row["url"].rpartition("/")[2], row["alt"]) for row in product["photos"]]
        return [*own, *product["refs"].values()]

    def adds(self, request: Request) -> bool:
        return request.path == "/hook"

    def denied(self) -> Reply:
        return Reply(401, {"error": "bad signature"})

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/products/"):
            assert request.headers["authorization"] == "Bearer token"
            return self._products(request, request.path.removeprefix("/products/"))
        assert request.path == "/hook"
        told = Webhook(OUTGOING).verify(request.body, dict(request.headers))
        told = json.loads(told) if isinstance(told, str | bytes) else told
        self.told.append((request.headers["webhook-id"], told["type"]))
        return self._take(told["type"], told["data"])

    def _take(self, kind: str, data: dict[str, Any]) -> Reply:
        if kind == "ping":
            return Reply(204)
        product = self.products.get(data["product_id"])
        if product is None:
            return Reply(410, {"error": "no such product"})
        if kind == "picture.published":
            assert base64.b64decode(data["content"])
            product["refs"][data["ref"]] = (data["filename"], data["alt"])
        else:
            assert kind == "picture.unpublished"
            product["refs"].pop(data["ref"], None)
        return Reply(204)

    def _products(self, request: Request, number: str) -> Reply:
        if number:
            product = self.products.get(number)
            return Reply(200, product) if product else Reply(404, {})
        start = int(request.query.get("after", 0))
        listed = list(self.products)[start : start + 100]
        after = start + 100 if start + 100 < len(self.products) else None
        return Reply(200, {"ids": listed, "next": after and str(after)})
