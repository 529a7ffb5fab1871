"""From where a product was photographed, and its width: what staff said, saw or remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from prodimages.choices import ViewSource
from prodimages.engines.base import View
from prodimages.exceptions import RequestRefused
from prodimages.models import CategoryView, ProductSettings
from prodimages.models.category_view import PATH_LENGTH, normalized
from prodimages.pipeline.views import HANGING, STANDING, UNKNOWN, view_by_category
from prodimages.services.known_photos import (
    colors_in,
    known_photos,
    on_a_surface,
    with_a_hanger,
)
from prodimages.shops.base import ProductInfo


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seen:
    """What is stored about the views of a shop's categories, and about one product's photo."""

    categories: Sequence[CategoryView] = ()
    hangs: bool = False
    """Whether a hanger was found in the photo."""
    colors: Sequence[str] = ()
    """Names of the product's colors in the photo; none where no worker has looked yet."""
    stands: bool = False
    """Whether the photo shows the far edge of a shelf, a table or a floor behind the product."""


UNSEEN = Seen()


def seen_for(products: Sequence[Model], refs: Mapping[Any, str], *, shop: str) -> dict[Any, Seen]:
    """What is stored, by the key of each of the ``products``.

    ``refs`` names the photo that each one's next picture is made of, where it has any.
    """
    categories = list(CategoryView.objects.filter(shop=shop))
    photos = known_photos(products, refs, shop)
    known = set(photos.values())
    hanging, standing = with_a_hanger(known), on_a_surface(known)
    colors = colors_in(known)
    return {
        product.pk: Seen(
            categories=categories,
            hangs=photos.get(product.pk) in hanging,
            colors=colors.get(photos.get(product.pk, 0), ()),
            stands=photos.get(product.pk) in standing,
        )
        for product in products
    }


def view_of(
    info: ProductInfo, own: ProductSettings | None, seen: Seen = UNSEEN
) -> tuple[View, ViewSource]:
    """The view of a product, and the strongest of what decided it.

    What staff set for the product goes before what they set for its category, that before a
    hanger in the photo, and that before the words of the category. The edge of a shelf behind it
    counts where no word is known. Staff may set the elevation or the support alone; the other
    comes from what is next.
    """
    view = view_by_category(info.category, info.product_type)
    source = ViewSource.UNKNOWN if view == UNKNOWN else ViewSource.WORDS
    if seen.stands and view == UNKNOWN:
        view, source = STANDING, ViewSource.PHOTO
    if seen.hangs:
        view, source = HANGING, ViewSource.PHOTO
    with_view = [row for row in seen.categories if row.has_view]
    if (row := _nearest(info.category, with_view)) is not None:
        view, source = _over(view, row), ViewSource.CATEGORY
    if own is not None and (own.elevation is not None or own.support):
        view, source = _over(view, own), ViewSource.STAFF
    return view, source


def width_of(info: ProductInfo, own: ProductSettings | None, seen: Seen = UNSEEN) -> float | None:
    """Centimeters, as staff set them for the product, the shop gives them, or the category has."""
    if (width := (own.width_cm if own else None) or info.width_cm) is not None:
        return width
    row = _nearest(info.category, [row for row in seen.categories if row.width_cm is not None])
    return row.width_cm if row else None


def _over(view: View, said: CategoryView | ProductSettings) -> View:
    """``view``, but for what staff said."""
    if said.elevation is not None and view.support == "none":
        view = STANDING  # an elevation is one above a surface
    return View(
        elevation=view.elevation if said.elevation is None else said.elevation,
        support=said.support or view.support,
    )


def _nearest(category: str, rows: Sequence[CategoryView]) -> CategoryView | None:
    """The row with the longest path that ``category`` lies under."""
    paths = set(prefixes(category))
    found = [row for row in rows if row.category in paths]
    return max(found, key=lambda row: len(row.category), default=None)


def prefixes(category: str) -> list[str]:
    """The category and all that it lies in, from the innermost out: kitchen/mugs, kitchen."""
    parts = normalized(category).split("/")
    return [path for end in range(len(parts), 0, -1) if (path := "/".join(parts[:end]))]


def remember_view(
    product: Model,
    *,
    shop: str,
    elevation: float | None,
    support: str,
    width_cm: float | None,
) -> None:
    """Let later jobs of ``product`` use this view and width; without them, what else is known."""
    said = {"elevation": elevation, "support": support, "width_cm": width_cm}
    ProductSettings.objects.update_or_create(
        product_id=product.pk, defaults=said, create_defaults={**said, "shop": shop}
    )


def remember_for_category(
    category: str,
    *,
    shop: str,
    elevation: float | None = None,
    support: str = "",
    width_cm: float | None = None,
) -> CategoryView:
    """Let every product under ``category`` that has none of its own take this view and width.

    What is not said stays as it was: a width, or a whole view. Raises RequestRefused for a path
    that no row can hold, and where nothing is set.
    """
    path = normalized(category)
    if not path or len(path) > PATH_LENGTH:
        text = _("The view of a category needs its path, of %(most)d characters at most.")
        raise RequestRefused.about("category", text % {"most": PATH_LENGTH})
    said: dict[str, Any] = {} if width_cm is None else {"width_cm": width_cm}
    if elevation is not None or support:
        said |= {"elevation": elevation, "support": support}
    if not said:
        text = _("Set the camera elevation, the support or the width.")
        raise RequestRefused.about("elevation", text)
    row, _created = CategoryView.objects.update_or_create(shop=shop, category=path, defaults=said)
    return row


def view_in_words(view: View) -> str:
    """Such as “stands on a surface, seen from 12° above”."""
    if view.support == "wall":
        return _("hangs before a wall")
    if view.support == "none":
        return _("plane-on, without a horizon")
    return _("on a surface, seen from %(degrees)g° above") % {"degrees": view.elevation}
