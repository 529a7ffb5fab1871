"""Saleor 3, by its GraphQL API; deliveries are signed by Saleor's key pair.

https://docs.saleor.io/api-reference/products/mutations/product-media-create
https://docs.saleor.io/developer/extending/webhooks/payload-signature
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import (
    Delivery,
    Event,
    EventKind,
    OutsideProduct,
    PayloadRefused,
    PlatformRefused,
)
from shop_integration.platforms import saleor_queries as queries
from shop_integration.platforms.base import Media, MediaShop, NoSuchProduct, outside_photo
from shop_integration.platforms.graphql import described, mutate, query, result_of
from shop_integration.platforms.marks import key_in
from shop_integration.platforms.reading import as_text, moment, plain, rows, within

API = "graphql/"
LONGEST_ALT = 250
TOPICS = {
    "product_created": EventKind.CREATED,
    "product_updated": EventKind.UPDATED,
    "product_media_created": EventKind.UPDATED,
    "product_deleted": EventKind.DELETED,
}


class SaleorShop(MediaShop):
    NEEDED = ("URL", "TOKEN")
    KNOWN = ("SECRETS",)

    def verify(self, delivery: Delivery) -> None:
        from prodimages.services import signing_keys

        signatures.saleor(delivery, signing_keys.known(self.shop), self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        payload = parse_json(delivery.body)
        topic = delivery.headers.get("saleor-event", "").lower()
        kind = TOPICS.get(topic, EventKind.IGNORED)
        product = within(payload, "product") or {}
        external_id = as_text(within(product, "id") or within(payload, "productMedia", "productId"))
        if kind != EventKind.IGNORED and not external_id:
            raise PayloadRefused(_("The subscription's query asks for no product id."))
        digest = hashlib.sha256(delivery.body).hexdigest()[:32]
        return Event(
            id=f"{topic}:{external_id}:{digest}",
            kind=kind,
            topic=topic,
            external_id=external_id if kind != EventKind.IGNORED else "",
            occurred_at=moment(payload.get("issuedAt") or within(product, "updatedAt")),
            payload=payload,
        )

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self.client() as client:
            product = query(client, API, queries.PRODUCT, id=external_id).get("product")
        if not isinstance(product, Mapping):
            return None
        found = (
            outside_photo(as_text(row.get("url")), alt=as_text(row.get("alt")), position=number)
            for number, row in enumerate(_images(product))
        )
        variants = rows(product.get("variants"))
        return OutsideProduct(
            external_id=external_id,
            name=as_text(product.get("name")),
            description=_editor_text(product.get("description")),
            category=_path(product.get("category")),
            tags=[as_text(row.get("name")) for row in rows(product.get("collections"))],
            product_type=as_text(within(product, "productType", "name")),
            sku=as_text(variants[0].get("sku")) if variants else "",
            url=f"{self.url()}dashboard/products/{external_id}",
            photos=[photo for photo in found if photo],
            updated_at=moment(product.get("updatedAt")),
        )

    def fetch_signing_keys(self) -> Mapping[str, Any]:
        with self.client() as client:
            document = client.call("GET", ".well-known/jwks.json").json()
        return document if isinstance(document, Mapping) else {}

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        after: str | None = None
        with self.client() as client:
            while True:
                page = query(client, API, queries.IDS, after=after).get("products")
                edges = rows(within(page, "edges"))
                found += [as_text(within(edge, "node", "id")) for edge in edges]
                if on_page:
                    on_page(len(found))
                if not within(page, "pageInfo", "hasNextPage"):
                    return found
                after = within(page, "pageInfo", "endCursor")

    def media_of(self, client: Client, external_id: str) -> list[Media]:
        product = query(client, API, queries.MEDIA, id=external_id).get("product")
        if not isinstance(product, Mapping):
            raise NoSuchProduct
        return [
            Media(as_text(row.get("id")), key_in(as_text(row.get("url"))))
            for row in _images(product)
        ]

    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        with picture.open() as file:
            upload = (picture.filename, file.read(), picture.mime)
        # https://github.com/jaydenseric/graphql-multipart-request-spec
        wish = {"product": external_id, "alt": picture.alt[:LONGEST_ALT], "image": None}
        operation = {"query": queries.ADD, "variables": {"input": wish}}
        form = {
            "operations": json.dumps(operation),
            "map": json.dumps({"0": ["variables.input.image"]}),
        }
        answer = client.call("POST", API, data=form, files={"0": upload})
        made, errors = result_of(answer, "productMediaCreate", "errors")
        if errors:
            raise PlatformRefused(described(errors))
        if self.goes_first:
            self._move_first(client, external_id, as_text(within(made, "media", "id")))

    def _move_first(self, client: Client, external_id: str, media: str) -> None:
        others = [item.reference for item in self.media_of(client, external_id)]
        order = [media, *(reference for reference in others if reference != media)]
        _result, errors = mutate(
            client, API, queries.REORDER, "productMediaReorder", "errors", id=external_id, ids=order
        )
        if errors:
            raise PlatformRefused(described(errors))

    def remove(self, client: Client, external_id: str, reference: str) -> None:
        _result, errors = mutate(
            client, API, queries.REMOVE, "productMediaDelete", "errors", id=reference
        )
        if errors and {error.get("code") for error in errors} != {"NOT_FOUND"}:
            raise PlatformRefused(described(errors))

    def problems(self, client: Client) -> Iterator[str]:
        answer = query(client, API, queries.RIGHTS)
        codes = {as_text(row.get("code")) for row in rows(within(answer, "app", "permissions"))}
        if "MANAGE_PRODUCTS" not in codes:
            yield _("Give the app in Saleor the permission to manage products.")

    def client(self) -> Client:
        token = {"Authorization": f"Bearer {self.need('TOKEN')}"}
        return Client(self.url(), headers=token, allow_hosts=self.allow_hosts)


def _images(product: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    media = [row for row in rows(product.get("media")) if row.get("type") == "IMAGE"]
    return sorted(media, key=lambda row: row.get("sortOrder") or 0)


def _path(category: Any) -> str:
    parents = [
        as_text(within(edge, "node", "slug"))
        for edge in rows(within(category, "ancestors", "edges"))
    ]
    return "/".join(part for part in [*parents, as_text(within(category, "slug"))] if part)


def _editor_text(document: Any) -> str:
    """The text of an EditorJS document, which Saleor keeps descriptions as."""
    try:
        blocks = rows(within(json.loads(as_text(document) or "{}"), "blocks"))
    except ValueError:
        return plain(document)
    return plain(" ".join(as_text(within(block, "data", "text")) for block in blocks))
