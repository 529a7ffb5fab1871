"""The list of jobs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prodimages.admin import columns, job_page, proof_page
from prodimages.admin.access import within_reach
from prodimages.admin.filters import ShopFilter, StyleFilter, SubmissionFilter
from prodimages.admin.pages import admin_url, guarded, page
from prodimages.admin.paginator import CappedPaginator
from prodimages.admin.selection import clean_keys
from prodimages.admin.style_cards import name_in_job
from prodimages.choices import JobState
from prodimages.exceptions import TransitionRefused
from prodimages.models import GenerationJob
from prodimages.services import lifecycle

MOST_AT_ONCE = 1000


@admin.register(GenerationJob)
class GenerationJobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "product_name",
        "style_used",
        "state_cell",
        "progress_cell",
        "created",
    )
    list_filter = ("state", ShopFilter, SubmissionFilter, ("style", StyleFilter))
    search_fields = ("product_label", "=product_key")
    search_help_text = gettext_lazy("Name of the product, or its exact key")
    ordering = ("-pk",)
    # Any other order would sort the whole table at every look.
    sortable_by = ("created",)
    list_per_page = 50
    list_select_related = ("submission__created_by", "style")
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("cancel_jobs", "retry_jobs")
    change_list_template = "prodimages/admin/job_list.html"

    class Media:
        css = {"all": ("prodimages/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[GenerationJob]:
        jobs = super().get_queryset(request).defer("plan")
        return within_reach(jobs, request, self.admin_site)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # jobs are made from products

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the record of where a picture came from, and of files to sweep

    @admin.display(description=gettext_lazy("product"))
    def product_name(self, job: GenerationJob) -> str:
        return job.product_label

    @admin.display(description=gettext_lazy("style"))
    def style_used(self, job: GenerationJob) -> str:
        return name_in_job(job)

    @admin.display(description=gettext_lazy("state"))
    def state_cell(self, job: GenerationJob) -> str:
        return columns.cell(job, "state")

    @admin.display(description=gettext_lazy("progress"))
    def progress_cell(self, job: GenerationJob) -> str:
        return columns.cell(job, "progress")

    @admin.display(description=gettext_lazy("created"), ordering="pk")
    def created(self, job: GenerationJob) -> str:
        return columns.created(job)

    @admin.action(description=gettext_lazy("Cancel selected jobs"), permissions=["change"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[GenerationJob]) -> None:
        done = self._each(request, queryset, lifecycle.cancel)
        text = ngettext("%(count)d job was canceled.", "%(count)d jobs were canceled.", done)
        if done:
            messages.success(request, text % {"count": done})

    @admin.action(description=gettext_lazy("Retry selected jobs"), permissions=["change"])
    def retry_jobs(self, request: HttpRequest, queryset: QuerySet[GenerationJob]) -> None:
        done = self._each(request, queryset, lifecycle.retry)
        text = ngettext("%(count)d job is queued again.", "%(count)d jobs are queued again.", done)
        if done:
            messages.success(request, text % {"count": done})

    def _each(
        self,
        request: HttpRequest,
        jobs: QuerySet[GenerationJob],
        act: Callable[[GenerationJob], None],
    ) -> int:
        """How many took it; why the others did not becomes one message for each reason."""
        found = list(jobs[: MOST_AT_ONCE + 1])
        if len(found) > MOST_AT_ONCE:
            text = _("At most %(most)d jobs can be chosen at once; nothing was changed.")
            messages.error(request, text % {"most": MOST_AT_ONCE})
            return 0
        refused: dict[str, int] = {}
        for job in found:
            try:
                act(job)
            except TransitionRefused as error:
                refused[str(error)] = refused.get(str(error), 0) + 1
        for why, count in refused.items():
            text = _("%(count)d skipped: %(why)s") % {"count": count, "why": why}
            messages.warning(request, text)
        return len(found) - sum(refused.values())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context: Any = getattr(response, "context_data", None)
        if context and "cl" in context:
            jobs = context["cl"].result_list
            context["title"] = _("Generation jobs")
            context["unfinished"] = [job.pk for job in jobs if job.is_moving]
            context["proof_url"] = self._proof_url(request)
            context["live_url"] = admin_url(self.admin_site, "prodimages_generationjob_live_rows")
        return response

    def _proof_url(self, request: HttpRequest) -> str:
        """Where the order that the list shows waits for a yes; empty when none does."""
        order = request.GET.get(SubmissionFilter.parameter_name, "")
        jobs = self.get_queryset(request).filter(state=JobState.HELD)
        if not order.isdecimal() or not jobs.filter(submission_id=int(order)).exists():
            return ""
        return admin_url(self.admin_site, proof_page.PAGE, int(order))

    def live_rows_view(self, request: HttpRequest) -> HttpResponse:
        """The rows that were unfinished when the list was shown, as they are now."""
        asked = clean_keys(self, request.GET.get("jobs", "").split(","))
        jobs = []
        if self.has_view_permission(request):
            jobs = list(self.get_queryset(request).filter(pk__in=asked[: self.list_per_page * 2]))
        context = {
            "cells": columns.replacements(jobs),
            "unfinished": [job.pk for job in jobs if job.is_moving],
            "live_url": request.path,
        }
        return page(request, self.admin_site, "prodimages/admin/job_rows.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return job_page.show(self, request, object_id)

    def get_urls(self) -> list[Any]:
        proofs = {
            "proof": ("proof", proof_page.show),
            "make_rest": ("proof/make", proof_page.make_rest),
            "cancel_rest": ("proof/cancel", proof_page.cancel_rest),
        }
        own = [
            path(
                f"order/<int:object_id>/{address}/",
                guarded(self.admin_site, functools.partial(view, self)),
                name=f"prodimages_generationjob_{name}",
            )
            for name, (address, view) in proofs.items()
        ]
        own += [
            path(
                "live/",
                guarded(self.admin_site, self.live_rows_view),
                name="prodimages_generationjob_live_rows",
            ),
            path(
                "<int:object_id>/live/",
                guarded(
                    self.admin_site,
                    lambda request, object_id: job_page.live(self, request, object_id),
                ),
                name="prodimages_generationjob_live",
            ),
            path(
                "<int:object_id>/look.jpg",
                guarded(
                    self.admin_site,
                    lambda request, object_id: job_page.look(self, request, object_id),
                ),
                name="prodimages_generationjob_look",
            ),
            path(
                "<int:object_id>/cancel/",
                guarded(
                    self.admin_site,
                    lambda request, object_id: job_page.cancel(self, request, object_id),
                ),
                name="prodimages_generationjob_cancel",
            ),
            path(
                "<int:object_id>/retry/",
                guarded(
                    self.admin_site,
                    lambda request, object_id: job_page.retry(self, request, object_id),
                ),
                name="prodimages_generationjob_retry",
            ),
        ]
        return own + super().get_urls()
