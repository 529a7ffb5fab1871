"""WooCommerce, by its REST API v3 and the media library of WordPress.

The picture is uploaded to the media library, so that it need not lie anywhere on the internet
for the shop to fetch it, and is then named by its id in the product's list of images, which
every update replaces. One application password of a WordPress user opens both.

https://developer.woocommerce.com/docs/apis/rest-api/
https://developer.wordpress.org/rest-api/reference/media/
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import Delivery, Event, EventKind, OutsideProduct, PayloadRefused
from shop_integration.platforms.base import Media, NoSuchProduct, outside_photo
from shop_integration.platforms.marks import key_in
from shop_integration.platforms.reading import as_text, moment, plain, rows, within
from shop_integration.platforms.replaced_list import ReplacedListShop

PRODUCTS = "wp-json/wc/v3/products"
LIBRARY = "wp-json/wp/v2/media"
PAGE = 100
TOPICS = {
    "product.created": EventKind.CREATED,
    "product.updated": EventKind.UPDATED,
    "product.restored": EventKind.UPDATED,
    "product.deleted": EventKind.DELETED,
}


class WooCommerceShop(ReplacedListShop):
    NEEDED = ("URL", "USER", "PASSWORD", "SECRETS")

    def verify(self, delivery: Delivery) -> None:
        if not signatures.is_woocommerce_ping(delivery):
            signatures.woocommerce(delivery, self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        if signatures.is_woocommerce_ping(delivery):
            return Event(id="ping", kind=EventKind.PING, topic="ping")
        payload = parse_json(delivery.body)
        topic = delivery.headers.get("x-wc-webhook-topic", "")
        kind = TOPICS.get(topic, EventKind.IGNORED)
        external_id = as_text(payload.get("id"))
        if kind != EventKind.IGNORED and not external_id.isdecimal():
            raise PayloadRefused(_("The payload names no product."))
        # X-WC-Webhook-Delivery-ID is not unique, so the body itself is.
        digest = hashlib.sha256(delivery.body).hexdigest()[:32]
        return Event(
            id=f"{topic}:{external_id}:{digest}",
            kind=kind,
            topic=topic,
            external_id=external_id if kind != EventKind.IGNORED else "",
            occurred_at=moment(payload.get("date_modified_gmt")),
            payload=payload,
        )

    def product_of(self, event: Event) -> OutsideProduct | None:
        payload = event.payload
        if not payload.get("name") or not isinstance(payload.get("images"), list):
            return None
        return self._product(payload)

    def _product(self, row: Mapping[str, Any]) -> OutsideProduct:
        found = (
            outside_photo(as_text(image.get("src")), alt=as_text(image.get("alt")), position=number)
            for number, image in enumerate(rows(row.get("images")))
        )
        categories = rows(row.get("categories"))
        external_id = as_text(row.get("id"))
        return OutsideProduct(
            external_id=external_id,
            name=as_text(row.get("name")),
            description=plain(row.get("description") or row.get("short_description")),
            category=as_text(categories[0].get("slug")) if categories else "",
            # A product lies in several categories; the others count as tags.
            tags=[as_text(tag.get("name")) for tag in [*rows(row.get("tags")), *categories[1:]]],
            sku=as_text(row.get("sku")),
            url=f"{self.url()}wp-admin/post.php?post={external_id}&action=edit",
            photos=[photo for photo in found if photo],
            updated_at=moment(row.get("date_modified_gmt")),
        )

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self.client() as client:
            try:
                return self._product(self._get(client, external_id))
            except NoSuchProduct:
                return None

    def _get(self, client: Client, external_id: str) -> Mapping[str, Any]:
        answer = client.call("GET", f"{PRODUCTS}/{external_id}", expect={404})
        row = answer.json()
        if answer.status == 404 or not isinstance(row, Mapping) or row.get("status") == "trash":
            raise NoSuchProduct
        return row

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        page = 1
        with self.client() as client:
            while True:
                query = {"per_page": PAGE, "page": page, "orderby": "id", "order": "asc"}
                answer = client.call("GET", PRODUCTS, params=query | {"_fields": "id"})
                listed = rows(answer.json())
                found += [as_text(row.get("id")) for row in listed]
                if on_page:
                    on_page(len(found))
                if len(listed) < PAGE:
                    return found
                page += 1

    def media_of(self, client: Client, external_id: str) -> list[Media]:
        return [
            Media(self.identity(image), key_in(as_text(image.get("src"))))
            for image in self.images(client, external_id)
        ]

    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        # An earlier attempt may have got as far as the library.
        media = self._in_library(client, picture.ref) or self._upload(client, picture)
        alt = {"alt_text": picture.alt}
        client.call("POST", f"{LIBRARY}/{media}", json=alt)
        self.insert(client, external_id, {"id": int(media)})

    def _upload(self, client: Client, picture: Picture) -> str:
        with picture.open() as file:
            content = file.read()
        head = {
            "Content-Type": picture.mime,
            "Content-Disposition": f'attachment; filename="{picture.filename}"',
        }
        made = client.call("POST", LIBRARY, data=content, headers=head).json()
        return as_text(within(made, "id"))

    def _in_library(self, client: Client, ref: str) -> str:
        listed = client.call("GET", LIBRARY, params={"search": ref, "per_page": 10}).json()
        for row in rows(listed):
            if key_in(as_text(row.get("source_url"))) == ref:
                return as_text(row.get("id"))
        return ""

    def remove(self, client: Client, external_id: str, reference: str) -> None:
        with contextlib.suppress(NoSuchProduct):  # the file is still in the library
            self.take_out(client, external_id, reference)
        client.call("DELETE", f"{LIBRARY}/{reference}", params={"force": "true"}, expect={404, 410})

    def find_published(self, product: Any, ref: str) -> str:
        if listed := super().find_published(product, ref):
            return listed
        with self.client() as client:
            return self._in_library(client, ref)

    def images(self, client: Client, external_id: str) -> list[Mapping[str, Any]]:
        return list(rows(self._get(client, external_id).get("images")))

    def replace(self, client: Client, external_id: str, images: Sequence[Any]) -> None:
        client.call("PUT", f"{PRODUCTS}/{external_id}", json={"images": list(images)})

    def kept(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"id": image["id"]}

    def identity(self, image: Mapping[str, Any]) -> str:
        return as_text(image.get("id"))

    def problems(self, client: Client) -> Iterator[str]:
        client.call("GET", PRODUCTS, params={"per_page": 1, "_fields": "id"})
        me = client.call("GET", "wp-json/wp/v2/users/me", params={"context": "edit"}).json()
        may = within(me, "capabilities")
        missing = [
            name
            for name in ("upload_files", "edit_products")
            if not (isinstance(may, Mapping) and may.get(name))
        ]
        if missing:
            yield _("Give the WordPress user a role with %(names)s, such as shop manager.") % {
                "names": ", ".join(missing)
            }

    def client(self) -> Client:
        pair = f"{self.need('USER')}:{self.need('PASSWORD')}".encode()
        login = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        return Client(self.url(), headers=login, allow_hosts=self.allow_hosts)
