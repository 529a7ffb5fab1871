"""Shopify, by its GraphQL Admin API.

A picture becomes a file of the shop under a name of its own (duplicates are refused by
Shopify itself), and the file is then attached to the product beside what it has; productSet
would replace the whole list.

https://shopify.dev/docs/api/admin-graphql/latest/mutations/fileCreate
https://shopify.dev/docs/apps/build/graphql/migrate/new-files-model
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.http import Client
from prodimages.shops.options import text
from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import (
    Delivery,
    Event,
    EventKind,
    OutsideProduct,
    PayloadRefused,
    PlatformRefused,
    PlatformUnavailable,
)
from shop_integration.platforms import shopify_queries as queries
from shop_integration.platforms.base import Media, MediaShop, NoSuchProduct, outside_photo
from shop_integration.platforms.graphql import described, mutate, query
from shop_integration.platforms.marks import key_in
from shop_integration.platforms.reading import as_text, moment, plain, rows, within

TOPICS = {
    "products/create": EventKind.CREATED,
    "products/update": EventKind.UPDATED,
    "products/delete": EventKind.DELETED,
    "shop/redact": EventKind.REDACT_SHOP,
    "customers/redact": EventKind.REDACT_CUSTOMER,
}
SCOPES = {"write_products", "write_files"}
READY_SECONDS = 30.0
LOOK_SECONDS = 1.0


class ShopifyShop(MediaShop):
    NEEDED = ("URL", "TOKEN", "SECRETS")
    KNOWN = ("API_VERSION",)

    def verify(self, delivery: Delivery) -> None:
        signatures.shopify(delivery, self.secrets)

    def parse(self, delivery: Delivery) -> Event:
        payload = parse_json(delivery.body)
        topic = delivery.headers.get("x-shopify-topic", "")
        kind = TOPICS.get(topic, EventKind.IGNORED)
        digest = hashlib.sha256(delivery.body).hexdigest()[:32]
        if kind == EventKind.REDACT_SHOP and not self._is_mine(payload):
            # One app's secret signs for all shops that installed it.
            kind = EventKind.IGNORED
        product = kind in {EventKind.CREATED, EventKind.UPDATED, EventKind.DELETED}
        external_id = as_text(payload.get("id")) if product else ""
        if product and not external_id.isdecimal():
            raise PayloadRefused(_("The payload names no product."))
        return Event(
            id=delivery.headers.get("x-shopify-webhook-id") or f"{topic}:{digest}",
            kind=kind,
            topic=topic,
            external_id=external_id,
            occurred_at=moment(
                payload.get("updated_at") or delivery.headers.get("x-shopify-triggered-at")
            ),
            payload=payload,
        )

    def _is_mine(self, payload: Mapping[str, Any]) -> bool:
        return as_text(payload.get("shop_domain")) == urlsplit(self.url()).hostname

    def product_of(self, event: Event) -> OutsideProduct | None:
        payload = event.payload
        if not isinstance(payload.get("images"), list) or not payload.get("title"):
            return None
        found = (
            outside_photo(as_text(row.get("src")), alt=as_text(row.get("alt")), position=number)
            for number, row in enumerate(rows(payload["images"]))
        )
        variants = rows(payload.get("variants"))
        return OutsideProduct(
            external_id=event.external_id,
            name=as_text(payload["title"]),
            description=plain(payload.get("body_html")),
            category=_path(within(payload, "category", "full_name")),
            tags=[tag.strip() for tag in as_text(payload.get("tags")).split(",") if tag.strip()],
            product_type=as_text(payload.get("product_type")),
            sku=as_text(variants[0].get("sku")) if variants else "",
            url=self._staff_url(event.external_id),
            photos=[photo for photo in found if photo],
            updated_at=moment(payload.get("updated_at")),
        )

    def fetch(self, external_id: str) -> OutsideProduct | None:
        with self.client() as client:
            product = self._query(client, queries.PRODUCT, id=_gid(external_id)).get("product")
        if not isinstance(product, Mapping):
            return None
        found = (
            outside_photo(
                as_text(within(row, "image", "url")), alt=as_text(row.get("alt")), position=number
            )
            for number, row in enumerate(rows(within(product, "media", "nodes")))
        )
        variants = rows(within(product, "variants", "nodes"))
        return OutsideProduct(
            external_id=external_id,
            name=as_text(product.get("title")),
            description=plain(product.get("descriptionHtml")),
            category=_path(within(product, "category", "fullName")),
            tags=[as_text(tag) for tag in product.get("tags") or ()],
            product_type=as_text(product.get("productType")),
            sku=as_text(variants[0].get("sku")) if variants else "",
            url=self._staff_url(external_id),
            photos=[photo for photo in found if photo],
            updated_at=moment(product.get("updatedAt")),
        )

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        found: list[str] = []
        after: str | None = None
        with self.client() as client:
            while True:
                page = self._query(client, queries.IDS, after=after).get("products")
                found += [
                    as_text(row.get("legacyResourceId")) for row in rows(within(page, "nodes"))
                ]
                if on_page:
                    on_page(len(found))
                if not within(page, "pageInfo", "hasNextPage"):
                    return found
                after = within(page, "pageInfo", "endCursor")

    def media_of(self, client: Client, external_id: str) -> list[Media]:
        product = self._query(client, queries.MEDIA, id=_gid(external_id)).get("product")
        if product is None:
            raise NoSuchProduct
        return [
            Media(as_text(row.get("id")), key_in(as_text(within(row, "image", "url"))))
            for row in rows(within(product, "media", "nodes"))
        ]

    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        # An earlier attempt may have got as far as the file.
        file = self._file(client, picture.ref) or self._create(client, picture)
        self._wait_until_ready(client, file)
        change = {"id": file, "referencesToAdd": [_gid(external_id)]}
        self._do(client, queries.UPDATE_FILE, "fileUpdate", files=[change])
        if self.goes_first:
            moves = [{"id": file, "newPosition": "0"}]
            self._do(
                client, queries.REORDER, "productReorderMedia", id=_gid(external_id), moves=moves
            )

    def _create(self, client: Client, picture: Picture) -> str:
        new = {
            "alt": picture.alt[:512],
            "contentType": "IMAGE",
            "originalSource": self._stage(client, picture),
            "filename": picture.filename,
            "duplicateResolutionMode": "RAISE_ERROR",
        }
        made, errors = mutate(
            client, self._path(), queries.CREATE_FILE, "fileCreate", "userErrors", files=[new]
        )
        if any(error.get("code") == "FILENAME_ALREADY_EXISTS" for error in errors):
            # Accepted before, and not to be found by its name yet.
            raise PlatformUnavailable(_("Shopify has the picture, and is still at work on it."))
        if errors or not rows(made.get("files")):
            raise PlatformRefused(described(errors))
        return as_text(rows(made["files"])[0].get("id"))

    def _stage(self, client: Client, picture: Picture) -> str:
        """Upload the file to where Shopify wants it; returns the address that it names it by."""
        with picture.open() as file:
            content = file.read()
        wish = {
            "filename": picture.filename,
            "mimeType": picture.mime,
            "resource": "IMAGE",
            "httpMethod": "POST",
            "fileSize": str(len(content)),
        }
        result = self._do(client, queries.STAGE, "stagedUploadsCreate", input=[wish])
        (target,) = rows(result.get("stagedTargets"))[:1] or [{}]
        fields = {
            as_text(row.get("name")): as_text(row.get("value"))
            for row in rows(target.get("parameters"))
        }
        # The storage has no notion of our filename but for the one within the signed fields.
        upload = {"file": (picture.filename, content, picture.mime)}
        client.call("POST", as_text(target.get("url")), data=fields, files=upload)
        return as_text(target.get("resourceUrl"))

    def _file(self, client: Client, ref: str) -> str:
        """The file of an earlier attempt that is not attached to the product; "" for none."""
        found = self._query(client, queries.FILES, text=f"filename:*{ref}*").get("files")
        for row in rows(within(found, "nodes")):
            if key_in(as_text(within(row, "image", "url"))) == ref:
                return as_text(row.get("id"))
        return ""

    def _wait_until_ready(self, client: Client, file: str) -> None:
        until = time.monotonic() + READY_SECONDS
        while True:
            node = self._query(client, queries.FILE, id=file).get("node")
            status = as_text(within(node, "fileStatus"))
            if status == "READY":
                return
            if status == "FAILED":
                self._do(client, queries.DELETE_FILES, "fileDelete", ids=[file])
                raise PlatformRefused(described(rows(within(node, "fileErrors"))))
            if time.monotonic() > until:
                raise PlatformUnavailable(_("Shopify is still at work on the picture."))
            time.sleep(LOOK_SECONDS)

    def remove(self, client: Client, external_id: str, reference: str) -> None:
        _result, errors = mutate(
            client, self._path(), queries.DELETE_FILES, "fileDelete", "userErrors", ids=[reference]
        )
        if errors and {error.get("code") for error in errors} != {"FILE_DOES_NOT_EXIST"}:
            raise PlatformRefused(described(errors))

    def find_published(self, product: Any, ref: str) -> str:
        if attached := super().find_published(product, ref):
            return attached
        with self.client() as client:
            return self._file(client, ref)

    def problems(self, client: Client) -> Iterator[str]:
        answer = self._query(client, queries.SCOPES)
        granted = {
            as_text(row.get("handle"))
            for row in rows(within(answer, "currentAppInstallation", "accessScopes"))
        }
        if missing := SCOPES - granted:
            yield _("Give the app the scopes %(names)s and install it again.") % {
                "names": ", ".join(sorted(missing))
            }

    def client(self) -> Client:
        token = {"X-Shopify-Access-Token": self.need("TOKEN")}
        return Client(self.url(), headers=token, allow_hosts=self.allow_hosts)

    def _path(self) -> str:
        return f"admin/api/{text(self.options, 'API_VERSION', '2026-10')}/graphql.json"

    def _query(self, client: Client, wanted: str, /, **variables: Any) -> Mapping[str, Any]:
        return query(client, self._path(), wanted, **variables)

    def _do(self, client: Client, wanted: str, name: str, /, **variables: Any) -> Mapping[str, Any]:
        errors_in = "mediaUserErrors" if name == "productReorderMedia" else "userErrors"
        result, errors = mutate(client, self._path(), wanted, name, errors_in, **variables)
        if errors:
            raise PlatformRefused(described(errors))
        return result

    def _staff_url(self, external_id: str) -> str:
        return f"{self.url()}admin/products/{external_id}"


def _gid(external_id: str) -> str:
    return f"gid://shopify/Product/{external_id}"


def _path(full_name: Any) -> str:
    """“Home & Garden > Kitchen” as the path that rules know."""
    parts = [part.strip().replace("/", "-") for part in as_text(full_name).split(">")]
    return "/".join(part.lower() for part in parts if part)
