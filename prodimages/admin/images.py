"""The pictures: a grid to review them, and the files themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
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

from prodimages.admin import compare_page, variation_page
from prodimages.admin.access import may_review, may_see_photos, may_see_pictures, within_reach
from prodimages.admin.cards import Card
from prodimages.admin.filters import ChecksFilter, ReasonFilter, ShopFilter, StyleFilter, WorstFirst
from prodimages.admin.forms import RejectActionForm
from prodimages.admin.pages import admin_url, back, guarded, is_live, page
from prodimages.admin.paginator import CappedPaginator
from prodimages.admin.review import DECISIONS, Why, decide_all
from prodimages.choices import ImageState, Reason
from prodimages.models import GeneratedImage
from prodimages.services.downloads import stored_file

MOST_AT_ONCE = 200
STYLES = ("job__style", StyleFilter)


@admin.register(GeneratedImage)
class GeneratedImageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__",)
    list_filter = ("state", WorstFirst, ReasonFilter, ChecksFilter, ShopFilter, STYLES)
    search_fields = ("job__product_label", "=job__product_key")
    search_help_text = gettext_lazy("Name of the product, or its exact key")
    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 100
    list_select_related = (
        "job__style",
        "job__photo",
        "reviewed_by",
        "publication",
        "rendition_set",
    )
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("approve_images", "reject_images")
    action_form = RejectActionForm
    change_list_template = "prodimages/admin/image_list.html"

    class Media:
        css = {"all": ("prodimages/admin.css",)}
        js = ("prodimages/review.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GeneratedImage]:
        images = super().get_queryset(request).defer("job__plan")
        return within_reach(images, request, self.admin_site)

    def get_ordering(self, request: HttpRequest) -> Any:
        return WorstFirst.ordering(request) or self.ordering

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # rejected pictures stay on record

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see_pictures(request)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return may_review(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context: Any = getattr(response, "context_data", None)
        if context and "cl" in context:
            reviewer = may_review(request)
            context["cards"] = [Card(image, reviewer) for image in context["cl"].result_list]
            context["title"] = _("Review pictures")
            context["next_page"] = _next_page(context["cl"])
            context |= self._shared(request)
        return response

    def _shared(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "can_review": may_review(request),
            "show_original": may_see_photos(request),
            "reasons": Reason.choices,
            "review_url": admin_url(self.admin_site, "prodimages_generatedimage_review"),
            "page_url": request.get_full_path(),
        }

    @admin.action(description=gettext_lazy("Approve selected pictures"), permissions=["review"])
    def approve_images(self, request: HttpRequest, queryset: QuerySet[GeneratedImage]) -> None:
        self._decide_selected(request, queryset, "approve")

    @admin.action(description=gettext_lazy("Reject selected pictures"), permissions=["review"])
    def reject_images(self, request: HttpRequest, queryset: QuerySet[GeneratedImage]) -> None:
        self._decide_selected(request, queryset, "reject")

    def _decide_selected(
        self, request: HttpRequest, images: QuerySet[GeneratedImage], decision: str
    ) -> None:
        found = list(images[: MOST_AT_ONCE + 1])
        if len(found) > MOST_AT_ONCE:
            text = _("At most %(most)d pictures can be chosen at once; nothing was changed.")
            messages.error(request, text % {"most": MOST_AT_ONCE})
            return
        why = Why.of_form(request.POST)
        if decision == "reject" and why.code not in Reason.values:
            messages.error(request, _("Say why: choose a reason for rejecting."))
            return
        self._log(request, decide_all(request, found, decision, why), decision)

    def _log(self, request: HttpRequest, images: list[GeneratedImage], decision: str) -> None:
        for image in images:
            self.log_change(request, image, decision)

    def review_view(self, request: HttpRequest) -> HttpResponse:
        """Takes a decision: the button's name says which, its value about what."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may_review(request):
            raise PermissionDenied
        decision, images = self._asked(request)
        one = str(images[0].pk) if decision in request.POST else ""
        done = decide_all(request, images, decision, Why.of_form(request.POST, one))
        self._log(request, done, decision)
        if is_live(request) and len(images) == 1:
            return self._card(request, images[0])
        fallback = admin_url(self.admin_site, "prodimages_generatedimage_changelist")
        anchor = f"picture-{images[0].pk}" if len(images) == 1 else ""
        return back(request, fallback, anchor=anchor)

    def _asked(self, request: HttpRequest) -> tuple[str, list[GeneratedImage]]:
        """The decision, and the pictures that it is about, out of those within reach."""
        mine = self.get_queryset(request)
        for decision in DECISIONS:
            if (key := request.POST.get(decision, "")).isdecimal():
                images = list(mine.filter(pk=int(key)))
                break
            if (key := request.POST.get(f"{decision}_all", "")).isdecimal():
                images = list(mine.filter(job_id=int(key), state=ImageState.PENDING))
                if decision == "approve":
                    images = [image for image in images if image.passed]
                break
        else:
            raise Http404(_("Say what to do with which picture."))
        if not images:
            raise Http404(_("There is no such picture."))
        return decision, images

    def _card(self, request: HttpRequest, image: GeneratedImage) -> HttpResponse:
        fresh = (
            self.get_queryset(request)
            .select_related("job", "job__photo", "publication", "rendition_set")
            .get(pk=image.pk)
        )
        context = self._shared(request) | {
            "card": Card(fresh, may_review(request)),
            "notes": list(messages.get_messages(request)),
            "compare": request.POST.get("compare") == "1",
        }
        return page(request, self.admin_site, "prodimages/admin/includes/picture.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A picture's page is its place on the job's page."""
        image = self._image_or_404(request, object_id)
        job = admin_url(self.admin_site, "prodimages_generationjob_change", image.job_id)
        return HttpResponseRedirect(f"{job}#picture-{image.pk}")

    def compare_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return compare_page.show(self, request, self._image_or_404(request, object_id))

    def vary_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return variation_page.order(self, request, self._image_or_404(request, object_id))

    def file_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        image = self._image_or_404(request, object_id)
        return stored_file(image.file, image.mime)

    def thumbnail_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        image = self._image_or_404(request, object_id)
        return stored_file(image.thumbnail, image.mime)

    def _image_or_404(self, request: HttpRequest, object_id: Any) -> GeneratedImage:
        if not may_see_pictures(request):
            raise PermissionDenied
        image: GeneratedImage | None = None
        if str(object_id).isdecimal():
            image = self.get_queryset(request).filter(pk=int(object_id)).first()
        if image is None:
            raise Http404(_("There is no such picture."))
        return image

    def get_urls(self) -> list[Any]:
        own = [
            path(
                "review/",
                guarded(self.admin_site, self.review_view),
                name="prodimages_generatedimage_review",
            ),
            path(
                "<int:object_id>/compare/",
                guarded(self.admin_site, self.compare_view),
                name="prodimages_generatedimage_compare",
            ),
            path(
                "<int:object_id>/vary/",
                guarded(self.admin_site, self.vary_view),
                name="prodimages_generatedimage_vary",
            ),
            path(
                "<int:object_id>/file/",
                guarded(self.admin_site, self.file_view),
                name="prodimages_generatedimage_file",
            ),
            path(
                "<int:object_id>/thumbnail/",
                guarded(self.admin_site, self.thumbnail_view),
                name="prodimages_generatedimage_thumbnail",
            ),
        ]
        return own + super().get_urls()


def _next_page(listing: Any) -> str:
    """The address of the list's next page; empty on the last."""
    if listing.page_num >= listing.paginator.num_pages:
        return ""
    return str(listing.get_query_string({PAGE_VAR: listing.page_num + 1}))
