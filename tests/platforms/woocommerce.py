"""WooCommerce's products, whose images every update replaces, and WordPress's library, which
renames what it gets and keeps what nobody refers to."""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.platforms.server import FakePlatform, Reply, Request

LOGIN = "Basic " + base64.b64encode(b"bot:secret words").decode()


class FakeWooCommerce(FakePlatform):
    def __init__(self) -> None:
        super().__init__()
        self.library: dict[int, dict[str, Any]] = {}
        self.capabilities = {"upload_files": True, "edit_products": True}
        self.before_update: Any = None

    def add_product(self, number: str, photos: list[str]) -> str:
        images = [self._keep(name, f"photo {name}") for name in photos]
        self.products[number] = {"name": f"Mug {number}", "images": images}
        return number

    def _keep(self, name: str, alt: str = "") -> int:
        media = self.number()
        self.library[media] = {"name": name, "alt": alt}
        return media

    def pictures(self, number: str) -> list[tuple[str, str]]:
        rows = [self.library[media] for media in self.products[number]["images"]]
        return [(row["name"], row["alt"]) for row in rows]

    def duplicate(self, number: str, name: str) -> None:
        self.products[number]["images"].append(self._keep(name.replace(".", "-1.")))

    def adds(self, request: Request) -> bool:
        library = request.path == "/wp-json/wp/v2/media"
        return request.method == "PUT" or (library and request.method == "POST")

    def denied(self) -> Reply:
        return Reply(401, {"code": "woocommerce_rest_cannot_view", "message": "Sorry"})

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == LOGIN
        if found := re.fullmatch(r"/wp-json/wc/v3/products/(\d+)", request.path):
            return self._product(request, found[1])
        if found := re.fullmatch(r"/wp-json/wp/v2/media/(\d+)", request.path):
            return self._media(request, int(found[1]))
        if request.path == "/wp-json/wc/v3/products":
            page, size = int(request.query.get("page", 1)), int(request.query["per_page"])
            listed = list(self.products)[(page - 1) * size : page * size]
            return Reply(200, [{"id": int(number)} for number in listed])
        if request.path == "/wp-json/wp/v2/users/me":
            return Reply(200, {"id": 3, "capabilities": self.capabilities})
        assert request.path == "/wp-json/wp/v2/media"
        if request.method == "GET":
            wanted = request.query["search"]
            found_rows = [media for media, row in self.library.items() if wanted in row["name"]]
            return Reply(200, [self._row(media) for media in found_rows])
        name = re.fullmatch(
            r'attachment; filename="([^"]+)"', request.headers["content-disposition"]
        )
        assert name
        assert request.headers["content-type"].startswith("image/")
        return Reply(201, self._row(self._keep(name[1].replace(".", "-scaled."))))

    def _row(self, media: int) -> dict[str, Any]:
        source = f"{self.url}/wp-content/uploads/2026/11/{self.library[media]['name']}"
        return {"id": media, "source_url": source}

    def _product(self, request: Request, number: str) -> Reply:
        if number not in self.products:
            return Reply(404, {"code": "woocommerce_rest_product_invalid_id"})
        product = self.products[number]
        if request.method == "PUT":
            if self.before_update:
                self.before_update()
                self.before_update = None
            product["images"] = [image["id"] for image in request.json()["images"]]
        images = [
            {
                "id": media,
                "src": self._row(media)["source_url"],
                "alt": self.library[media]["alt"],
            }
            for media in product["images"]
        ]
        return Reply(
            200,
            {
                "id": int(number),
                "name": product["name"],
                "status": "publish",
                "description": "<p>Glazed &amp; <b>fired</b></p>",
                "sku": "M-1",
                "date_modified_gmt": "2026-11-20T10:00:00",
                "categories": [{"id": 5, "name": "Kitchen", "slug": "kitchen"}],
                "tags": [{"id": 9, "name": "ceramic"}],
                "images": images,
            },
        )

    def _media(self, request: Request, media: int) -> Reply:
        if media not in self.library:
            return Reply(404, {"code": "rest_post_invalid_id"})
        if request.method == "DELETE":
            assert request.query["force"] == "true"
            del self.library[media]
            for product in self.products.values():
                product["images"] = [image for image in product["images"] if image != media]
            return Reply(200, {"deleted": True})
        self.library[media]["alt"] = request.json()["alt_text"]
        return Reply(200, self._row(media))
