"""What outside shops are still to be told, in words, and a list with a second chance."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prodimages.admin.access import may_review, may_see_pictures, within_reach
from prodimages.admin.filters import ShopFilter
from prodimages.choices import PublicationAction, PublicationState, RenditionState
from prodimages.models import GeneratedImage, Publication, RenditionSet
from prodimages.services import publications


def told(image: GeneratedImage) -> str:
    """How far the shop is with ``image``; "" where nothing is under way or went wrong."""
    row: Publication | None = getattr(image, "publication", None)
    if row is None:
        return _told_of_storefront(image)
    if row.state == PublicationState.DONE:
        return ""
    publishes = row.action == PublicationAction.PUBLISH
    if row.state == PublicationState.FAILED:
        text = (
            _("Not taken by the shop (attempts: %(count)d): %(why)s")
            if publishes
            else _("Still in the shop (attempts to take it out: %(count)d): %(why)s")
        )
        return text % {"count": row.attempts_made, "why": row.error}
    if row.error and row.state == PublicationState.WAITING:
        when = date_format(timezone.localtime(row.due_at), "H:i")
        return _("%(why)s Tried again at %(when)s.") % {"why": row.error, "when": when}
    return _("It is being published.") if publishes else _("It is being taken out of the shop.")


def _told_of_storefront(image: GeneratedImage) -> str:
    """Of a picture that shoppers ordered, which is published once its sizes are made."""
    row: RenditionSet | None = getattr(image, "rendition_set", None)
    if row is None or not row.publishes or row.state == RenditionState.DONE:
        return ""
    if row.state == RenditionState.FAILED:
        return _("Its sizes could not be made: %(why)s") % {"why": row.error}
    return _("Its sizes for shoppers are being made.")


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("picture", "product", "shop", "action", "state", "attempts_made", "how_far")
    list_display_links = None
    list_filter = ("state", "action", ShopFilter)
    list_select_related = ("image", "image__job", "image__product", "image__publication")
    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 100
    show_full_result_count = False
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Publication]:
        images = within_reach(GeneratedImage.objects.all(), request, self.admin_site)
        return super().get_queryset(request).filter(image__in=images.order_by())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_pictures(request)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return may_review(request)

    @admin.action(description=gettext_lazy("Try selected again now"), permissions=["review"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Publication]) -> None:
        count = sum(publications.retry(row) for row in queryset)
        text = ngettext("%(count)d is tried again.", "%(count)d are tried again.", count)
        messages.success(request, text % {"count": count})

    @admin.display(description=gettext_lazy("picture"))
    def picture(self, row: Publication) -> str:
        address = reverse("admin:prodimages_generatedimage_change", args=[row.image_id])
        return format_html('<a href="{}">{}</a>', address, row.image)

    @admin.display(description=gettext_lazy("product"))
    def product(self, row: Publication) -> str:
        return row.image.job.product_label

    @admin.display(description=gettext_lazy("how far"))
    def how_far(self, row: Publication) -> str:
        return told(row.image)
