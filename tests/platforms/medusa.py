"""Medusa 2's Admin API: files apart from products, whose images an update replaces."""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.platforms.server import FakePlatform, Reply, Request

LOGIN = "Basic " + base64.b64encode(b"token:").decode()


class FakeMedusa(FakePlatform):
    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()
        self.before_update: Any = None

    def add_product(self, number: str, photos: list[str]) -> str:
        images = [self._image(f"{self.url}/static/{name}") for name in photos]
        self.products[number] = {"title": f"Mug {number}", "images": images}
        return number

    def _image(self, url: str) -> dict[str, Any]:
        return {"id": f"img_{self.number()}", "url": url}

    def pictures(self, number: str) -> list[tuple[str, str]]:
        rows = self.products[number]["images"]
        return [(row["url"].rpartition("/")[2], "") for row in rows]

    def duplicate(self, number: str, name: str) -> None:
        self.products[number]["images"].append(self._image(f"{self.url}/static/17-{name}"))

    def adds(self, request: Request) -> bool:
        return request.method == "POST"

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == LOGIN
        if found := re.fullmatch(r"/admin/products/(\w+)", request.path):
            return self._product(request, found[1])
        if found := re.fullmatch(r"/admin/uploads/([\w.-]+)", request.path):
            self.files.discard(found[1])
            return Reply(200, {"id": found[1], "object": "file", "deleted": True})
        if request.path == "/admin/uploads":
            name, content = request.form()["files"]
            assert content
            key = f"17328{self.number()}-{name}"
            self.files.add(key)
            return Reply(200, {"files": [{"id": key, "url": f"{self.url}/static/{key}"}]})
        assert request.path == "/admin/products"
        start, size = int(request.query.get("offset", 0)), int(request.query["limit"])
        listed = [{"id": number} for number in list(self.products)[start : start + size]]
        return Reply(200, {"products": listed, "count": len(self.products)})

    def _product(self, request: Request, number: str) -> Reply:
        if number not in self.products:
            return Reply(404, {"type": "not_found", "message": "Product was not found"})
        product = self.products[number]
        if request.method == "POST":
            if self.before_update:
                self.before_update()
                self.before_update = None
            known = {row["id"]: row for row in product["images"]}
            product["images"] = [
                known.get(row.get("id")) or self._image(row["url"])
                for row in request.json()["images"]
            ]
        ranked = [row | {"rank": rank} for rank, row in enumerate(product["images"])]
        row = {
            "id": number,
            "title": product["title"],
            "description": "Glazed & fired",
            "updated_at": "2026-11-20T10:00:00.000Z",
            "type": {"value": "mug"},
            "tags": [{"value": "ceramic"}],
            "categories": [{"handle": "kitchen", "parent_category": {"handle": "home"}}],
            "variants": [{"sku": "M-1"}],
            "images": ranked[::-1],
        }
        return Reply(200, {"product": row})
