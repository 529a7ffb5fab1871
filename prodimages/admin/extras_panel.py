"""The part of the cut-out page that asks whether hangers, clips or tags shall be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from prodimages.admin.files import made_picture
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.models import Cutout
from prodimages.services import extras, files
from prodimages.services.hatching import extras_area, extras_preview
from prodimages.storage import private_storage

if TYPE_CHECKING:
    from prodimages.admin.photos import SourcePhotoAdmin

PREVIEW_SIDE = 900


def context(cutout: Cutout | None) -> dict[str, Any]:
    """The questions about the version that is open in the editor."""
    asked = extras.questions(cutout) if cutout else []
    return {"questions": asked, "open_questions": [one for one in asked if not one.kept_by]}


def decide(admin: SourcePhotoAdmin, request: HttpRequest, version: Cutout) -> Cutout:
    """Remove or keep the parts whose numbers are posted. Returns the version to go on with."""
    numbers = [int(text) for text in request.POST.getlist("number") if text.isdecimal()]
    try:
        if request.POST.get("answer") == "remove":
            version, is_used = extras.remove(version, numbers, request.user)
            text = _("Removed. Every later job with this photo uses the new version.")
            if not is_used:
                text = _("Removed in a draft. Use that version once the rest of it is right, too.")
        else:
            extras.keep(version, numbers, request.user)
            text = _("It belongs to the product and won't be proposed again.")
    except (RequestRefused, JobFailure) as error:
        messages.error(request, str(error))
        return version
    messages.success(request, text)
    admin.log_change(request, version.photo, text)
    return version


def area(version: Cutout) -> HttpResponseBase:
    """Where the open questions are: a PNG that is opaque there, for the editor to hatch."""
    numbers = extras.open_numbers(version)
    return made_picture(version.file, lambda alpha: extras_area(alpha, numbers), "image/png")


def preview(version: Cutout) -> HttpResponseBase:
    """The cut-out with the open questions hatched, for whoever has no editor."""
    numbers = extras.open_numbers(version)
    try:
        content = files.read(private_storage(), version.photo.file.name or "")
    except FileNotFoundError as error:
        raise Http404(_("The photo is gone from the storage.")) from error
    return made_picture(
        version.file,
        lambda alpha: extras_preview(content, alpha, numbers, PREVIEW_SIDE),
        "image/png",
    )
