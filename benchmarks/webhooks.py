"""Deliveries of a shop's webhook: how many a second, and how soon the slowest is answered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import statistics
from collections.abc import Sequence

from django.db import connection
from django.test import override_settings

from benchmarks.hook_server import PROCESSES, THREADS, Request, send_all, serving
from benchmarks.result import Row
from prodimages.models import InboundEvent

RATE = 200
SECONDS = 15
AT_ONCE = 2_000
SECRET = "benchmark"
SHOPS = {
    "shoes": {
        "BACKEND": "shop_integration.platforms.shopify.ShopifyShop",
        "OPTIONS": {
            "URL": "https://shoes.example",
            "TOKEN": "none",
            "SECRETS": [SECRET],
        },
    }
}
_numbers = itertools.count(1)


def measure(runs: int) -> list[Row]:
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    with override_settings(PRODIMAGES={"SHOPS": SHOPS}):
        fast, slow, plain, middle = [], [], [], []
        for _run in range(runs):
            with serving() as port:
                _check(send_all(port, _deliveries(100), rate=RATE), 202)  # warm
                whole = send_all(port, _deliveries(AT_ONCE), rate=None)
                _check(whole, 202)
                fast.append(AT_ONCE / whole["seconds"])
                empty = send_all(port, _deliveries(AT_ONCE, shop="none"), rate=None)
                _check(empty, 404)
                plain.append(AT_ONCE / empty["seconds"])
                paced = send_all(port, _deliveries(RATE * SECONDS), rate=RATE)
                _check(paced, 202)
                slow.append(_percentile(paced["latencies"], 99) * 1000)
                middle.append(statistics.median(paced["latencies"]) * 1000)
        sent = (AT_ONCE + RATE * SECONDS + 100) * runs
        assert InboundEvent.objects.count() == sent, "a delivery was answered and not kept"
    how = (
        f"{PROCESSES} processes of {THREADS} threads, signed payloads of "
        f"{len(_deliveries(1)[0][1]) / 1024:.0f} KiB, a connection each; the sender runs on the "
        "same cores, and no worker beside it"
    )
    return [
        Row(
            what=f"{database}: webhook deliveries kept and answered",
            value=statistics.median(fast),
            unit="a second",
            target=RATE,
            higher_is_better=True,
            least=min(fast),
            most=max(fast),
            baseline=statistics.median(plain),
            baseline_is="the same to a shop that is not there, which is 404",
            note=how,
        ),
        Row(
            what=f"{database}: 99th percentile of the answers at {RATE} deliveries a second",
            value=statistics.median(slow),
            unit="ms",
            target=150,
            least=min(slow),
            most=max(slow),
            note=f"{SECONDS} s a run; the median answer took {statistics.median(middle):.1f} ms",
        ),
    ]


def _deliveries(count: int, shop: str = "shoes") -> list[Request]:
    return [_delivery(next(_numbers), shop) for _number in range(count)]


def _delivery(number: int, shop: str) -> Request:
    body = json.dumps(_product(number)).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "products/create",
        "X-Shopify-Webhook-Id": f"event-{number}",
        "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
    }
    return f"/api/v1/webhooks/{shop}/", body, headers


def _product(number: int) -> dict[str, object]:
    """A product with eight variants and four photos, in the shape that Shopify sends."""
    variants = [
        {"id": number * 100 + size, "sku": f"SHOE-{number}-{size}", "price": "89.00", "title": size}
        for size in range(38, 46)
    ]
    images = [
        {"id": number * 10 + at, "position": at, "src": f"https://cdn.example/{number}/{at}.jpg"}
        for at in range(1, 5)
    ]
    return {
        "id": number,
        "title": f"Running shoe {number}",
        "body_html": "<p>Light, with a wide toe box and a sole of natural rubber.</p>" * 8,
        "product_type": "shoe",
        "tags": "running, summer",
        "updated_at": "2026-11-01T10:00:00Z",
        "variants": variants,
        "images": images,
    }


def _check(told: dict[str, Sequence[int]], expected: int) -> None:
    wrong = {status for status in told["statuses"] if status != expected}
    if wrong:
        raise RuntimeError(f"expected {expected} each time, and got {wrong} as well")


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
