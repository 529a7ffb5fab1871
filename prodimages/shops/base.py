"""The contract between prodimages and a shop; twenty lines suffice for a shop of one's own."""

from __future__ import annotations

import contextlib
import dataclasses
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, BinaryIO, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from prodimages.conf import settings
from prodimages.exceptions import ProdimagesError

CHUNK = 500
"""Most values that one query is given at once."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProductInfo:
    """What prodimages may know of a product. Prompts and rules see these fields only."""

    key: str
    """The product's identity in its shop, as text: a primary key, a SKU or an outside id."""
    name: str
    description: str = ""
    category: str = ""
    """Path from the root, separated by slashes: ``kitchen/mugs``."""
    tags: tuple[str, ...] = ()
    product_type: str = ""
    sku: str = ""
    color: str = ""
    width_cm: float | None = None
    """Real width of what the photo shows, in centimetres."""
    attributes: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Photo:
    """One photo of a product, opened only by the worker."""

    ref: str
    """Stable name of the photo within its product, such as the media row's key."""
    open: Callable[[], BinaryIO]
    """Returns a new binary file; raises OSError, or ProdimagesError with words, when it can't."""
    version: str = ""
    """Another one when the photo behind the same ``ref`` is another: a file's name, a time.
    Empty where ``ref`` itself changes, or nobody can tell."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Picture:
    """An approved picture on its way into the shop."""

    ref: str
    """Unique and stable; publishing the same ref again must not add a second picture."""
    open: Callable[[], BinaryIO]
    filename: str
    alt: str
    width: int
    height: int
    mime: str
    order_key: str = ""
    """The same for each attempt at one publication, and another when it is published anew;
    "" where a shop of this process publishes at once."""


class ShopBackend(ABC):
    """How one shop describes its products and takes their pictures.

    Instances are made from ``PRODIMAGES["SHOPS"][shop]`` and hold no state between calls.
    """

    publishes_at_once: ClassVar[bool] = True
    """Whether ``publish`` is quick enough for a request: it writes to this site's own database
    and storage. A worker publishes for any other shop, and tries again by itself."""

    def __init__(self, shop: str = "local", options: Mapping[str, Any] | None = None):
        self.shop = shop
        self.options = dict(options or {})

    @abstractmethod
    def describe(self, product: Any) -> ProductInfo:
        """The plain facts of ``product``; no queries beyond what the row already holds."""

    @abstractmethod
    def photos(self, product: Any) -> list[Photo]:
        """The product's own photos, the main one first; never pictures of ours."""

    @abstractmethod
    def publish(self, product: Any, picture: Picture) -> str:
        """Add ``picture`` to the product's media once; returns the shop's reference to it.

        Idempotent by ``picture.ref``. Raises OSError or ProdimagesError when the shop
        did not take the picture; it stays approved and can be published again.
        """

    def unpublish(self, product: Any, reference: str) -> None:
        """Take a published picture back; does nothing when it is gone already."""
        raise ProdimagesError(f"The shop “{self.shop}” can't take pictures back by itself.")

    def find_published(self, product: Any, ref: str) -> str:
        """The shop's reference to the picture that was published as ``ref``; "" for none.

        Asked when a picture has to be taken out and the answer to publishing it got lost.
        """
        return ""

    def photos_for(self, products: Iterable[Any]) -> dict[Any, list[Photo]]:
        """``photos`` of many products by primary key; override to save queries."""
        return {product.pk: self.photos(product) for product in products}

    def products(self) -> QuerySet[Any]:
        """All products of this shop; override where the model holds those of others as well."""
        everything: QuerySet[Any] = apps.get_model(settings.product_model)._default_manager.all()
        return everything

    def find(self, text: str) -> Any | None:
        """The product that a person means by ``text``: its SKU where it has one, or its key."""
        own = self.products()
        model = own.model
        names = {field.name for field in model._meta.get_fields()}
        for name in ("sku", "pk"):
            if name == "pk" or name in names:
                try:
                    return own.get(**{name: text})
                except (model.DoesNotExist, ValueError, ValidationError):
                    continue
        return None

    def find_all(self, texts: Collection[str]) -> dict[str, Any]:
        """The products that are meant by ``texts``; as ``find``, in a few queries for all.

        A shop with a ``find`` of its own is asked for one after the other, unless it has a
        ``find_all`` as well.
        """
        if type(self).find is not ShopBackend.find:
            asked = ((text, self.find(text)) for text in texts)
            return {text: product for text, product in asked if product is not None}
        own = self.products()
        names = {field.name for field in own.model._meta.get_fields()}
        found: dict[str, Any] = {}
        for name in ("sku", "pk"):
            if name == "pk" or name in names:
                left = [text for text in texts if text not in found]
                found |= _by_field(own, name, left)
        return found

    def shopper(self, request: Any) -> Mapping[str, str]:
        """What kind of shopper asks: ``segment``, ``locale``, ``season``, ``arm``, ``scene``.

        Words of your own choosing, few of each: every combination is one more picture to make
        and to keep, and all shoppers with the same words are shown the same.
        """
        return {}

    def photo_url(self, product: Any) -> str:
        """Where browsers find the product's main photo; shown to shoppers while no picture of the
        product is approved. Empty where there is no such address.
        """
        return ""

    def product_url(self, product: Any) -> str:
        """Where staff see the product; empty when there is no such page."""
        return ""


def _by_field(own: QuerySet[Any], name: str, texts: Collection[str]) -> dict[str, Any]:
    """The products whose field is one of ``texts``; what the field can't be, none is."""
    options = own.model._meta
    field: Any = options.pk if name == "pk" else options.get_field(name)
    meant: dict[Any, list[str]] = defaultdict(list)
    for text in texts:
        with contextlib.suppress(ValueError, ValidationError):
            # A number out of a key's range would be an error of the database.
            value = field.clean(text, None) if name == "pk" else field.to_python(text)
            meant[value].append(text)
    found: dict[str, Any] = {}
    values = list(meant)
    for start in range(0, len(values), CHUNK):
        chosen = own.filter(**{f"{name}__in": values[start : start + CHUNK]})
        for product in chosen:
            for text in meant.get(getattr(product, name), ()):
                found.setdefault(text, product)
    return found
