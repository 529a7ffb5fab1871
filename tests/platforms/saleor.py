"""Saleor's GraphQL API: media are added by a multipart request, and get a random ending."""

from __future__ import annotations

import json
from typing import Any

from tests.platforms.server import FakePlatform, Reply, Request


class FakeSaleor(FakePlatform):
    def __init__(self) -> None:
        super().__init__()
        self.permissions = ["MANAGE_PRODUCTS"]

    def add_product(self, number: str, photos: list[str]) -> str:
        media = [{"id": f"M{self.number()}", "name": n, "alt": f"photo {n}"} for n in photos]
        self.products[number] = {"name": f"Mug {number}", "media": media}
        return number

    def pictures(self, number: str) -> list[tuple[str, str]]:
        return [(row["name"], row["alt"]) for row in self.products[number]["media"]]

    def duplicate(self, number: str, name: str) -> None:
        row = {"id": f"M{self.number()}", "name": name, "alt": ""}
        self.products[number]["media"].append(row)

    def adds(self, request: Request) -> bool:
        return b"productMediaCreate" in request.body

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == "Bearer token"
        if request.path == "/.well-known/jwks.json":
            return Reply(200, {"keys": [{"kid": "1", "kty": "RSA"}]})
        assert request.path == "/graphql/"
        if request.headers["content-type"].startswith("multipart/"):
            form = request.form()
            assert json.loads(form["map"]) == {"0": ["variables.input.image"]}
            asked = json.loads(form["operations"])
            return self._create(asked["variables"]["input"], *form["0"])
        asked = request.json()
        text, given = asked["query"], asked["variables"]
        if "productMediaDelete" in text:
            return self._delete(given["id"])
        if "productMediaReorder" in text:
            media = self.products[given["id"]]["media"]
            assert {row["id"] for row in media} == set(given["ids"])
            media.sort(key=lambda row: given["ids"].index(row["id"]))
            return Reply(200, {"data": {"productMediaReorder": {"errors": []}}})
        if "permissions" in text:
            codes = [{"code": code} for code in self.permissions]
            return Reply(200, {"data": {"app": {"permissions": codes}}})
        if "products(" in text:
            start = int(given["after"] or 0)
            listed = list(self.products)[start : start + 100]
            page = {
                "edges": [{"node": {"id": number}} for number in listed],
                "pageInfo": {
                    "hasNextPage": start + 100 < len(self.products),
                    "endCursor": str(start + 100),
                },
            }
            return Reply(200, {"data": {"products": page}})
        return Reply(200, {"data": {"product": self._product(given["id"])}})

    def _product(self, number: str) -> dict[str, Any] | None:
        product = self.products.get(number)
        if product is None:
            return None
        blocks = [{"type": "paragraph", "data": {"text": "Glazed &amp; <b>fired</b>"}}]
        ancestors = {"edges": [{"node": {"slug": "home"}}]}
        return {
            "name": product["name"],
            "description": json.dumps({"blocks": blocks}),
            "updatedAt": "2026-11-20T10:00:00+00:00",
            "category": {"slug": "kitchen", "ancestors": ancestors},
            "collections": [{"name": "ceramic"}],
            "productType": {"name": "mug"},
            "variants": [{"sku": "M-1"}],
            "media": [
                {
                    "id": row["id"],
                    "alt": row["alt"],
                    "type": "IMAGE",
                    "sortOrder": place,
                    "url": f"{self.url}/media/products/{row['name']}",
                }
                for place, row in enumerate(product["media"])
            ],
        }

    def _create(self, given: dict[str, Any], name: str, content: bytes) -> Reply:
        assert content
        errors, media = [], None
        if given["product"] not in self.products:
            errors = [{"field": "product", "message": "Couldn't resolve", "code": "NOT_FOUND"}]
        else:
            stem, _dot, ending = name.rpartition(".")
            media = {
                "id": f"M{self.number()}",
                "name": f"{stem}_1f2e.{ending}",
                "alt": given["alt"],
            }
            self.products[given["product"]]["media"].append(media)
        result = {"media": media and {"id": media["id"]}, "errors": errors}
        return Reply(200, {"data": {"productMediaCreate": result}})

    def _delete(self, wanted: str) -> Reply:
        for product in self.products.values():
            for row in product["media"]:
                if row["id"] == wanted:
                    product["media"].remove(row)
                    result = {"media": {"id": wanted}, "errors": []}
                    return Reply(200, {"data": {"productMediaDelete": result}})
        errors = [{"field": "id", "message": "Couldn't resolve", "code": "NOT_FOUND"}]
        return Reply(200, {"data": {"productMediaDelete": {"media": None, "errors": errors}}})
