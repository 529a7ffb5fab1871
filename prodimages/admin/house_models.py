"""House models: photo, consent, and landmarks that staff drag or type."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin import region_page
from prodimages.admin.files import stored_thumbnail
from prodimages.admin.filters import ShopFilter
from prodimages.admin.pages import admin_url, guarded
from prodimages.admin.styles import DeclaredChoices
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging.pose import NAMES, Pose
from prodimages.models import ModelPhoto, TryOnCount
from prodimages.services.downloads import stored_file
from prodimages.services.try_on.house_models import store_photo


class ModelPhotoForm(forms.ModelForm):  # type: ignore[type-arg]
    """The landmarks as one pair of numbers each, in percent of the photo."""

    photo = forms.FileField(
        label=gettext_lazy("photo"),
        required=False,
        help_text=gettext_lazy(
            "One person from the front, from the head to below the hips, arms off the body."
        ),
    )

    class Meta:
        model = ModelPhoto
        fields = (
            *("shop", "name", "slug", "is_active", "size", "height_cm"),
            *("consent_at", "consent_until", "consent_reference"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        landmarks = self.instance.landmarks or {}
        for name, label in NAMES.items():
            for index, axis in enumerate("xy"):
                place = landmarks.get(name)
                self.fields[f"{name}-{axis}"] = forms.FloatField(
                    label=f"{label} {axis}",
                    required=False,
                    initial=None if place is None else round(place[index] * 100, 1),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.instance.digest and not cleaned.get("photo"):
            self.add_error("photo", _("Choose a photo."))
        given = {name: [cleaned.get(f"{name}-x"), cleaned.get(f"{name}-y")] for name in NAMES}
        self.pose: Pose | None = None
        if any(part is not None for pair in given.values() for part in pair):
            shares = {
                name: [None if part is None else part / 100 for part in pair]
                for name, pair in given.items()
            }
            self.pose, problems = Pose.parse(shares)
            for text in problems:
                self.add_error(None, text)
        if (upload := cleaned.get("photo")) and not self.errors:
            try:
                store_photo(self.instance, upload.read())
            except (RequestRefused, JobFailure) as error:
                self.add_error("photo", str(error))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        if self.pose is not None and "photo" not in self.changed_data:
            self.instance.landmarks = self.pose.as_json()
        return super().save(commit)


@admin.register(ModelPhoto)
class ModelPhotoAdmin(DeclaredChoices):
    form = ModelPhotoForm
    list_display = ("thumbnail", "name", "slug", "size", "consent_until", "is_active", "is_placed")
    list_display_links = ("thumbnail", "name")
    list_filter = ("is_active", ShopFilter)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    change_form_template = "prodimages/admin/house_model.html"

    class Media:
        css = {"all": ("prodimages/admin.css", "prodimages/try_on/try_on.css")}

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            (
                None,
                {"fields": (("name", "slug"), "photo", ("size", "height_cm"), "is_active", "shop")},
            ),
            (
                _("Consent"),
                {"fields": (("consent_at", "consent_until"), "consent_reference")},
            ),
        )

    def get_urls(self) -> list[Any]:
        own = [
            path(
                "<int:pk>/photo/",
                guarded(self.admin_site, self.photo_view),
                name="prodimages_modelphoto_photo",
            ),
            path(
                "<int:pk>/thumbnail/",
                guarded(self.admin_site, self.thumbnail_view),
                name="prodimages_modelphoto_thumbnail",
            ),
        ]
        return own + region_page.urls(self) + super().get_urls()

    def row_or_404(self, request: HttpRequest, pk: int) -> ModelPhoto:
        row: ModelPhoto | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def photo_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return stored_file(self.row_or_404(request, pk).file)

    def thumbnail_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return stored_thumbnail(self.row_or_404(request, pk).file)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and obj.pk:
            form = context["adminform"].form
            context["points"] = [
                {
                    "name": name,
                    "label": label,
                    "x": "" if (x := form[f"{name}-x"].value()) is None else x,
                    "y": "" if (y := form[f"{name}-y"].value()) is None else y,
                }
                for name, label in NAMES.items()
            ]
            if obj.region:
                site = self.admin_site
                context["region_parts"] = [
                    (title, admin_url(site, region_page.PAGE, obj.pk, part))
                    for part, title in region_page.TITLES.items()
                ]
                context["overlay_url"] = admin_url(site, f"{region_page.PAGE}_overlay", obj.pk)
            context["photo_url"] = admin_url(self.admin_site, "prodimages_modelphoto_photo", obj.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("photo"))
    def thumbnail(self, row: ModelPhoto) -> str:
        address = admin_url(self.admin_site, "prodimages_modelphoto_thumbnail", row.pk)
        return format_html('<img class="pi-thumb" src="{}" alt="" loading="lazy">', address)

    @admin.display(description=gettext_lazy("landmarks placed"), boolean=True)
    def is_placed(self, row: ModelPhoto) -> bool:
        return bool(row.landmarks)


@admin.register(TryOnCount)
class TryOnCountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """How many try-ons of shoppers came to what end: no photo, no person, no product."""

    list_display = ("day", "shown_outcome", "number", "shop")
    list_filter = ("outcome", ShopFilter)
    date_hierarchy = "day"
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("outcome"), ordering="outcome")
    def shown_outcome(self, row: TryOnCount) -> str:
        from prodimages.choices import FailureKind, TryOnOutcome

        labels = {**dict(FailureKind.choices), **dict(TryOnOutcome.choices)}
        return str(labels.get(row.outcome, row.outcome))
