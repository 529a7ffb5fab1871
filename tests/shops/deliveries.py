"""Deliveries as platforms sign them, by libraries that are not ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from standardwebhooks import Webhook

from prodimages.shops.platform import Delivery

BODY = json.dumps({"id": 7, "title": "Tasse “Blau”"}).encode()


def delivery(headers: dict[str, str], body: bytes = BODY, *, at: float | None = None) -> Delivery:
    received = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return Delivery(headers=headers, body=body, received_at=received)


def hmac_base64(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def standard_headers(
    secret: str | bytes, body: bytes = BODY, *, event_id: str = "msg_1", age: float = 0
) -> dict[str, str]:
    """Signed by the standardwebhooks package; bytes are a raw key, as BigCommerce uses it."""
    stamp = datetime.fromtimestamp(int(time.time() - age), UTC)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": Webhook(secret).sign(
            msg_id=event_id, timestamp=stamp, data=body.decode()
        ),
    }


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    return {
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid,
        "n": _base64url(numbers.n.to_bytes(size)),
        "e": _base64url(numbers.e.to_bytes(3)),
    }


def detached_jws(key: rsa.RSAPrivateKey, body: bytes = BODY, **header: Any) -> str:
    """``header..signature`` as Saleor sends it."""
    fields = {"alg": "RS256", "typ": "JWT", "kid": "1", "b64": False, "crit": ["b64"]} | header
    head = _base64url(json.dumps(fields).encode())
    signature = key.sign(head.encode() + b"." + body, padding.PKCS1v15(), SHA256())
    return f"{head}..{_base64url(signature)}"
