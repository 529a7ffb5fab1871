"""What is stored of the photos that products' next pictures are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max, Model

from prodimages.choices import Extra
from prodimages.cutouts.proposals.base import SURE
from prodimages.models import Cutout, GenerationJob


def known_photos(products: Sequence[Model], refs: Mapping[Any, str], shop: str) -> dict[Any, int]:
    """Key of product -> key of the stored photo named by ``refs``, where a job worked on it."""
    last = (
        GenerationJob.objects.filter(
            shop=shop, product_id__in=[product.pk for product in products], photo__isnull=False
        )
        .order_by()
        .values("product_id", "photo_ref")
        .annotate(last=Max("pk"))
    )
    jobs = [row["last"] for row in last if refs.get(row["product_id"]) == row["photo_ref"]]
    return dict(GenerationJob.objects.filter(pk__in=jobs).values_list("product_id", "photo_id"))


def with_a_hanger(photos: Iterable[int]) -> set[int]:
    """Those of ``photos`` in which a hanger was surely found, or that staff took a hanger out of.

    One of which staff said that it belongs to the product is none.
    """
    rows = Cutout.objects.filter(photo__in=set(photos)).values_list("photo_id", "details")
    return {photo for photo, details in rows if _names_a_hanger(details)}


def colors_in(photos: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Names of the product's colors in each of ``photos`` that a worker has cut it out of."""
    rows = Cutout.objects.filter(photo__in=set(photos), details__has_key="colors").order_by("pk")
    return {
        photo: tuple(details["colors"])
        for photo, details in rows.values_list("photo_id", "details")
    }


def _names_a_hanger(details: Mapping[str, Any]) -> bool:
    if Extra.HANGER in details.get("removed", ()):
        return True
    return any(
        part["kind"] == Extra.HANGER and part["confidence"] >= SURE and not part.get("kept_by")
        for part in details.get("proposals", ())
    )


def on_a_surface(photos: Iterable[int]) -> set[int]:
    """Those of ``photos`` that show the far edge of what their product stands on."""
    rows = Cutout.objects.filter(photo__in=set(photos)).values_list("photo_id", "details")
    return {photo for photo, details in rows if details.get("far_edge") is not None}
