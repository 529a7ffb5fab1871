"""The page on which staff mark, on a house model's photo, what a try-on may repaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin.files import stored_thumbnail
from prodimages.admin.forms import MaskForm
from prodimages.admin.pages import admin_url, guarded, page
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging.regions import LEVELS, Part, opened, part_of
from prodimages.models import ModelPhoto
from prodimages.services.downloads import private
from prodimages.services.try_on import regions

if TYPE_CHECKING:
    from prodimages.admin.house_models import ModelPhotoAdmin

PAGE = "prodimages_modelphoto_region"
CANVAS_SIDE = 4096
OVERLAY_SIDE = 960
TITLES: dict[Part, Any] = {
    "old": gettext_lazy("What may be repainted"),
    "kept": gettext_lazy("What stays"),
}


def show(admin: ModelPhotoAdmin, request: HttpRequest, pk: int, part: Part) -> HttpResponseBase:
    """The editor over one of the two marks; saves by POST."""
    row = _row(admin, request, pk, changes=True)
    form = MaskForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if "forget" in request.POST:
            regions.forget(row)
            return _saved(admin, request, row, _("The next picture marks anew."))
        if form.is_valid():
            try:
                regions.paint(row, part, form.cleaned_data["mask"])
            except (RequestRefused, JobFailure) as error:
                form.add_error("mask", str(error))
            else:
                return _saved(admin, request, row, _("Every later picture keeps to it."))
        if _by_script(request):
            errors = [str(text) for texts in form.errors.values() for text in texts]
            return JsonResponse({"errors": errors}, status=422)
    try:
        width, height = opened(regions.stored(row)).size
    except (OSError, JobFailure) as error:
        raise Http404(_("Nothing is marked yet.")) from error
    here = {name: admin_url(admin.admin_site, PAGE, pk, name) for name in LEVELS}
    context = {
        "title": TITLES[part],
        "subtitle": None,
        "opts": admin.opts,
        "row": row,
        "part": part,
        "parts": [(name, TITLES[name], here[name]) for name in LEVELS],
        "width": width,
        "height": height,
        "canvas_url": admin_url(admin.admin_site, f"{PAGE}_canvas", pk),
        "mask_url": admin_url(admin.admin_site, f"{PAGE}_mask", pk, part),
        "overlay_url": admin_url(admin.admin_site, f"{PAGE}_overlay", pk),
        "form": form,
    }
    return page(request, admin.admin_site, "prodimages/admin/region.html", context)


def _saved(
    admin: ModelPhotoAdmin, request: HttpRequest, row: ModelPhoto, text: str
) -> HttpResponse:
    messages.success(request, text)
    admin.log_change(request, row, text)
    address = admin_url(admin.admin_site, "prodimages_modelphoto_change", row.pk)
    return JsonResponse({"url": address}) if _by_script(request) else HttpResponseRedirect(address)


def canvas(admin: ModelPhotoAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo, upright and in a format that browsers draw."""
    return stored_thumbnail(_row(admin, request, pk).file, CANVAS_SIDE)


def mask(admin: ModelPhotoAdmin, request: HttpRequest, pk: int, part: Part) -> HttpResponseBase:
    row = _row(admin, request, pk)
    return _picture(lambda: part_of(regions.stored(row), part), "image/png")


def overlay(
    admin: ModelPhotoAdmin, request: HttpRequest, pk: int, side: int = OVERLAY_SIDE
) -> HttpResponseBase:
    """The photo with both marks in color."""
    row = _row(admin, request, pk)
    return _picture(lambda: regions.overlay(row, side), "image/jpeg")


def _picture(make: Any, content_type: str) -> HttpResponse:
    try:
        return private(HttpResponse(make(), content_type=content_type))
    except (OSError, JobFailure) as error:
        raise Http404("This picture can't be shown.") from error


def urls(admin: ModelPhotoAdmin) -> list[Any]:
    def view(act: Any) -> Any:
        def call(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if kwargs.get("part", "old") not in LEVELS:
                raise Http404
            answer: HttpResponseBase = act(admin, request, **kwargs)
            return answer

        return guarded(admin.admin_site, call)

    root = "<int:pk>/region/"
    return [
        path(f"{root}canvas/", view(canvas), name=f"{PAGE}_canvas"),
        path(f"{root}overlay/", view(overlay), name=f"{PAGE}_overlay"),
        path(f"{root}<slug:part>/", view(show), name=PAGE),
        path(f"{root}<slug:part>/mask/", view(mask), name=f"{PAGE}_mask"),
    ]


def _row(
    admin: ModelPhotoAdmin, request: HttpRequest, pk: int, *, changes: bool = False
) -> ModelPhoto:
    row = admin.row_or_404(request, pk)
    if changes and not admin.has_change_permission(request, row):
        raise PermissionDenied
    return row


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
