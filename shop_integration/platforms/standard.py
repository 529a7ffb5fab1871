"""Any system of one's own, by Standard Webhooks in both directions.

It sends whole products, signed, and gets "picture.published" and "picture.unpublished",
signed, at one address. The forms are in docs/howto/platforms.md.

https://www.standardwebhooks.com
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.exceptions import ProdimagesError
from prodimages.shops import options, signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.platform import Delivery, Event, OutsideProduct, PlatformRefused
from shop_integration.platforms.base import HttpShop, outside_photo
from shop_integration.platforms.envelope import parse_envelope
from shop_integration.platforms.reading import as_text, moment, plain, rows, within

_SEPARATOR = "~"


class StandardShop(HttpShop):
    """Options: URL takes our hooks; PRODUCTS_URL, where there is one, gives products."""

    NEEDED = ("URL", "SECRETS", "SIGNING_SECRET")
    KNOWN = ("PRODUCTS_URL", "TOKEN")

    def verify(self, delivery: Delivery) -> None:
        signatures.standard(delivery, self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        return parse_envelope(delivery)

    def product_of(self, event: Event) -> OutsideProduct | None:
        data = event.payload.get("data")
        if not isinstance(data, Mapping) or not data.get("name"):
            return None
        return _product(data)

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self._products() as client:
            answer = client.call("GET", quote(external_id, safe=""), expect={404, 410})
        data = answer.json() if answer.status == 200 else None
        return _product(data) if isinstance(data, Mapping) else None

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        after: Any = None
        with self._products() as client:
            while True:
                page = client.call("GET", "", params={"after": after} if after else {}).json()
                listed = within(page, "ids")
                found += map(as_text, listed) if isinstance(listed, list) else []
                if on_page:
                    on_page(len(found))
                if not (after := within(page, "next")):
                    return found

    def publish(self, product: Any, picture: Picture) -> str:
        """The receiver keeps one picture for each ``ref``; it needs no look before."""
        with picture.open() as file:
            content = base64.b64encode(file.read()).decode()
        data = {
            "ref": picture.ref,
            "product_id": self.external_id(product),
            "filename": picture.filename,
            "alt": picture.alt,
            "width": picture.width,
            "height": picture.height,
            "mime": picture.mime,
            "content": content,
        }
        # Repeated attempts bear one id, and the next time it is published another.
        reference = f"{picture.ref}{_SEPARATOR}{picture.order_key}"
        self._send(f"{reference}{_SEPARATOR}published", "picture.published", data)
        return reference

    def unpublish(self, product: Any, reference: str) -> None:
        ref = reference.partition(_SEPARATOR)[0]
        data = {"ref": ref, "product_id": self.external_id(product)}
        self._send(f"{reference}{_SEPARATOR}unpublished", "picture.unpublished", data)

    def find_published(self, product: Any, ref: str) -> str:
        """It can't be asked; a receiver passes over what it does not have."""
        return ref

    def _send(self, event_id: str, kind: str, data: Mapping[str, Any]) -> None:
        now = int(time.time())
        told = {"type": kind, "timestamp": timezone.now().isoformat(), "data": data}
        body = json.dumps(told, ensure_ascii=False).encode()
        secret = self.need("SIGNING_SECRET")
        head = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(now),
            "webhook-signature": signatures.sign_standard(secret, event_id, now, body),
        }
        with self.client() as client:
            client.call("POST", self.need("URL"), data=body, headers=head)

    def check_connection(self) -> list[str]:
        """Sends a signed ping, which a receiver answers with any 2xx."""
        try:
            self._send(f"ping{_SEPARATOR}{time.time_ns()}", "ping", {})
            if options.text(self.options, "PRODUCTS_URL"):
                with self._products() as client:
                    client.call("GET", "")
        except (ProdimagesError, ValueError) as error:
            return [str(error)]
        return []

    def client(self) -> Client:
        return Client(self.url(), allow_hosts=self.allow_hosts)

    def _products(self) -> Client:
        url = options.text(self.options, "PRODUCTS_URL")
        if not url:
            raise PlatformRefused(
                _("The shop “%(shop)s” can't be asked for products: set PRODUCTS_URL.")
                % {"shop": self.shop}
            )
        token = options.text(self.options, "TOKEN")
        head = {"Authorization": f"Bearer {token}"} if token else {}
        return Client(url, headers=head, allow_hosts=self.allow_hosts)


def _product(data: Mapping[str, Any]) -> OutsideProduct:
    found = (
        outside_photo(as_text(row.get("url")), alt=as_text(row.get("alt")), position=number)
        for number, row in enumerate(rows(data.get("photos")))
    )
    tags = data.get("tags")
    return OutsideProduct(
        external_id=as_text(data.get("id")),
        name=as_text(data.get("name")),
        description=plain(data.get("description")),
        category=as_text(data.get("category")),
        tags=[as_text(tag) for tag in tags] if isinstance(tags, list) else [],
        product_type=as_text(data.get("product_type")),
        sku=as_text(data.get("sku")),
        url=as_text(data.get("url")),
        photos=[photo for photo in found if photo],
        updated_at=moment(data.get("updated_at")),
    )
