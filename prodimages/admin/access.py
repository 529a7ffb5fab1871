"""Who may do what: our permissions, and the host's own limits on products."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from prodimages.conf import settings
from prodimages.models import GenerationJob, SourcePhoto

M = TypeVar("M", bound=Model)


def may(request: HttpRequest, *names: str) -> bool:
    """Whether the person has any of these permissions of ours."""
    user: Any = request.user
    return any(user.has_perm(f"prodimages.{name}") for name in names)


def may_read_payloads(request: HttpRequest) -> bool:
    return may(request, "view_payload")


def may_replay(request: HttpRequest) -> bool:
    return may(request, "replay_inboundevent")


def may_generate(request: HttpRequest) -> bool:
    return may(request, "add_generationjob")


def may_review(request: HttpRequest) -> bool:
    return may(request, "review_generatedimage")


def may_see_jobs(request: HttpRequest) -> bool:
    return may(request, "view_generationjob", "change_generationjob")


def may_see_pictures(request: HttpRequest) -> bool:
    return may(request, "view_generatedimage", "change_generatedimage", "review_generatedimage")


def may_see_photos(request: HttpRequest) -> bool:
    """Whoever judges a picture must see the photo that it came from."""
    return may(request, "view_sourcephoto", "change_sourcephoto") or may_see_pictures(request)


def may_upload_masks(request: HttpRequest) -> bool:
    return may(request, "add_cutout")


def may_edit_cutouts(request: HttpRequest) -> bool:
    return may(request, "change_cutout")


def host_products(request: HttpRequest, site: AdminSite) -> QuerySet[Any] | None:
    """The products that the host's own admin shows this person; None when it shows all."""
    try:
        host = site.get_model_admin(apps.get_model(settings.product_model))
    except NotRegistered:
        return None
    products: QuerySet[Any] = host.get_queryset(request)
    query = products.query
    limited = bool(query.where) or bool(query.combinator) or query.is_sliced
    return products if limited else None


def within_reach(rows: QuerySet[M], request: HttpRequest, site: AdminSite) -> QuerySet[M]:
    """``rows`` without those of products that the host's admin would not show this person.

    A row whose product was deleted belongs to nobody in particular, so that it is left
    to those whom the host does not limit.
    """
    products = host_products(request, site)
    return rows if products is None else rows.filter(product__in=_keys(products))


def photos_within_reach(
    photos: QuerySet[SourcePhoto], request: HttpRequest, site: AdminSite
) -> QuerySet[SourcePhoto]:
    """As above; a photo that several products share is seen by whoever may see one of them."""
    products = host_products(request, site)
    if products is None:
        return photos
    jobs = GenerationJob.objects.filter(product__in=_keys(products))
    return photos.filter(Q(product__in=_keys(products)) | Q(pk__in=jobs.values("photo")))


def _keys(products: QuerySet[Any]) -> QuerySet[Any]:
    unsorted = products if products.query.is_sliced else products.order_by()
    return unsorted.values("pk")
