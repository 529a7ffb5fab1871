"""The contract of a shop that lives elsewhere: its events, its products, its media."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from prodimages.exceptions import ProdimagesError
from prodimages.shops.base import ShopBackend


class SignatureRefused(ProdimagesError):
    """A delivery that its sender did not sign, or signed for another moment: 401, no row."""


class PayloadRefused(ProdimagesError):
    """A signed delivery whose body is not what the platform documents: 400."""


class PlatformUnavailable(ProdimagesError):
    """The platform did not answer as it should; trying later may help.

    ``retry_after`` is what the platform asked for, in seconds; None leaves it to the backoff.
    """

    def __init__(self, message: str, *, retry_after: float | None = None):
        self.retry_after = retry_after
        super().__init__(message)


class PlatformRefused(ProdimagesError):
    """The platform refused for a reason that trying again won't change."""


class EventKind(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    REDACT = "redact"  # erase what is kept of a shop or a customer
    PING = "ping"  # says that the hook works; nothing to do
    IGNORED = "ignored"  # a topic that nobody here asked for


@dataclasses.dataclass(frozen=True, kw_only=True)
class Delivery:
    """One HTTP delivery as it came: the raw body, and header names in lower case."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """What a verified delivery says, in the platform-independent terms."""

    id: str
    """Unique within the shop; the same for a repeated delivery of the same event."""
    kind: EventKind
    topic: str
    """The platform's own name of it."""
    external_id: str = ""
    """The product's identity in the shop; empty where the event is about no product."""
    occurred_at: datetime | None = None
    """Orders events of one product that arrive out of order; None where nothing tells."""
    payload: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class OutsidePhoto:
    ref: str
    """The platform's id of the media, or the URL's digest where it has none."""
    url: str
    alt: str = ""
    position: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class OutsideProduct:
    """A product as its platform describes it, whatever platform that is."""

    external_id: str
    name: str
    description: str = ""
    """Plain text: markup is taken out by the adapter."""
    category: str = ""
    """Path from the root, separated by slashes."""
    tags: Sequence[str] = ()
    product_type: str = ""
    sku: str = ""
    url: str = ""
    """Where staff see the product in the platform's own admin."""
    photos: Sequence[OutsidePhoto] = ()
    """The shop's own photos, the main one first; without pictures that prodimages put there."""
    updated_at: datetime | None = None


class PlatformShop(ShopBackend):
    """A shop of an outside platform; its rows here are mirrored products.

    ``publish``, ``unpublish`` and the calls below run in workers only, never in a request;
    ``verify`` and ``parse`` run in one, and make no network call. Errors: PlatformUnavailable
    where a retry may help, PlatformRefused where it won't.
    """

    @abstractmethod
    def verify(self, delivery: Delivery) -> None:
        """Raises SignatureRefused unless the shop signed ``delivery``; in constant time.

        An unsigned ping that the platform documents passes.
        """

    @abstractmethod
    def parse(self, delivery: Delivery) -> Event:
        """What a verified delivery says. Raises PayloadRefused."""

    @abstractmethod
    def fetch(self, external_id: str) -> OutsideProduct | None:
        """The product as it is now; None when the shop has no such product."""

    @abstractmethod
    def list_ids(self, on_page: Callable[[int], None] | None = None) -> Sequence[str]:
        """External ids of all products, page by page, for a backfill of a new installation."""

    def product_of(self, event: Event) -> OutsideProduct | None:
        """The product within a full payload; None where the payload is thin and must be fetched."""
        return None

    def check_connection(self) -> list[str]:
        """What is wrong with the credentials and scopes, in words that say what to fix."""
        return []
