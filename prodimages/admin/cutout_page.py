"""The cut-out page: paint what belongs to the product, and choose which version counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.admin import extras_panel
from prodimages.admin.access import may_edit_cutouts, may_see_photos
from prodimages.admin.files import made_picture, stored_thumbnail
from prodimages.admin.forms import EditedMaskForm
from prodimages.admin.pages import admin_url, page
from prodimages.admin.versions import versions
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.models import Cutout, GenerationJob, SourcePhoto
from prodimages.services import cutouts, files, masks
from prodimages.services.thumbnails import cutout_preview
from prodimages.storage import private_storage

if TYPE_CHECKING:
    from prodimages.admin.photos import SourcePhotoAdmin

PAGE = "prodimages_sourcephoto_edit_cutout"
CANVAS_SIDE = 4096
"""The photo is painted over at this size at most; the mask always has all its pixels."""
THUMBNAIL_SIDE = 240
FULL_SIDE = 1 << 16


def show(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """The editor over one version of the cut-out, and all versions; saves by POST."""
    photo = _photo(admin, request, object_id)
    form = EditedMaskForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if form.is_valid() and (address := _save(admin, request, photo, form)):
            return JsonResponse({"url": address}) if _by_script(request) else _go(address)
        if _by_script(request):
            errors = [str(text) for texts in form.errors.values() for text in texts]
            return JsonResponse({"errors": errors}, status=422)
    known = versions(photo)
    wanted = request.GET.get("from", "")
    start = next((version for version in known if str(version.cutout.pk) == wanted), None)
    start = start or next((version for version in known if version.is_in_force), None)
    context = extras_panel.context(start.cutout if start else None) | {
        "title": _("Check the cut-out"),
        "subtitle": None,
        "opts": admin.opts,
        "photo": photo,
        "versions": known,
        "start": start,
        "own_alpha": start is None and _own_alpha(photo) is not None,
        "waiting": len(cutouts.waiting_jobs(photo)),
        "form": form,
        "job": _job_number(request),
    }
    return page(request, admin.admin_site, "prodimages/admin/cutout.html", context, is_wide=True)


def cure_url(site: AdminSite, request: HttpRequest, job: GenerationJob) -> str:
    """Where another cut-out helps a job that failed over it; empty for other failures."""
    if job.photo_id is None or job.error_kind not in cutouts.CURABLE or not may_see_photos(request):
        return ""
    if not may_edit_cutouts(request):
        return admin_url(site, "prodimages_sourcephoto_change", job.photo_id)
    return f"{admin_url(site, PAGE, job.photo_id)}?job={job.pk}"


def use(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int, cutout: int) -> HttpResponse:
    """Let a version be the one that every job uses."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    photo = _photo(admin, request, object_id)
    try:
        _approve(admin, request, _cutout_or_404(photo, cutout))
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return _go(_address(admin, request, photo))
    return _go(_address(admin, request, photo, is_done=True))


def decide(
    admin: SourcePhotoAdmin, request: HttpRequest, object_id: int, cutout: int
) -> HttpResponse:
    """Remove or keep what a version shows beside the product."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    photo = _photo(admin, request, object_id)
    version = extras_panel.decide(admin, request, _cutout_or_404(photo, cutout))
    return _go(_address(admin, request, photo, version=version))


def extras(
    admin: SourcePhotoAdmin,
    request: HttpRequest,
    object_id: int,
    cutout: int,
    show: Callable[[Cutout], HttpResponseBase],
) -> HttpResponseBase:
    """A picture of what a version shows beside the product."""
    return show(_cutout_or_404(_photo(admin, request, object_id), cutout))


def _save(
    admin: SourcePhotoAdmin, request: HttpRequest, photo: SourcePhoto, form: EditedMaskForm
) -> str:
    """Keep the mask as a version. The address to go on to, or "" after errors on the form."""
    below = photo.cutouts.filter(pk=form.cleaned_data["based_on"] or 0).first()
    content = form.cleaned_data["mask"]
    try:
        version = masks.save_mask(photo, content, user=request.user, based_on=below)
        if form.cleaned_data["use"]:
            _approve(admin, request, version)
            return _address(admin, request, photo, is_done=True)
    except (RequestRefused, JobFailure) as error:
        form.add_error("mask", str(error))
        return ""
    text = _("The version is saved as a draft.")
    messages.success(request, text)
    admin.log_change(request, photo, text)
    return (
        f"{_address(admin, request, photo)}{'&' if _job_number(request) else '?'}from={version.pk}"
    )


def _approve(admin: SourcePhotoAdmin, request: HttpRequest, version: Cutout) -> None:
    resumed = cutouts.approve_cutout(version, request.user)
    text = _("Every later job with this photo uses this version.")
    if resumed:
        text += " " + ngettext(
            "%(count)d job that waited for it is queued again.",
            "%(count)d jobs that waited for it are queued again.",
            len(resumed),
        ) % {"count": len(resumed)}
    messages.success(request, text)
    admin.log_change(request, version.photo, text)


def canvas(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> HttpResponseBase:
    """The photo, upright and in a format that browsers draw, whatever was uploaded."""
    return stored_thumbnail(_photo(admin, request, object_id).file, CANVAS_SIDE)


def alpha(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> HttpResponseBase:
    """The transparency that the photo came with, for the editor to begin with."""
    if (found := _own_alpha(_photo(admin, request, object_id))) is None:
        raise Http404(_("There is no such cut-out."))
    return HttpResponse(found, content_type="image/png")


def picture(
    admin: SourcePhotoAdmin, request: HttpRequest, object_id: int, cutout: int, side: int
) -> HttpResponseBase:
    """The photo without its background, at most ``side`` pixels wide and high."""
    photo = _photo(admin, request, object_id)
    version = _cutout_or_404(photo, cutout)
    try:
        content = files.read(private_storage(), photo.file.name or "")
    except FileNotFoundError as error:
        raise Http404(_("The photo is gone from the storage.")) from error
    return made_picture(
        version.file, lambda alpha: cutout_preview(content, alpha, side), "image/png"
    )


def urls(admin: SourcePhotoAdmin) -> list[Any]:
    def view(act: Any, **fixed: Any) -> Any:
        def call(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            answer: HttpResponseBase = act(admin, request, **kwargs, **fixed)
            return answer

        return admin.admin_site.admin_view(call)

    root = "<int:object_id>/cut-out/"
    one = f"{root}<int:cutout>/"
    return [
        path(root, view(show), name=PAGE),
        path(f"{root}canvas/", view(canvas), name=f"{PAGE}_canvas"),
        path(f"{root}alpha/", view(alpha), name=f"{PAGE}_alpha"),
        path(f"{one}use/", view(use), name=f"{PAGE}_use"),
        path(f"{one}extras/", view(decide), name=f"{PAGE}_extras"),
        path(f"{one}extras/area/", view(extras, show=extras_panel.area), name=f"{PAGE}_area"),
        path(
            f"{one}extras/preview/", view(extras, show=extras_panel.preview), name=f"{PAGE}_hatched"
        ),
        path(f"{one}picture/", view(picture, side=FULL_SIDE), name=f"{PAGE}_picture"),
        path(f"{one}thumbnail/", view(picture, side=THUMBNAIL_SIDE), name=f"{PAGE}_thumbnail"),
    ]


def _photo(admin: SourcePhotoAdmin, request: HttpRequest, object_id: int) -> SourcePhoto:
    if not may_edit_cutouts(request):
        raise PermissionDenied
    return admin.photo_or_404(request, object_id)


def _own_alpha(photo: SourcePhoto) -> bytes | None:
    """None also where the photo can't be read, which the page says by showing none."""
    try:
        return masks.own_alpha(files.read(private_storage(), photo.file.name or ""))
    except (FileNotFoundError, JobFailure):
        return None


def _cutout_or_404(photo: SourcePhoto, pk: int) -> Cutout:
    found: Cutout | None = photo.cutouts.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such cut-out."))
    return found


def _job_number(request: HttpRequest) -> int | None:
    """The job from which the person came, and to which they go back."""
    number = request.GET.get("job", "")
    return int(number) if number.isdecimal() and len(number) < 19 else None


def _address(
    admin: SourcePhotoAdmin,
    request: HttpRequest,
    photo: SourcePhoto,
    *,
    version: Cutout | None = None,
    is_done: bool = False,
) -> str:
    """This page again, with ``version`` in the editor, or the job's when all is done here."""
    job = _job_number(request)
    if is_done and job is not None and GenerationJob.objects.filter(pk=job).exists():
        return admin_url(admin.admin_site, "prodimages_generationjob_change", job)
    values = {"from": version.pk if version else None, "job": job}
    query = urlencode({name: value for name, value in values.items() if value is not None})
    address = admin_url(admin.admin_site, PAGE, photo.pk)
    return f"{address}?{query}" if query else address


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _go(address: str) -> HttpResponse:
    return HttpResponseRedirect(address)
