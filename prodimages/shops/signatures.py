"""Who sent a delivery: the signatures of the platforms, over the raw body.

Each verifier raises SignatureRefused, and nothing else, unless one of the shop's secrets or keys
signed the body; several are there while one takes another's place. Comparisons take the same
time wherever two signatures differ.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops.platform import Delivery, SignatureRefused, UnknownSigningKey

TOLERANCE = 300
"""Seconds that a signed timestamp may lie in the past or in the future."""
_LONGEST = 8192
"""Characters of a signature header; a longer one was written by nobody we know."""


def shopify(delivery: Delivery, secrets: str | Sequence[str]) -> None:
    """``X-Shopify-Hmac-SHA256``: base64 of the HMAC-SHA256 by the app's client secret."""
    given = _base64(_header(delivery, "x-shopify-hmac-sha256"))
    _require(given, _digests(_texts(secrets), delivery.body))


def woocommerce(delivery: Delivery, secrets: str | Sequence[str]) -> None:
    """``X-WC-Webhook-Signature``: base64 of the HMAC-SHA256 by the webhook's secret."""
    given = _base64(_header(delivery, "x-wc-webhook-signature"))
    _require(given, _digests(_texts(secrets), delivery.body))


def is_woocommerce_ping(delivery: Delivery) -> bool:
    """The form body that WooCommerce sends, unsigned, when somebody saves a webhook."""
    if "x-wc-webhook-signature" in delivery.headers:
        return False
    return re.fullmatch(rb"webhook_id=[0-9]{1,20}", delivery.body.strip()) is not None


def standard(delivery: Delivery, secrets: str | Sequence[str]) -> None:
    """Standard Webhooks: ``webhook-id``, ``-timestamp`` and ``-signature``.

    A secret is ``whsec_`` and base64, or the base64 alone.
    """
    _standard(delivery, [key for text in _texts(secrets) if (key := _standard_key(text))])


def bigcommerce(delivery: Delivery, secrets: str | Sequence[str]) -> None:
    """The headers of Standard Webhooks; the key is the app's client secret as it stands."""
    _standard(delivery, _texts(secrets))


def sign_standard(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The ``webhook-signature`` of a delivery of ours. Raises ValueError for a bad secret."""
    key = _standard_key(secret.encode())
    if not key:
        raise ValueError("A Standard Webhooks secret is whsec_ and base64.")
    signed = _standard_content(event_id, timestamp, body)
    return "v1," + base64.b64encode(_digest(key, signed)).decode()


def saleor(
    delivery: Delivery, keys: Iterable[Mapping[str, Any]], secrets: str | Sequence[str] = ()
) -> None:
    """``Saleor-Signature``: a detached JWS (RFC 7515, 7797) by one of ``keys``, which are JWKs.

    With ``secrets`` also the older form, hexadecimal HMAC-SHA256. UnknownSigningKey tells that
    the header names a key that is not among ``keys``.
    """
    text = _header(delivery, "saleor-signature")
    if ".." in text:
        _detached_jws(text, delivery.body, list(keys))
        return
    try:
        given = bytes.fromhex(text)
    except ValueError as error:
        raise _refused() from error
    _require(given, _digests(_texts(secrets), delivery.body))


def _refused() -> SignatureRefused:
    return SignatureRefused(_("The signature does not fit the body and the shop's secret."))


def _header(delivery: Delivery, name: str) -> str:
    text = delivery.headers.get(name, "").strip()
    if not text:
        raise SignatureRefused(_("The header %(name)s is missing.") % {"name": name})
    if len(text) > _LONGEST or not text.isascii():
        raise _refused()
    return text


def _texts(secrets: str | Sequence[str]) -> list[bytes]:
    """The secrets as bytes, without empty ones: anybody can sign by those."""
    listed = [secrets] if isinstance(secrets, str) else secrets
    return [secret.encode() for secret in listed if secret]


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused() from error


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def _digests(keys: Iterable[bytes], content: bytes) -> list[bytes]:
    return [_digest(key, content) for key in keys]


def _require(given: bytes, expected: Sequence[bytes]) -> None:
    if not expected:
        raise SignatureRefused(_("No secret is set for this shop."))
    # Not any(), so that each comparison is made whichever of them fits.
    if not sum(hmac.compare_digest(given, digest) for digest in expected):
        raise _refused()


def _standard_key(secret: bytes) -> bytes:
    """The key within ``whsec_...``; empty when it is none."""
    encoded = secret.removeprefix(b"whsec_").rstrip(b"=")
    try:
        return base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _standard_content(event_id: str, timestamp: int | str, body: bytes) -> bytes:
    return f"{event_id}.{timestamp}.".encode() + body


def _standard(delivery: Delivery, keys: Sequence[bytes]) -> None:
    event_id = _header(delivery, "webhook-id")
    stamp = _header(delivery, "webhook-timestamp")
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise _refused()
    if abs(delivery.received_at.timestamp() - int(stamp)) > TOLERANCE:
        raise SignatureRefused(_("The signature is of another time; check the clocks."))
    expected = _digests(keys, _standard_content(event_id, stamp, delivery.body))
    # A sender that changes its secret signs by the old and by the new one for a while.
    given = [
        part.removeprefix("v1,")
        for part in _header(delivery, "webhook-signature").split(" ")
        if part.startswith("v1,")
    ]
    _require_any(given, expected)


def _require_any(given: Sequence[str], expected: Sequence[bytes]) -> None:
    for text in given:
        try:
            return _require(_base64(text), expected)
        except SignatureRefused:
            continue
    raise _refused()


def _detached_jws(text: str, body: bytes, keys: Sequence[Mapping[str, Any]]) -> None:
    head, _dots, signature = text.partition("..")
    header = _jws_header(head)
    named = [key for key in keys if header.get("kid") in (None, key.get("kid"))]
    if not named:
        raise UnknownSigningKey(_("The signature is by a key that is not known here yet."))
    given = _base64url(signature)
    signed = head.encode() + b"." + body
    if not any(check(given, signed) for check in map(_rs256, named)):
        raise _refused()


def _jws_header(encoded: str) -> Mapping[str, Any]:
    try:
        header = json.loads(_base64url(encoded))
    except (ValueError, RecursionError) as error:
        raise _refused() from error
    # No other algorithm, least of all one that the sender may choose; and no extension that
    # would change the meaning of the signature but the one for a detached, plain body.
    if not isinstance(header, dict) or header.get("alg") != "RS256":
        raise _refused()
    if header.get("crit", ["b64"]) != ["b64"]:
        raise _refused()
    return header


def _base64url(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise _refused()
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise _refused() from error


def _rs256(key: Mapping[str, Any]) -> Callable[[bytes, bytes], bool]:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3) by a JWK; False for a key that is none."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    def check(signature: bytes, content: bytes) -> bool:
        try:
            modulus, exponent = (
                int.from_bytes(_base64url(str(key.get(name, "")))) for name in ("n", "e")
            )
            public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
            public.verify(signature, content, padding.PKCS1v15(), SHA256())
        except (InvalidSignature, SignatureRefused, ValueError, TypeError):
            return False
        return True

    return check
