"""BigCommerce's catalog v3: images by multipart with 8 MB at the most, rate limits by its own
header, and pages."""

from __future__ import annotations

import re
from typing import Any

from tests.platforms.server import FakePlatform, Reply, Request

IMAGES = r"/stores/abc/v3/catalog/products/(\d+)/images(?:/(\d+))?"


class FakeBigCommerce(FakePlatform):
    def add_product(self, number: str, photos: list[str]) -> str:
        images = [
            self._image(name, f"photo {name}", place, place == 0)
            for place, name in enumerate(photos)
        ]
        self.products[number] = {"name": f"Mug {number}", "images": images}
        return number

    def _image(self, name: str, alt: str, order: int, first: bool = False) -> dict[str, Any]:
        number = self.number()
        stem, _dot, ending = name.rpartition(".")
        file = f"m/{number}/{stem}__{number}.{ending}"
        return {
            "id": number,
            "image_file": file,
            "url_zoom": f"{self.url}/cdn/{file}",
            "description": alt,
            "sort_order": order,
            "is_thumbnail": first,
        }

    def pictures(self, number: str) -> list[tuple[str, str]]:
        images = sorted(
            self.products[number]["images"],
            key=lambda row: (not row["is_thumbnail"], row["sort_order"]),
        )
        return [(row["image_file"].rpartition("/")[2], row["description"]) for row in images]

    def duplicate(self, number: str, name: str) -> None:
        self.products[number]["images"].append(self._image(name, "", 99))

    def adds(self, request: Request) -> bool:
        return request.method == "POST"

    def busy(self) -> Reply:
        return Reply(429, {"title": "Too many"}, {"X-Rate-Limit-Time-Reset-Ms": "7000"})

    def answer(self, request: Request) -> Reply:
        assert request.headers["x-auth-token"] == "token"
        if found := re.fullmatch(IMAGES, request.path):
            return self._images(request, found[1], found[2])
        if found := re.fullmatch(r"/stores/abc/v3/catalog/products/(\d+)", request.path):
            return self._product(found[1])
        if request.path == "/stores/abc/v3/catalog/trees/categories":
            assert request.query == {"category_id:in": "23"}
            return Reply(200, {"data": [{"category_id": 23, "url": {"path": "/home/kitchen/"}}]})
        assert request.path == "/stores/abc/v3/catalog/products"
        listed = _page([{"id": int(number)} for number in self.products], request)
        return Reply(200, {"data": listed, "meta": {}})

    def _product(self, number: str) -> Reply:
        if number not in self.products:
            return Reply(404, {"status": 404, "title": "The product was not found."})
        row = {
            "id": int(number),
            "name": self.products[number]["name"],
            "description": "<p>Glazed &amp; <b>fired</b></p>",
            "sku": "M-1",
            "search_keywords": "ceramic",
            "categories": [23],
            "date_modified": "2026-11-20T10:00:00+00:00",
        }
        return Reply(200, {"data": row, "meta": {}})

    def _images(self, request: Request, number: str, image: str | None) -> Reply:
        if number not in self.products:
            return Reply(404, {"status": 404, "title": "The product was not found."})
        images = self.products[number]["images"]
        if request.method == "GET":
            return Reply(200, {"data": _page(images, request), "meta": {}})
        if request.method == "DELETE":
            left = [row for row in images if str(row["id"]) != image]
            if len(left) == len(images):
                return Reply(404, {"status": 404, "title": "No such image"})
            self.products[number]["images"] = left
            return Reply(204)
        form = request.form()
        name, content = form["image_file"]
        if len(content) > 8_000_000:
            return Reply(413, {"status": 413, "title": "The image is too large."})
        first = form.get("is_thumbnail") == "true"
        for row in images:
            row["is_thumbnail"] = row["is_thumbnail"] and not first
        row = self._image(name, form["description"], int(form["sort_order"]), first)
        images.append(row)
        return Reply(200, {"data": row, "meta": {}})


def _page(rows: list[Any], request: Request) -> list[Any]:
    page, size = int(request.query.get("page", 1)), int(request.query["limit"])
    return rows[(page - 1) * size : page * size]
