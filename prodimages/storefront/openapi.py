"""The storefront's part of the API's description, by hand: its views are not of that framework."""

from __future__ import annotations

from typing import Any

from prodimages.storefront import openapi_try_on
from prodimages.storefront.openapi_try_on import problem as _problem

TAG = {"name": "storefront", "description": "What shoppers' browsers ask for; no key, no session."}


def paths() -> dict[str, Any]:
    """Path -> method -> operation, for ``prodimages.storefront.urls`` at ``storefront/``."""
    picture = _picture()
    return {
        "/storefront/beacon/": {"post": _beacon()},
        "/storefront/products/{product}/image/": {"get": picture},
        **openapi_try_on.paths(),
    }


schemas = openapi_try_on.schemas


def _query(
    name: str, meaning: str, schema: dict[str, Any], *, required: bool = False
) -> dict[str, Any]:
    facts: dict[str, Any] = {"in": "query", "name": name, "schema": schema, "description": meaning}
    return facts | ({"required": True} if required else {})


def _picture() -> dict[str, Any]:
    text = {"type": "string"}
    binary = {"image/*": {"schema": {"type": "string", "format": "binary"}}}
    status = {
        "description": "`ready`, `stale` (a newer one is made), `pending` (it is made, something "
        "stands in) or `expired` (an old address, which orders nothing).",
        "schema": {"type": "string", "enum": ["ready", "stale", "pending", "expired"]},
    }
    headers = {"X-Prodimages-Status": status}
    return {
        "operationId": "get_shoppers_picture",
        "summary": "See a product's picture for one kind of shopper",
        "description": "At an address that the shop's own code made and signed. Answers at once: "
        "with the picture, which every cache may keep, or with what stands in for it, which none "
        "may.",
        "parameters": [
            {
                "in": "path",
                "name": "product",
                "schema": text,
                "required": True,
                "description": "The product's primary key.",
            },
            _query("v", "The variant: scene, segment, locale, season, arm, with dots.", text),
            _query(
                "e", "The epoch.", {"type": "string", "pattern": "^[0-9]{1,12}$"}, required=True
            ),
            _query("s", "The signature.", text, required=True),
            _query("shop", "Where it is not `local`.", text),
            _query("w", "Width in pixels, of those that the settings name.", {"type": "integer"}),
            _query("f", "Format.", {"type": "string", "enum": ["avif", "webp", "jpeg"]}),
            _query("pending", "A page that waits; changes nothing.", {"type": "integer"}),
        ],
        "tags": ["storefront"],
        "security": [{}],
        "responses": {
            "200": {
                "description": "The picture, or what stands in.",
                "headers": headers,
                "content": binary,
            },
            "302": {"description": "To the shop's own photo, which stands in.", "headers": headers},
            "304": {"description": "The picture is the one of the `ETag`."},
            "400": _problem(
                "The scene, width or format is not offered; `errors` names those that are."
            ),
            "403": _problem("The shop did not make this address."),
            "404": _problem("The product is gone."),
            "503": _problem("The database is busy or away."),
        },
    }


def _beacon() -> dict[str, Any]:
    addresses = {"type": "array", "items": {"type": "string"}, "maxItems": 100}
    body = {"type": "object", "properties": {"seen": addresses, "chosen": addresses}}
    return {
        "operationId": "report_shoppers_pictures",
        "summary": "Report pictures that were seen or chosen",
        "description": "By the script of the shop's own pages: addresses of pictures, at most a "
        "hundred. They are added to sums by day; no cookie is read, and no visitor is known.",
        "tags": ["storefront"],
        "security": [{}],
        "requestBody": {"content": {"text/plain": {"schema": body}}, "required": True},
        "responses": {
            "204": {"description": "Counted."},
            "400": _problem("The report is not understood."),
            "403": _problem("From another site, or with an address that the shop did not make."),
            "404": _problem("A product can't have such a key."),
            "413": _problem("The report is too long."),
            "429": _problem("Too many reports from one address."),
            "503": _problem("The database is busy or away."),
        },
    }
