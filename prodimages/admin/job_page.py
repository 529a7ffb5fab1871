"""One job: how far it is, what it was planned to do, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from prodimages.admin import columns, cutout_page, placement_page, proof_page
from prodimages.admin.access import (
    may_generate,
    may_review,
    may_see_photos,
    may_see_pictures,
)
from prodimages.admin.cards import cards
from prodimages.admin.pages import admin_url, back, page
from prodimages.admin.style_cards import name_in_job
from prodimages.choices import JobState, Reason, ViewSource
from prodimages.engines.base import View
from prodimages.exceptions import RequestRefused, TransitionRefused
from prodimages.models import GenerationJob
from prodimages.services import lifecycle, looks, workers
from prodimages.services.views import view_in_words
from prodimages.shops.registry import shop_backend

if TYPE_CHECKING:
    from prodimages.admin.jobs import GenerationJobAdmin


def _job_or_404(admin: GenerationJobAdmin, request: HttpRequest, object_id: Any) -> GenerationJob:
    if not admin.has_view_permission(request):
        raise PermissionDenied
    if not str(object_id).isdecimal():
        raise Http404
    jobs = admin.get_queryset(request).select_related("photo", "submission__created_by")
    job: GenerationJob | None = jobs.filter(pk=int(object_id)).first()
    if job is None:
        raise Http404(_("There is no such job."))
    return job


def show(admin: GenerationJobAdmin, request: HttpRequest, object_id: Any) -> HttpResponse:
    job = _job_or_404(admin, request, object_id)
    context = _status(admin, request, job) | _results(admin, request, job) | _record(job)
    context |= {
        "title": f"{job.product_label}: {name_in_job(job)}",
        "style_name": name_in_job(job),
        "subtitle": None,
        "placement_url": _placement_url(admin, request, job),
        "opts": admin.opts,
        "is_live": job.is_moving,
    }
    return page(request, admin.admin_site, "prodimages/admin/job.html", context)


def live(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """The part of the page that changes; with the results when there are new ones."""
    job = _job_or_404(admin, request, object_id)
    context = _status(admin, request, job)
    if job.is_finished or request.GET.get("made") != str(job.made_count):
        context |= _results(admin, request, job) | {"with_results": True}
    return page(request, admin.admin_site, "prodimages/admin/job_live.html", context)


def look(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """The newest look at a running job, for those who may see its pictures. Never cached."""
    job = _job_or_404(admin, request, object_id)
    if not may_see_pictures(request):
        raise PermissionDenied
    found = looks.look_at(job)
    if found is None:
        raise Http404(_("There is nothing to see yet."))
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.picture), content_type="image/jpeg", headers=headers)


def cancel(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    return _act(admin, request, object_id, lifecycle.cancel, _("The job is being canceled."))


def retry(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    return _act(admin, request, object_id, lifecycle.retry, _("The job is queued again."))


def _act(
    admin: GenerationJobAdmin,
    request: HttpRequest,
    object_id: int,
    act: Callable[[GenerationJob], None],
    done: str,
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not admin.has_change_permission(request):
        raise PermissionDenied
    job = _job_or_404(admin, request, object_id)
    try:
        act(job)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
        admin.log_change(request, job, done)
    return back(request, admin_url(admin.admin_site, "prodimages_generationjob_change", job.pk))


def _status(admin: GenerationJobAdmin, request: HttpRequest, job: GenerationJob) -> dict[str, Any]:
    may_change = admin.has_change_permission(request)
    waits = job.state == JobState.QUEUED
    return {
        "job": job,
        "badge": columns.job_badge(job),
        "bar": columns.progress_bar(job),
        "duration": columns.duration(job),
        "attempts": list(job.attempts.all()),
        "no_worker": bool(waits and workers.unserved([job.queue])),
        "can_cancel": may_change and not job.is_finished and not job.cancel_requested,
        "can_retry": may_change and _may_run_again(job),
        "proof_url": _proof_url(admin, job),
        "cutout_url": cutout_page.cure_url(admin.admin_site, request, job),
        "look_url": _look_url(admin, request, job),
        "live_url": admin_url(admin.admin_site, "prodimages_generationjob_live", job.pk),
    }


def _look_url(admin: GenerationJobAdmin, request: HttpRequest, job: GenerationJob) -> str:
    """Where the newest look at the job is; another address for each, as none may be kept."""
    if not may_see_pictures(request) or (found := looks.look_at(job)) is None:
        return ""
    url = admin_url(admin.admin_site, "prodimages_generationjob_look", job.pk)
    return f"{url}?at={found.painted_at.timestamp():.2f}"


def _proof_url(admin: GenerationJobAdmin, job: GenerationJob) -> str:
    if job.state != JobState.HELD:
        return ""
    return admin_url(admin.admin_site, proof_page.PAGE, job.submission_id)


def _may_run_again(job: GenerationJob) -> bool:
    if not job.is_finished or job.product_id is None:
        return False
    return job.state != JobState.SUCCEEDED or job.images.count() < job.count


def _results(admin: GenerationJobAdmin, request: HttpRequest, job: GenerationJob) -> dict[str, Any]:
    shown = cards(admin.admin_site, request, job) if may_see_pictures(request) else []
    return {
        "cards": shown,
        "original": job.photo if may_see_photos(request) else None,
        "can_review": may_review(request),
        "show_original": may_see_photos(request),
        "reasons": Reason.choices,
        "to_review": sum(card.is_pending for card in shown),
        "approvable": sum(card.is_pending and card.image.passed for card in shown),
        "review_url": admin_url(admin.admin_site, "prodimages_generatedimage_review"),
        "page_url": admin_url(admin.admin_site, "prodimages_generationjob_change", quote(job.pk)),
    }


def _placement_url(admin: GenerationJobAdmin, request: HttpRequest, job: GenerationJob) -> str:
    """Where staff place the product otherwise than this job did."""
    if job.product is None or not may_generate(request):
        return ""
    return placement_page.page_url(admin.admin_site, job.product, job=job.pk)


def _record(job: GenerationJob) -> dict[str, Any]:
    """The frozen plan, and where the product is."""
    try:
        product_url = shop_backend(job.shop).product_url(job.product) if job.product else ""
    except RequestRefused:  # the shop is no longer declared
        product_url = ""
    return {"plan": job.plan, "product_url": product_url, "view": _view(job.plan)}


def _view(plan: dict[str, Any]) -> str:
    """How the product is seen, and what decided it, which older plans don't say."""
    words = view_in_words(View(**plan["view"]))
    source = dict(ViewSource.choices).get(plan["product"].get("view_from", ""))
    return f"{words} ({source})" if source else words
