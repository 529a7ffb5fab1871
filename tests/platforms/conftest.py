from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from prodimages.shops.base import Picture
from shop_integration.platforms import shopify
from shop_integration.platforms.base import HttpShop
from shop_integration.platforms.bigcommerce import BigCommerceShop
from shop_integration.platforms.medusa import MedusaShop
from shop_integration.platforms.saleor import SaleorShop
from shop_integration.platforms.shopify import ShopifyShop
from shop_integration.platforms.standard import StandardShop
from shop_integration.platforms.woocommerce import WooCommerceShop
from tests.factories import photo_bytes
from tests.platforms.bigcommerce import FakeBigCommerce
from tests.platforms.medusa import FakeMedusa
from tests.platforms.saleor import FakeSaleor
from tests.platforms.server import FakePlatform, serving
from tests.platforms.shopify import FakeShopify
from tests.platforms.standard import INCOMING, OUTGOING, FakeStandard
from tests.platforms.woocommerce import FakeWooCommerce

PLATFORMS: dict[str, tuple[type[HttpShop], type[FakePlatform], dict[str, Any]]] = {
    "shopify": (ShopifyShop, FakeShopify, {}),
    "woocommerce": (WooCommerceShop, FakeWooCommerce, {"USER": "bot", "PASSWORD": "secret words"}),
    "saleor": (SaleorShop, FakeSaleor, {}),
    "bigcommerce": (BigCommerceShop, FakeBigCommerce, {"STORE": "abc", "URL": "{url}/stores/abc"}),
    "medusa": (MedusaShop, FakeMedusa, {}),
    "standard": (
        StandardShop,
        FakeStandard,
        {
            "URL": "{url}/hook",
            "PRODUCTS_URL": "{url}/products",
            "SIGNING_SECRET": OUTGOING,
        },
    ),
}
REF = "prodimages-41-0-0123456789ab"


@dataclasses.dataclass
class Case:
    """One adapter, the server that it speaks to, and a product with two photos."""

    name: str
    remote: Any
    shop: Any
    product: Any
    photos: list[tuple[str, str]]

    def ours(self) -> list[tuple[str, str]]:
        return [row for row in self.remote.pictures("7") if REF in row[0]]

    def others(self) -> list[tuple[str, str]]:
        return [row for row in self.remote.pictures("7") if REF not in row[0]]


def picture(content: bytes = b"") -> Picture:
    return Picture(
        ref=REF,
        open=lambda: io.BytesIO(content or photo_bytes(format="JPEG")),
        filename=f"mug-oak-{REF}.jpg",
        alt="Mug on oak",
        width=320,
        height=240,
        mime="image/jpeg",
        order_key="1.0",
    )


def make_case(name: str, remote: Any, **more: Any) -> Case:
    backend, _fake, given = PLATFORMS[name]
    options = {"URL": "{url}", "TOKEN": "token", "SECRETS": [INCOMING]} | given
    filled = {
        key: value.replace("{url}", remote.url) if isinstance(value, str) else value
        for key, value in options.items()
        if key in {*backend.NEEDED, *backend.KNOWN}
    }
    shop = backend(name, filled | {"ALLOW_HOSTS": [remote.host]} | more)
    remote.add_product("7", ["side.jpg", "top.jpg"])
    outside = shop.fetch("7")
    assert outside is not None
    taken = shop.take(outside, as_of=timezone.now(), asked_at=timezone.now())
    assert taken is not None
    remote.requests.clear()
    return Case(name, remote, shop, taken.product, remote.pictures("7"))


@pytest.fixture(params=list(PLATFORMS))
def case(request, db, monkeypatch) -> Iterator[Case]:
    monkeypatch.setattr(shopify, "LOOK_SECONDS", 0.01)
    with serving(PLATFORMS[request.param][1]()) as remote:
        yield make_case(request.param, remote)
