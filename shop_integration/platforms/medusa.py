"""Medusa 2, by its Admin API.

Medusa signs no webhooks of its own; a subscriber of a few lines sends its product events on,
signed as Standard Webhooks (see the how-to). Its images have no alternative text.

https://docs.medusajs.com/api/admin#uploads_postuploads
https://docs.medusajs.com/api/admin#products_postproductsid
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.platform import Delivery, Event, OutsideProduct, PlatformUnavailable
from shop_integration.platforms.base import Media, NoSuchProduct, outside_photo
from shop_integration.platforms.envelope import parse_envelope
from shop_integration.platforms.marks import key_in
from shop_integration.platforms.reading import as_text, moment, plain, rows, within
from shop_integration.platforms.replaced_list import ReplacedListShop

FIELDS = (
    "id,title,subtitle,description,handle,updated_at,thumbnail,*images,*tags,*type,"
    "*categories,*categories.parent_category,variants.sku"
)
PAGE = 100


class MedusaShop(ReplacedListShop):
    def verify(self, delivery: Delivery) -> None:
        signatures.standard(delivery, self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        return parse_envelope(delivery)

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self.client() as client:
            try:
                row = self._get(client, external_id, FIELDS)
            except NoSuchProduct:
                return None
        found = (
            outside_photo(as_text(image.get("url")), position=number)
            for number, image in enumerate(_ranked(row))
        )
        variants = rows(row.get("variants"))
        return OutsideProduct(
            external_id=external_id,
            name=as_text(row.get("title")),
            description=plain(row.get("description")),
            category=_path(rows(row.get("categories"))),
            tags=[as_text(tag.get("value")) for tag in rows(row.get("tags"))],
            product_type=as_text(within(row, "type", "value")),
            sku=as_text(variants[0].get("sku")) if variants else "",
            url=f"{self.url()}app/products/{external_id}",
            photos=[photo for photo in found if photo],
            updated_at=moment(row.get("updated_at")),
        )

    def _get(self, client: Client, external_id: str, fields: str) -> Mapping[str, Any]:
        path = f"admin/products/{quote(external_id, safe='')}"
        answer = client.call("GET", path, params={"fields": fields}, expect={404})
        row = within(answer.json(), "product")
        if answer.status == 404 or not isinstance(row, Mapping):
            raise NoSuchProduct
        return row

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        with self.client() as client:
            while True:
                query = {"limit": PAGE, "offset": len(found), "fields": "id", "order": "id"}
                listed = rows(
                    within(client.call("GET", "admin/products", params=query).json(), "products")
                )
                found += [as_text(row.get("id")) for row in listed]
                if on_page:
                    on_page(len(found))
                if len(listed) < PAGE:
                    return found

    def media_of(self, client: Client, external_id: str) -> list[Media]:
        return [
            Media(self.identity(image), key_in(self.identity(image)))
            for image in self.images(client, external_id)
        ]

    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        # Whoever deleted the product meanwhile is spared a file that nobody refers to.
        self.images(client, external_id)
        with picture.open() as file:
            upload = {"files": (picture.filename, file.read(), picture.mime)}
        answer = client.call("POST", "admin/uploads", files=upload).json()
        made = rows(within(answer, "files"))
        if not made:
            raise PlatformUnavailable(_("Medusa took the picture and named no file."))
        self.insert(client, external_id, {"url": as_text(made[0].get("url"))})

    def remove(self, client: Client, external_id: str, reference: str) -> None:
        with contextlib.suppress(NoSuchProduct):  # the file is still there
            self.take_out(client, external_id, reference)
        # The providers that Medusa ships name a file by the end of its address.
        name = quote(urlsplit(reference).path.rpartition("/")[2], safe="")
        client.call("DELETE", f"admin/uploads/{name}", expect={400, 404})

    def images(self, client: Client, external_id: str) -> list[Mapping[str, Any]]:
        row = self._get(client, external_id, "id,*images")
        return _ranked(row)

    def replace(self, client: Client, external_id: str, images: Sequence[Any]) -> None:
        path = f"admin/products/{quote(external_id, safe='')}"
        client.call("POST", path, json={"images": list(images)})

    def kept(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: image[name] for name in ("id", "url") if image.get(name)}

    def identity(self, image: Mapping[str, Any]) -> str:
        return as_text(image.get("url"))

    def problems(self, client: Client) -> Iterator[str]:
        client.call("GET", "admin/products", params={"limit": 1, "fields": "id"})
        return iter(())

    def client(self) -> Client:
        # A secret API key is the user name of HTTP's basic authentication.
        login = base64.b64encode(f"{self.need('TOKEN')}:".encode()).decode()
        head = {"Authorization": f"Basic {login}"}
        return Client(self.url(), headers=head, allow_hosts=self.allow_hosts)


def _ranked(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return sorted(rows(row.get("images")), key=lambda image: image.get("rank") or 0)


def _path(categories: Sequence[Mapping[str, Any]]) -> str:
    if not categories:
        return ""
    names = (within(categories[0], "parent_category", "handle"), categories[0].get("handle"))
    return "/".join(as_text(name) for name in names if name)
