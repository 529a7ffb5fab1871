"""Deliveries as the platforms document them, to the shipped adapters, through the address."""

from __future__ import annotations

import base64
import json

import pytest

from prodimages.models import InboundEvent, SigningKeys
from prodimages.services.inbound import receiving
from tests.shops.deliveries import detached_jws, hmac_base64, jwk, rsa_key, standard_headers
from tests.webhooks.conftest import post_raw

pytestmark = pytest.mark.django_db

SECRET = "client-secret"
WHSEC = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
KEY = rsa_key()
URL = {"URL": "https://shop.example", "TOKEN": "t"}
SHOPS = {
    "shopify": ("shopify.ShopifyShop", URL | {"SECRETS": ["old", SECRET]}),
    "woo": (
        "woocommerce.WooCommerceShop",
        {"URL": "https://shop.example", "USER": "u", "PASSWORD": "p", "SECRETS": [SECRET]},
    ),
    "saleor": ("saleor.SaleorShop", URL),
    "big": ("bigcommerce.BigCommerceShop", {"STORE": "abc", "TOKEN": "t", "SECRETS": [SECRET]}),
    "own": ("standard.StandardShop", URL | {"SECRETS": [WHSEC], "SIGNING_SECRET": WHSEC}),
}
PRODUCT = {"id": 7, "title": "Boot", "name": "Boot", "images": [], "permalink": ""}


@pytest.fixture(autouse=True)
def shops(settings, flat, monkeypatch):
    monkeypatch.setattr(receiving.wakeup, "wake", lambda queue: None)
    settings.PRODIMAGES = flat | {
        "SHOPS": {
            name: {"BACKEND": f"shop_integration.platforms.{path}", "OPTIONS": options}
            for name, (path, options) in SHOPS.items()
        }
    }
    SigningKeys.objects.create(shop="saleor", document={"keys": [jwk(KEY, "1")]})


def send(client, shop, body, headers):
    return post_raw(client, body, headers, f"/api/v1/webhooks/{shop}/").status_code


def delivery(shop: str) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(PRODUCT).encode()
    match shop:
        case "shopify":
            return body, {
                "X-Shopify-Topic": "products/create",
                "X-Shopify-Webhook-Id": "b54557e4",
                "X-Shopify-Hmac-SHA256": hmac_base64(SECRET, body),
            }
        case "woo":
            return body, {
                "X-WC-Webhook-Topic": "product.created",
                "X-WC-Webhook-Signature": hmac_base64(SECRET, body),
            }
        case "saleor":
            body = json.dumps({"product": {"id": "UHJvZHVjdDo3", "name": "Boot"}}).encode()
            return body, {
                "Saleor-Event": "product_created",
                "Saleor-Signature": detached_jws(KEY, body),
            }
        case "big":
            told = {"type": "product", "id": 7}
            event = {"scope": "store/product/created", "producer": "stores/abc", "data": told}
            body = json.dumps(event | {"hash": "e1", "created_at": 1761990000}).encode()
            return body, standard_headers(SECRET.encode(), body)
    body = json.dumps(
        {
            "type": "product.created",
            "timestamp": "2026-11-01T10:00:00Z",
            "data": {"id": "7", "name": "Boot"},
        }
    ).encode()
    return body, standard_headers(WHSEC, body)


@pytest.mark.parametrize("shop", SHOPS)
def test_an_event_is_taken_once_and_a_changed_one_not_at_all(client, shop):
    body, headers = delivery(shop)
    assert send(client, shop, body + b" ", headers) == 401
    assert not InboundEvent.objects.exists()
    assert [send(client, shop, body, headers) for _copy in range(2)] == [202, 200]
    event = InboundEvent.objects.get()
    assert event.kind == "created"
    assert event.external_id in {"7", "UHJvZHVjdDo3"}


def test_the_unsigned_ping_of_woocommerce_is_answered(client):
    headers = {"X-WC-Webhook-Topic": "action.wc_webhook"}
    assert send(client, "woo", b"webhook_id=12", headers) == 200
    assert not InboundEvent.objects.exists()


def test_an_unknown_topic_is_answered(client):
    body, headers = delivery("shopify")
    assert send(client, "shopify", body, headers | {"X-Shopify-Topic": "orders/create"}) == 200
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("domain, status", [("shop.example", 202), ("other.example", 200)])
def test_only_the_shop_itself_is_erased(client, domain, status):
    """One app's secret signs for every shop that installed it."""
    body = json.dumps({"shop_id": 1, "shop_domain": domain}).encode()
    headers = {
        "X-Shopify-Topic": "shop/redact",
        "X-Shopify-Webhook-Id": "r1",
        "X-Shopify-Hmac-SHA256": hmac_base64(SECRET, body),
    }
    assert send(client, "shopify", body, headers) == status
