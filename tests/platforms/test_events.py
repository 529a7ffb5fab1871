"""What the adapters make of deliveries, and of their options."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image
from standardwebhooks import Webhook

from prodimages.choices import EventKind
from prodimages.imaging.encode import encode
from prodimages.imaging.xmp import read_source_type
from prodimages.shops.platform import Delivery, PayloadRefused, SignatureRefused
from shop_integration.platforms.bigcommerce import BigCommerceShop
from shop_integration.platforms.saleor import SaleorShop
from shop_integration.platforms.shopify import ShopifyShop
from shop_integration.platforms.shrinking import within_bytes
from shop_integration.platforms.standard import StandardShop
from shop_integration.platforms.woocommerce import WooCommerceShop
from tests.platforms.conftest import PLATFORMS, picture
from tests.platforms.standard import INCOMING, OUTGOING

SHOP = {"URL": "https://shoes.myshopify.com", "TOKEN": "t", "SECRETS": ["s"]}


def delivery(payload: object, **headers: str) -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(headers=named, body=body, received_at=timezone.now())


def digest(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def test_shopifys_payload_is_a_whole_product():
    shop = ShopifyShop("shoes", SHOP)
    payload = {
        "id": 7,
        "title": "Boot",
        "body_html": "<p>High</p>",
        "tags": "winter, leather",
        "product_type": "boot",
        "updated_at": "2026-11-20T10:00:00-05:00",
        "variants": [{"sku": "B-7"}],
        "images": [
            {"src": "https://cdn.shopify.com/s/files/1/boot.jpg?v=1", "alt": "side"},
            {"src": "https://cdn.shopify.com/s/files/1/x-prodimages-1-0-0123456789ab.jpg?v=1"},
        ],
    }
    given = delivery(payload, x_shopify_topic="products/create", x_shopify_webhook_id="w1")
    event = shop.parse(given)
    assert (event.id, event.kind, event.external_id) == ("w1", EventKind.CREATED, "7")
    product = shop.product_of(event)
    assert (product.name, product.description, product.sku) == ("Boot", "High", "B-7")
    assert (list(product.tags), product.product_type) == (["winter", "leather"], "boot")
    assert [photo.alt for photo in product.photos] == ["side"]


def test_shopifys_erasing_hook_must_name_this_shop():
    shop = ShopifyShop("shoes", SHOP)

    def kind(domain: str) -> EventKind:
        given = delivery({"shop_domain": domain}, x_shopify_topic="shop/redact")
        return shop.parse(given).kind

    assert kind("shoes.myshopify.com") == EventKind.REDACT_SHOP
    assert kind("others.myshopify.com") == EventKind.IGNORED


def test_woocommerces_ping_needs_no_signature_and_everything_else_does():
    shop = WooCommerceShop("woo", SHOP | {"USER": "u", "PASSWORD": "p"})
    ping = delivery(b"webhook_id=3")
    shop.verify(ping)
    assert shop.parse(ping).kind == EventKind.PING
    with pytest.raises(SignatureRefused):
        shop.verify(delivery({"id": 7}))
    body = json.dumps({"id": 7, "name": "Boot", "images": []}).encode()
    signed = delivery(
        body, x_wc_webhook_signature=digest("s", body), x_wc_webhook_topic="product.created"
    )
    shop.verify(signed)
    assert shop.parse(signed).id == shop.parse(signed).id
    assert shop.product_of(shop.parse(signed)).name == "Boot"


def test_bigcommerces_events_are_thin_and_of_one_store():
    shop = BigCommerceShop("big", {"STORE": "abc", "TOKEN": "t", "SECRETS": ["s"]})
    payload = {
        "producer": "stores/abc",
        "scope": "store/product/created",
        "data": {"type": "product", "id": 205},
        "hash": "h1",
        "created_at": 1_763_640_000,
    }
    event = shop.parse(delivery(payload))
    assert (event.id, event.kind, event.external_id) == ("h1", EventKind.CREATED, "205")
    assert event.occurred_at.year == 2025
    assert shop.product_of(event) is None
    elsewhere = shop.parse(delivery(payload | {"producer": "stores/other"}))
    assert (elsewhere.kind, elsewhere.external_id) == (EventKind.IGNORED, "")


def test_saleors_subscription_names_the_product():
    shop = SaleorShop("saleor", {"URL": "https://x.saleor.cloud", "TOKEN": "t"})
    given = delivery({"product": {"id": "UHJvZHVjdDo3"}}, saleor_event="product_created")
    assert shop.parse(given).external_id == "UHJvZHVjdDo3"
    with pytest.raises(PayloadRefused):
        shop.parse(delivery({"product": {}}, saleor_event="product_created"))
    assert shop.parse(delivery({}, saleor_event="order_created")).kind == EventKind.IGNORED


def test_a_system_of_ones_own_signs_and_sends_whole_products():
    shop = StandardShop(
        "own", {"URL": "https://x.example", "SECRETS": [INCOMING], "SIGNING_SECRET": OUTGOING}
    )
    body = json.dumps(
        {
            "type": "product.created",
            "timestamp": "2026-11-20T10:00:00Z",
            "data": {"id": "B-7", "name": "Boot", "photos": [{"url": "https://x.example/1.jpg"}]},
        }
    )
    now = timezone.now()
    head = {
        "webhook_id": "m1",
        "webhook_timestamp": str(int(now.timestamp())),
        "webhook_signature": Webhook(INCOMING).sign("m1", now, body),
    }
    given = delivery(body.encode(), **head)
    shop.verify(given)
    event = shop.parse(given)
    assert (event.id, event.kind, event.external_id) == ("m1", EventKind.CREATED, "B-7")
    assert [photo.url for photo in shop.product_of(event).photos] == ["https://x.example/1.jpg"]
    with pytest.raises(SignatureRefused):
        shop.verify(delivery(body.replace("Boot", "Foot").encode(), **head))


@pytest.mark.parametrize("name", list(PLATFORMS))
@pytest.mark.parametrize("body", [b"[]", b"\xff\xfe", b"{", b'{"id": null, "type": 5}'])
def test_a_payload_that_is_none_is_refused_or_ignored(name, body):
    backend, _fake, given = PLATFORMS[name]
    shop = backend(name, SHOP | {"STORE": "abc"} | given)
    with contextlib.suppress(PayloadRefused):
        assert shop.parse(delivery(body)).kind == EventKind.IGNORED


def test_a_check_names_the_variable_of_a_missing_secret(monkeypatch):
    monkeypatch.delenv("SHOES_TOKEN", raising=False)
    options = SHOP | {"TOKEN": {"env": "SHOES_TOKEN"}, "SECRETS": [], "TOKE": "x"}
    found = {message.id: message for message in ShopifyShop("shoes", options).check()}
    assert '"TOKE"' in found["prodimages.E042"].msg
    messages = [m for m in ShopifyShop("shoes", options).check() if m.id == "prodimages.E041"]
    assert [("SHOES_TOKEN" in m.hint, '"SECRETS"' in m.msg) for m in messages] == [
        (True, False),
        (False, True),
    ]
    monkeypatch.setitem(os.environ, "SHOES_TOKEN", "shh")
    ids = [message.id for message in ShopifyShop("shoes", options | {"SECRETS": "s"}).check()]
    assert ids == ["prodimages.E042"]


def test_a_picture_that_is_too_big_gets_smaller_and_keeps_its_mark():
    noise = np.random.default_rng(3).integers(96, 160, (900, 900, 3), np.uint8)
    big = encode(noise, format="png", quality=90, source_type="compositeSynthetic")
    name, content, mime = within_bytes(picture(big), 500_000)
    assert (name.endswith(".jpg"), mime, len(content) <= 500_000) == (True, "image/jpeg", True)
    assert read_source_type(content) == "compositeSynthetic"
    with Image.open(io.BytesIO(content)) as image:
        assert image.width == image.height >= 500


def test_a_photo_whose_address_is_none_spoils_no_event():
    payload = {
        "type": "product.created",
        "data": {"id": "7", "name": "Boot", "photos": [{"url": "https://[half/boot.jpg"}]},
    }
    shop = StandardShop("shoes", {})
    product = shop.product_of(shop.parse(delivery(payload, webhook_id="msg_1")))
    assert [photo.url for photo in product.photos] == ["https://[half/boot.jpg"]
