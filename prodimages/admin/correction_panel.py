"""The part of the photo's page where staff see, undo or steer the color correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin.access import may
from prodimages.admin.files import made_picture
from prodimages.admin.pages import admin_url, guarded
from prodimages.exceptions import RequestRefused
from prodimages.models import SourcePhoto
from prodimages.services import corrections

if TYPE_CHECKING:
    from prodimages.admin.photos import SourcePhotoAdmin

NAME = "prodimages_sourcephoto_correction"
SIDE = 900


class GrayPointForm(forms.Form):
    x = forms.FloatField(
        label=gettext_lazy("From the left, in percent"), min_value=0, max_value=100
    )
    y = forms.FloatField(label=gettext_lazy("From the top, in percent"), min_value=0, max_value=100)


def panel(request: HttpRequest, photo: SourcePhoto) -> dict[str, Any]:
    """What the template shows."""
    gray = photo.corrections.get("gray")
    record = corrections.last_record(photo)
    initial = {"x": round(100 * gray[0], 1), "y": round(100 * gray[1], 1)} if gray else None
    return {
        "mode": photo.corrections.get("mode", ""),
        "gray": gray,
        "record": record,
        "has_preview": bool(gray) or (record is not None and record["mode"] != "gray point"),
        "form": GrayPointForm(initial=initial),
        "can_change": may_correct(request),
    }


def may_correct(request: HttpRequest) -> bool:
    return may(request, "change_sourcephoto")


def choose(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """Undo the correction, correct automatically, or by the gray point that was picked."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not may_correct(request):
        raise PermissionDenied
    photo = admin.photo_or_404(request, object_id)
    if text := _chosen(request, photo):
        messages.success(request, text)
        admin.log_change(request, photo, text)
    address = admin_url(admin.admin_site, "prodimages_sourcephoto_change", photo.pk)
    return HttpResponseRedirect(address)


def _chosen(request: HttpRequest, photo: SourcePhoto) -> str:
    """What was done, in words; "" after an error that the person has been told."""
    mode, gray = request.POST.get("mode", ""), None
    if mode == "gray":
        form = GrayPointForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The gray point lies outside the photo."))
            return ""
        mode, gray = corrections.AUTO, (form.cleaned_data["x"] / 100, form.cleaned_data["y"] / 100)
    try:
        corrections.choose(photo, mode, gray)
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return ""
    if gray is not None:
        return _("Later pictures of this photo are balanced by the gray point.")
    if mode == corrections.OFF:
        return _("Later pictures of this photo keep its colors.")
    return _("Later pictures of this photo are corrected automatically.")


def picture(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> HttpResponseBase:
    """The photo as the correction leaves it."""
    photo = admin.photo_or_404(request, object_id)

    def make(content: bytes) -> bytes:
        preview = corrections.corrected_preview(content, photo, SIDE)
        if preview is None:
            raise Http404(_("Nothing is known of this photo's correction yet."))
        return preview

    response = made_picture(photo.file, make, "image/jpeg")
    response["Cache-Control"] = "private, no-store"  # another choice, another picture
    return response


def urls(admin: SourcePhotoAdmin) -> list[Any]:
    def view(act: Any) -> Any:
        def call(request: HttpRequest, object_id: int) -> HttpResponseBase:
            answer: HttpResponseBase = act(admin, request, object_id)
            return answer

        return guarded(admin.admin_site, call)

    return [
        path("<int:object_id>/correction/", view(choose), name=NAME),
        path("<int:object_id>/correction/picture/", view(picture), name=f"{NAME}_picture"),
    ]
