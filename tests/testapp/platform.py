"""An outside shop whose platform is a dictionary, signed as Standard Webhooks say."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from prodimages.choices import EventKind
from prodimages.shops import signatures
from prodimages.shops.base import Picture
from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import (
    Delivery,
    Event,
    OutsidePhoto,
    OutsideProduct,
    PayloadRefused,
    PlatformUnavailable,
)
from shop_integration.catalogue.mirror import MirroredShop
from tests.factories import photo_bytes

SECRET = "whsec_" + base64.b64encode(b"the secret of the test shop").decode()


def moment(seconds: float) -> datetime:
    """A moment by the platform's clock."""
    return datetime.fromtimestamp(1_800_000_000 + seconds, UTC)


def outside(external_id: str = "7", *, at: float | None = 0, **values: Any) -> OutsideProduct:
    defaults = {
        "name": f"Shoe {external_id}",
        "category": "shoes",
        "photos": [OutsidePhoto(ref=f"photo-{external_id}", url="https://cdn.example/1.jpg")],
        "updated_at": None if at is None else moment(at),
    }
    return OutsideProduct(external_id=external_id, **(defaults | values))


class DictionaryShop(MirroredShop):
    """``remote`` is the platform: what it has, and how often it was asked."""

    remote: dict[str, OutsideProduct] = {}
    asked: list[str] = []
    is_down = False

    @classmethod
    def forget(cls) -> None:
        cls.remote, cls.asked, cls.is_down = {}, [], False

    def verify(self, delivery: Delivery) -> None:
        signatures.standard(delivery, self.options.get("SECRET", SECRET))

    def parse(self, delivery: Delivery) -> Event:
        body = parse_json(delivery.body)
        try:
            kind, external_id = EventKind(body["kind"]), str(body.get("id", ""))
        except (KeyError, ValueError) as error:
            raise PayloadRefused("The kind of event is missing.") from error
        at = body.get("at")
        return Event(
            id=delivery.headers["webhook-id"],
            kind=kind,
            topic=f"product.{kind}",
            external_id=external_id,
            occurred_at=None if at is None else moment(at),
            payload=body,
        )

    def product_of(self, event: Event) -> OutsideProduct | None:
        if "name" not in event.payload:
            return None
        known = {"name", "tags", "product_type", "category", "sku"}
        values = {name: value for name, value in event.payload.items() if name in known}
        if event.payload.get("bare"):
            values["photos"] = []
        return outside(event.external_id, at=event.payload.get("at"), **values)

    def fetch(self, external_id: str) -> OutsideProduct | None:
        type(self).asked.append(external_id)
        if self.is_down:
            raise PlatformUnavailable("The shop answered 503.")
        return self.remote.get(external_id)

    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        return list(self.remote)

    def open_photo(self, url: str) -> BinaryIO:
        return io.BytesIO(photo_bytes())

    def publish(self, product: Any, picture: Picture) -> str:
        return picture.ref

    def find_published(self, product: Any, ref: str) -> str:
        return ref
