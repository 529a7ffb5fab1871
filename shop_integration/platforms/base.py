"""What the adapters share: options, guarded calls, and publishing that adds a picture once."""

from __future__ import annotations

import dataclasses
import io
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, BinaryIO, ClassVar

from django.core.checks import CheckMessage
from django.utils.translation import gettext as _

from prodimages.exceptions import ProdimagesError
from prodimages.shops import options
from prodimages.shops.base import Picture
from prodimages.shops.download import download
from prodimages.shops.http import Client
from prodimages.shops.platform import OutsidePhoto, PlatformRefused, PlatformUnavailable
from shop_integration.catalogue.mirror import MirroredShop
from shop_integration.platforms.marks import key_in, photo_ref

COMMON = ("ALLOW_HOSTS", "POSITION")


@dataclasses.dataclass(frozen=True)
class Media:
    """One picture that the shop has of a product."""

    reference: str
    key: str
    """The publish key of a picture of ours; "" for the shop's own."""


class HttpShop(MirroredShop):
    """Options, guarded calls and photos."""

    NEEDED: ClassVar[tuple[str, ...]] = ("URL", "TOKEN", "SECRETS")
    KNOWN: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def client(self) -> Client:
        """For the calls of one operation; use it as a context manager."""

    def open_photo(self, url: str) -> BinaryIO:
        return io.BytesIO(download(url, allow_hosts=self.allow_hosts))

    def check(self) -> list[CheckMessage]:
        known = (*COMMON, *self.KNOWN)
        return super().check() + options.check_options(self.shop, self.options, self.NEEDED, known)

    @property
    def allow_hosts(self) -> list[str]:
        return options.texts(self.options, "ALLOW_HOSTS")

    @property
    def secrets(self) -> list[str]:
        return options.texts(self.options, "SECRETS")

    @property
    def goes_first(self) -> bool:
        """Whether our pictures go before the shop's own: option POSITION is "first"."""
        return options.text(self.options, "POSITION", "last") == "first"

    def need(self, name: str) -> str:
        return options.required(self.options, name, self.shop)

    def url(self) -> str:
        return self.need("URL").rstrip("/") + "/"


class MediaShop(HttpShop):
    """Adds ``media_of``, ``add`` and ``remove`` up to a publish that can be repeated at any point.

    A platform that accepts a picture and then fails to say so has it all the same: each
    attempt reads first what is there, by the key in the name of the file.
    """

    @abstractmethod
    def media_of(self, client: Client, external_id: str) -> list[Media]:
        """The product's pictures in their order. Raises PlatformRefused for no such product."""

    @abstractmethod
    def add(self, client: Client, external_id: str, picture: Picture) -> None:
        """Add the picture to the product, beside what it has."""

    @abstractmethod
    def remove(self, client: Client, external_id: str, reference: str) -> None:
        """Take one picture of ours out; nothing happens when it is gone."""

    @abstractmethod
    def problems(self, client: Client) -> Iterator[str]:
        """What is wrong with the rights of the token, in words."""

    def publish(self, product: Any, picture: Picture) -> str:
        external_id = self.external_id(product)
        with self.client() as client:
            ours = self._ours(client, external_id, picture.ref)
            if not ours:
                self.add(client, external_id, picture)
                ours = self._ours(client, external_id, picture.ref)
            if not ours:
                raise PlatformUnavailable(_("The shop took the picture, but does not show it yet."))
            # Two attempts may have been accepted behind each other's back.
            for twin in ours[1:]:
                self.remove(client, external_id, twin)
            return ours[0]

    def unpublish(self, product: Any, reference: str) -> None:
        with self.client() as client:
            self.remove(client, self.external_id(product), reference)

    def find_published(self, product: Any, ref: str) -> str:
        external_id = self.external_id(product)
        with self.client() as client:
            try:
                found = self._ours(client, external_id, ref)
            except NoSuchProduct:
                return ""
        return found[0] if found else ""

    def _ours(self, client: Client, external_id: str, ref: str) -> list[str]:
        return [media.reference for media in self.media_of(client, external_id) if media.key == ref]

    def check_connection(self) -> list[str]:
        try:
            with self.client() as client:
                return list(self.problems(client))
        except ProdimagesError as error:
            return [str(error)]


class NoSuchProduct(PlatformRefused):
    """The product was deleted in the shop."""

    def __init__(self) -> None:
        super().__init__(_("The shop has no such product any more."))


def outside_photo(url: str, *, alt: str = "", position: int = 0) -> OutsidePhoto | None:
    """A photo of the shop's own; None for a picture of ours, or for no address."""
    if not url or key_in(url):
        return None
    return OutsidePhoto(ref=photo_ref(url), url=url, alt=alt, position=position)
