"""BigCommerce, by its REST API v3. Its events are thin: the product is fetched.

https://developer.bigcommerce.com/docs/rest-catalog/products/images
https://developer.bigcommerce.com/docs/integrations/webhooks
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.options import text
from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import Delivery, Event, EventKind, OutsideProduct, PayloadRefused
from shop_integration.platforms.base import Media, MediaShop, NoSuchProduct, outside_photo
from shop_integration.platforms.marks import key_in
from shop_integration.platforms.reading import as_text, moment, plain, rows, within
from shop_integration.platforms.shrinking import within_bytes

PRODUCTS = "v3/catalog/products"
MOST_BYTES = 8_000_000
PAGE = 250
SCOPES = {
    "store/product/created": EventKind.CREATED,
    "store/product/updated": EventKind.UPDATED,
    "store/product/deleted": EventKind.DELETED,
}


class BigCommerceShop(MediaShop):
    NEEDED = ("STORE", "TOKEN", "SECRETS")
    KNOWN = ("URL",)

    def verify(self, delivery: Delivery) -> None:
        signatures.bigcommerce(delivery, self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        payload = parse_json(delivery.body)
        scope = as_text(payload.get("scope"))
        kind = SCOPES.get(scope, EventKind.IGNORED)
        if as_text(payload.get("producer")) != f"stores/{self.need('STORE')}":
            kind = EventKind.IGNORED  # one app's secret signs for every store that installed it
        external_id = as_text(within(payload, "data", "id"))
        if kind != EventKind.IGNORED and not external_id.isdecimal():
            raise PayloadRefused(_("The payload names no product."))
        return Event(
            id=as_text(payload.get("hash")) or hashlib.sha256(delivery.body).hexdigest(),
            kind=kind,
            topic=scope,
            external_id=external_id if kind != EventKind.IGNORED else "",
            occurred_at=_epoch(payload.get("created_at")),
            payload=payload,
        )

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self.client() as client:
            answer = client.call("GET", f"{PRODUCTS}/{external_id}", expect={404})
            row = within(answer.json(), "data")
            if answer.status == 404 or not isinstance(row, Mapping):
                return None
            category = self._category(client, row.get("categories"))
            images = self._images(client, external_id)
        found = (
            outside_photo(
                as_text(image.get("url_zoom")),
                alt=as_text(image.get("description")),
                position=number,
            )
            for number, image in enumerate(images)
        )
        return OutsideProduct(
            external_id=external_id,
            name=as_text(row.get("name")),
            description=plain(row.get("description")),
            category=category,
            tags=[word.strip() for word in as_text(row.get("search_keywords")).split(",")],
            sku=as_text(row.get("sku")),
            url=f"https://store-{self.need('STORE')}.mybigcommerce.com/manage/products/edit/"
            f"{external_id}",
            photos=[photo for photo in found if photo],
            updated_at=moment(row.get("date_modified")),
        )

    def _category(self, client: Client, ids: Any) -> str:
        if not isinstance(ids, list) or not ids:
            return ""
        query = {"category_id:in": as_text(ids[0])}
        answer = client.call("GET", "v3/catalog/trees/categories", params=query).json()
        (row,) = rows(within(answer, "data"))[:1] or [{}]
        return as_text(within(row, "url", "path")).strip("/")

    def _images(self, client: Client, external_id: str) -> list[Mapping[str, Any]]:
        """All images, the one that lists show first."""
        found: list[Mapping[str, Any]] = []
        page = 1
        while True:
            answer = client.call(
                "GET",
                f"{PRODUCTS}/{external_id}/images",
                params={"limit": PAGE, "page": page},
                expect={404},
            )
            if answer.status == 404:
                raise NoSuchProduct
            listed = rows(within(answer.json(), "data"))
            found += listed
            if len(listed) < PAGE:
                break
            page += 1
        return sorted(
            found, key=lambda row: (not row.get("is_thumbnail"), row.get("sort_order") or 0)
        )

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        page = 1
        with self.client() as client:
            while True:
                query = {"limit": PAGE, "page": page, "include_fields": "id", "sort": "id"}
                listed = rows(within(client.call("GET", PRODUCTS, params=query).json(), "data"))
                found += [as_text(row.get("id")) for row in listed]
                if on_page:
                    on_page(len(found))
                if len(listed) < PAGE:
                    return found
                page += 1

    def media_of(self, client: Client, external_id: str) -> list[Media]:
        return [
            Media(as_text(row.get("id")), key_in(as_text(row.get("image_file"))))
            for row in self._images(client, external_id)
        ]

    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        orders = [row.get("sort_order") or 0 for row in self._images(client, external_id)]
        if self.goes_first:
            place = {"is_thumbnail": "true", "sort_order": str(min(orders, default=1) - 1)}
        else:
            place = {"sort_order": str(max(orders, default=-1) + 1)}
        client.call(
            "POST",
            f"{PRODUCTS}/{external_id}/images",
            data={"description": picture.alt} | place,
            files={"image_file": within_bytes(picture, MOST_BYTES)},
        )

    def remove(self, client: Client, external_id: str, reference: str) -> None:
        client.call("DELETE", f"{PRODUCTS}/{external_id}/images/{reference}", expect={404})

    def problems(self, client: Client) -> Iterator[str]:
        client.call("GET", PRODUCTS, params={"limit": 1, "include_fields": "id"})
        return iter(())

    def url(self) -> str:
        standard = f"https://api.bigcommerce.com/stores/{self.need('STORE')}"
        return text(self.options, "URL", standard).rstrip("/") + "/"

    def client(self) -> Client:
        head = {"X-Auth-Token": self.need("TOKEN"), "Accept": "application/json"}
        return Client(self.url(), headers=head, allow_hosts=self.allow_hosts)


def _epoch(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
