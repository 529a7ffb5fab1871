"""The contract of a shop that lives elsewhere: its events, its products, its media."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from prodimages.choices import EventKind as EventKind  # adapters take all of the contract from here
from prodimages.exceptions import ProdimagesError
from prodimages.shops.base import ShopBackend


class SignatureRefused(ProdimagesError):
    """A delivery that its sender did not sign, or signed for another moment: 401, no row."""


class UnknownSigningKey(SignatureRefused):
    """Signed by a key that is not among those kept here; they may be out of date."""


class PayloadRefused(ProdimagesError):
    """A signed delivery whose body is not what the platform documents: 400."""


class PlatformUnavailable(ProdimagesError):
    """The platform did not answer as it should; trying later may help.

    ``retry_after`` is what the platform asked for, in seconds; None leaves it to the backoff.
    """

    def __init__(self, message: str, *, retry_after: float | None = None):
        self.retry_after = retry_after
        super().__init__(message)


class StateUnclear(ProdimagesError):
    """Two states of one product claim the same moment, or one follows its deletion."""


class PlatformRefused(ProdimagesError):
    """The platform refused for a reason that trying again won't change."""


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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a product's state that was brought here."""

    product: Any
    """The row of PRODIMAGES_PRODUCT_MODEL."""
    waits: bool
    """No pictures were ordered for it yet, and an event brought it: the rules may choose."""


class PlatformShop(ShopBackend):
    """A shop of an outside platform; its rows here are mirrored products.

    ``publish``, ``unpublish`` and the calls below run in workers only, never in a request;
    ``verify`` and ``parse`` run in one, and make no network call. Errors: PlatformUnavailable
    where a retry may help, PlatformRefused where it won't.

    ``take``, ``settle``, ``drop`` and ``erase`` keep the rows; mix in
    ``shop_integration.catalogue.mirror.MirroredShop`` to have them, or keep rows of your own.
    """

    publishes_at_once: ClassVar[bool] = False

    @abstractmethod
    def find_published(self, product: Any, ref: str) -> str:
        """Asks the platform, so that what it accepted without telling is found."""

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

    def fetch_signing_keys(self) -> Mapping[str, Any] | None:
        """The JWKS document whose keys sign the deliveries; None where a secret does.

        Asked for by workers and doctor, and kept in the database for ``verify``.
        """
        return None

    @abstractmethod
    def take(
        self,
        product: OutsideProduct,
        *,
        as_of: datetime,
        asked_at: datetime | None = None,
        by_event: bool = True,
    ) -> Taken | None:
        """Make or update the row of ``product``; None when something newer is known of it.

        ``as_of`` is the moment of this state by the platform's clock where it tells one.
        ``asked_at`` is when, by our clock, the platform was asked for it; None where an event
        brought it. Raises StateUnclear when only asking (again) tells which state is newer.
        """

    @abstractmethod
    def settle(self, *products: Any) -> None:
        """The first pictures of ``products`` are ordered; later events order no more."""

    @abstractmethod
    def drop(self, external_id: str, *, as_of: datetime | None) -> bool:
        """Remove the row of a deleted product; False when something newer is known of it.

        None means that the platform was asked and has no such product. A late event of before
        the deletion must not bring the product back.
        """

    @abstractmethod
    def erase(self) -> int:
        """Remove everything known of the shop's products; returns how many there were."""
