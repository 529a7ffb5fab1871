"""Signatures of picture addresses: the same for everybody in a segment, for as long as an epoch.

Deterministic, so that a CDN sees one address where many shoppers see one picture, and coarse in
time, so that an address that was copied a while ago can't order anything any more.
"""

from __future__ import annotations

import base64
import dataclasses
import re
import time
import zlib
from collections.abc import Sequence

from django.conf import settings as django_settings
from django.utils.crypto import constant_time_compare, salted_hmac

from prodimages.conf import settings

_SALT = "prodimages.storefront.picture.1"
_BYTES = 16
_EPOCH = re.compile(r"\d{1,12}", re.ASCII)


class Forged(Exception):
    """The signature is not one of ours."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signed:
    """One variant of one product's picture, at an address that the shop has made."""

    shop: str
    product: str
    """The product's primary key, as text."""
    variant: str
    epoch: int
    signature: str

    @property
    def is_fresh(self) -> bool:
        """Whether the address is of today, or of tomorrow by a clock that is ahead.

        One of before shows what there is, and orders nothing.
        """
        return 0 <= self.epoch - current_epoch(self.product) <= 1


def sign(shop: str, product: str, variant: str) -> Signed:
    """Sign with the newest key, for the epoch that runs."""
    epoch = current_epoch(product)
    signature = _signature(_keys()[0], shop, product, variant, epoch)
    return Signed(shop=shop, product=product, variant=variant, epoch=epoch, signature=signature)


def check(*, shop: str, product: str, variant: str, epoch: str, signature: str) -> Signed:
    """The address, if it was signed by a key that is still known. Raises Forged."""
    if not _EPOCH.fullmatch(epoch):
        raise Forged
    number = int(epoch)
    for key in _keys():
        wanted = _signature(key, shop, product, variant, number)
        if str(number) == epoch and constant_time_compare(wanted, signature):
            return Signed(
                shop=shop, product=product, variant=variant, epoch=number, signature=signature
            )
    raise Forged


def current_epoch(product: str, now: float | None = None) -> int:
    """Each product's epoch begins at a moment of its own, so that not all addresses of a shop
    become new, and unknown to its CDN, at once."""
    period = int(settings.STOREFRONT_EPOCH_SECONDS)
    moment = time.time() if now is None else now
    return int(moment + zlib.crc32(product.encode()) % period) // period


def _signature(key: str | bytes, shop: str, product: str, variant: str, epoch: int) -> str:
    # What we sign never holds the separator: four lines, which no other four parts give.
    text = "\n".join((shop, product, variant, str(epoch)))
    digest = salted_hmac(_SALT, text, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _keys() -> Sequence[str | bytes]:
    """The key that signs, and those that are still believed."""
    own: Sequence[str | bytes] = settings.STOREFRONT_KEYS
    return own or [django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS]
