"""Events in the form that the Standard Webhooks specification advises: type, timestamp, data.

https://www.standardwebhooks.com
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from prodimages.shops.payloads import parse_json
from prodimages.shops.platform import Delivery, Event, EventKind, PayloadRefused
from shop_integration.platforms.reading import as_text, moment, within

TYPES = {
    "product.created": EventKind.CREATED,
    "product.updated": EventKind.UPDATED,
    "product.deleted": EventKind.DELETED,
    "shop.redact": EventKind.REDACT_SHOP,
    "ping": EventKind.PING,
}


def parse_envelope(delivery: Delivery) -> Event:
    """The event; its id is the signed ``webhook-id``. Raises PayloadRefused."""
    payload = parse_json(delivery.body)
    topic = as_text(payload.get("type"))
    kind = TYPES.get(topic, EventKind.IGNORED)
    about_product = kind in {EventKind.CREATED, EventKind.UPDATED, EventKind.DELETED}
    external_id = as_text(within(payload, "data", "id")) if about_product else ""
    if about_product and not external_id:
        raise PayloadRefused(_("The payload names no product."))
    return Event(
        id=delivery.headers.get("webhook-id", ""),
        kind=kind,
        topic=topic,
        external_id=external_id,
        occurred_at=moment(within(payload, "data", "updated_at") or payload.get("timestamp")),
        payload=payload,
    )
