"""Platforms whose update of a product replaces its whole list of images."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.shops.http import Client
from prodimages.shops.platform import PlatformUnavailable
from shop_integration.platforms.base import MediaShop

TRIES = 3


class ReplacedListShop(MediaShop):
    """Changes the list with all that is in it at that moment, and looks at it again after.

    These platforms know no conditional update. Reading just before writing leaves a gap of one
    round trip in which another's change could get lost; whatever was there when we read is
    verified to be there after, and put back where somebody else's list overtook ours.
    """

    @abstractmethod
    def images(self, client: Client, external_id: str) -> list[Mapping[str, Any]]:
        """The list as it is. Raises NoSuchProduct."""

    @abstractmethod
    def replace(self, client: Client, external_id: str, images: Sequence[Any]) -> None:
        """Put ``images`` in place of the list; each as ``kept`` gives it."""

    @abstractmethod
    def kept(self, image: Mapping[str, Any]) -> Mapping[str, Any]:
        """How the update names an image that is to stay as it is."""

    @abstractmethod
    def identity(self, image: Mapping[str, Any]) -> str:
        """By which an image is known again in the list after."""

    def insert(self, client: Client, external_id: str, new: Mapping[str, Any]) -> None:
        """Add ``new``, an image as ``kept`` gives it, and lose none of the others."""
        wanted = self.identity(new)
        others: dict[str, Mapping[str, Any]] = {}
        for _try in range(TRIES):
            now = self.images(client, external_id)
            there = [self.identity(image) for image in now]
            if wanted in there and set(others) <= set(there):
                return
            others |= {self.identity(image): self.kept(image) for image in now}
            others.pop(wanted, None)
            listed = list(others.values())
            self.replace(client, external_id, [new, *listed] if self.goes_first else [*listed, new])
        raise PlatformUnavailable(_("Somebody else keeps changing this product's pictures."))

    def take_out(self, client: Client, external_id: str, identity: str) -> None:
        for _try in range(TRIES):
            now = self.images(client, external_id)
            left = [self.kept(image) for image in now if self.identity(image) != identity]
            if len(left) == len(now):
                return
            self.replace(client, external_id, left)
        raise PlatformUnavailable(_("Somebody else keeps changing this product's pictures."))
