"""Source photos with their cut-outs, and masks of the staff's own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin import correction_panel, cutout_page
from prodimages.admin.access import (
    may_edit_cutouts,
    may_see_photos,
    may_upload_masks,
    photos_within_reach,
)
from prodimages.admin.files import made_picture, stored_thumbnail
from prodimages.admin.filters import ShopFilter
from prodimages.admin.forms import MaskForm
from prodimages.admin.pages import admin_url, back, guarded, page
from prodimages.admin.paginator import CappedPaginator
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.models import Cutout, SourcePhoto
from prodimages.services import files, masks
from prodimages.services.downloads import stored_file
from prodimages.services.thumbnails import cutout_preview
from prodimages.storage import private_storage

PREVIEW_SIDE = 900


@admin.register(SourcePhoto)
class SourcePhotoAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("thumbnail", "product", "__str__", "created_at")
    list_display_links = ("thumbnail", "__str__")
    list_filter = (ShopFilter,)
    search_fields = ("^digest",)
    search_help_text = gettext_lazy("Beginning of the file's SHA-256")
    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 25
    list_select_related = ("product",)
    paginator = CappedPaginator
    show_full_result_count = False

    class Media:
        css = {"all": ("prodimages/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourcePhoto]:
        return photos_within_reach(super().get_queryset(request), request, self.admin_site)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a photo is taken from its shop when a job first needs it

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # pictures could not be made again

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_photos(request)

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, photo: SourcePhoto) -> str:
        address = admin_url(self.admin_site, "prodimages_sourcephoto_thumbnail", photo.pk)
        return format_html('<img class="pi-thumb" src="{}" alt="" loading="lazy">', address)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The photo beside each of its cut-outs, and the form that takes a mask."""
        photo = self.photo_or_404(request, object_id)
        form = MaskForm()
        if request.method == "POST":
            self._require_masks(request)
            form = MaskForm(request.POST, request.FILES)
            if form.is_valid() and self._upload(request, photo, form):
                return back(
                    request, admin_url(self.admin_site, "prodimages_sourcephoto_change", photo.pk)
                )
        context = {
            "title": _("Photo and cut-outs"),
            "subtitle": None,
            "opts": self.opts,
            "photo": photo,
            "cutouts": photo.cutouts.order_by("-pk").select_related("created_by"),
            "form": form,
            "correction": correction_panel.panel(request, photo),
            "in_force": Cutout.objects.in_force(photo),
            "can_upload": may_upload_masks(request),
            "can_edit": may_edit_cutouts(request),
        }
        return page(request, self.admin_site, "prodimages/admin/photo.html", context)

    def _upload(self, request: HttpRequest, photo: SourcePhoto, form: MaskForm) -> bool:
        try:
            masks.upload_mask(photo, form.cleaned_data["mask"], user=request.user)
        except (RequestRefused, JobFailure) as error:
            form.add_error("mask", str(error))
            return False
        text = _("The mask is stored; every later job with this photo uses it.")
        messages.success(request, text)
        self.log_change(request, photo, text)
        return True

    def remove_mask_view(self, request: HttpRequest, object_id: int, mask: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._require_masks(request)
        photo = self.photo_or_404(request, object_id)
        cutout = photo.cutouts.filter(pk=mask).first()
        if cutout is None:
            raise Http404(_("There is no such mask."))
        try:
            masks.remove_mask(cutout)
        except RequestRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The mask was removed."))
        return back(request, admin_url(self.admin_site, "prodimages_sourcephoto_change", photo.pk))

    def _require_masks(self, request: HttpRequest) -> None:
        if not may_upload_masks(request):
            raise PermissionDenied

    def file_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        return stored_file(self.photo_or_404(request, object_id).file)

    def thumbnail_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        return stored_thumbnail(self.photo_or_404(request, object_id).file)

    def preview_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """The photo at the size of a cut-out's preview, to lie beside it."""
        return stored_thumbnail(self.photo_or_404(request, object_id).file, PREVIEW_SIDE)

    def cutout_view(self, request: HttpRequest, object_id: int, cutout: int) -> HttpResponseBase:
        """What the cut-out leaves of the photo, the rest transparent."""
        photo = self.photo_or_404(request, object_id)
        found = photo.cutouts.filter(pk=cutout).first()
        if found is None:
            raise Http404(_("There is no such cut-out."))
        try:
            content = files.read(private_storage(), photo.file.name or "")
        except FileNotFoundError as error:
            raise Http404(_("The photo is gone from the storage.")) from error
        return made_picture(
            found.file,
            lambda alpha: cutout_preview(content, alpha, PREVIEW_SIDE),
            "image/png",
        )

    def mask_view(self, request: HttpRequest, object_id: int, cutout: int) -> HttpResponseBase:
        """The alpha itself, to be corrected in a painting program and uploaded again."""
        photo = self.photo_or_404(request, object_id)
        found: Cutout | None = photo.cutouts.filter(pk=cutout).first()
        if found is None:
            raise Http404(_("There is no such cut-out."))
        return stored_file(found.file, "image/png")

    def photo_or_404(self, request: HttpRequest, object_id: Any) -> SourcePhoto:
        if not may_see_photos(request):
            raise PermissionDenied
        photo: SourcePhoto | None = None
        if str(object_id).isdecimal():
            photo = self.get_queryset(request).filter(pk=int(object_id)).first()
        if photo is None:
            raise Http404(_("There is no such photo."))
        return photo

    def get_urls(self) -> list[Any]:
        name = "prodimages_sourcephoto"
        own = [
            path(
                "<int:object_id>/file/",
                guarded(self.admin_site, self.file_view),
                name=f"{name}_file",
            ),
            path(
                "<int:object_id>/thumbnail/",
                guarded(self.admin_site, self.thumbnail_view),
                name=f"{name}_thumbnail",
            ),
            path(
                "<int:object_id>/preview/",
                guarded(self.admin_site, self.preview_view),
                name=f"{name}_preview",
            ),
            path(
                "<int:object_id>/cutouts/<int:cutout>/",
                guarded(self.admin_site, self.cutout_view),
                name=f"{name}_cutout",
            ),
            path(
                "<int:object_id>/cutouts/<int:cutout>/mask/",
                guarded(self.admin_site, self.mask_view),
                name=f"{name}_mask",
            ),
            path(
                "<int:object_id>/masks/<int:mask>/remove/",
                guarded(self.admin_site, self.remove_mask_view),
                name=f"{name}_remove_mask",
            ),
        ]
        parts = cutout_page.urls(self) + correction_panel.urls(self)
        return own + parts + super().get_urls()
