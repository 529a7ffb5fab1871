"""One picture beside the photo that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from prodimages.admin.access import may_generate, may_see_photos
from prodimages.admin.cards import Card
from prodimages.admin.pages import admin_url, page
from prodimages.admin.variation_page import VariationForm
from prodimages.models import GeneratedImage

if TYPE_CHECKING:
    from prodimages.admin.images import GeneratedImageAdmin


def show(admin: GeneratedImageAdmin, request: HttpRequest, image: GeneratedImage) -> HttpResponse:
    siblings = admin.get_queryset(request).filter(job_id=image.job_id).order_by("index")
    original = image.job.photo if may_see_photos(request) else None
    job_url = admin_url(admin.admin_site, "prodimages_generationjob_change", image.job_id)
    context = {
        "title": _("Compare picture %(name)s") % {"name": image},
        "subtitle": None,
        "opts": admin.opts,
        "image": image,
        "card": Card(image, may_review=False),
        "original": original,
        "siblings": siblings,
        "fit": _fit(image) if original else None,
        "variation": VariationForm(image) if _may_vary(request, image) else None,
        "job_url": f"{job_url}#picture-{image.pk}",
    }
    return page(request, admin.admin_site, "prodimages/admin/compare.html", context, is_wide=True)


def _may_vary(request: HttpRequest, image: GeneratedImage) -> bool:
    return may_generate(request) and bool(image.job.product_id and image.job.style_id)


def _fit(image: GeneratedImage) -> dict[str, Any] | None:
    """Where the photo lies, in percent of the picture, so that product lies on product, and
    the product's middle in fractions of the picture.

    None where that is not recorded, or where the product was turned: they can't coincide then.
    """
    box, seen = image.fidelity.get("box"), image.fidelity.get("photo_box")
    if not box or not seen or image.fidelity.get("rotation"):
        return None
    left, top, right, bottom = box
    across = (right - left) / (seen[2] - seen[0])
    down = (bottom - top) / (seen[3] - seen[1])
    return {
        "middle": (round((left + right) / 2, 4), round((top + bottom) / 2, 4)),
        "left": round(100 * (left - seen[0] * across), 3),
        "top": round(100 * (top - seen[1] * down), 3),
        "width": round(100 * across, 3),
        "height": round(100 * down, 3),
    }
