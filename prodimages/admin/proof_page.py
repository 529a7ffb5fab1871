"""The first pictures of a big order, and the yes or no to the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.admin import columns
from prodimages.admin.access import may_review, may_see_photos, may_see_pictures
from prodimages.admin.cards import Card
from prodimages.admin.cutout_page import cure_url
from prodimages.admin.pages import admin_url, back, page
from prodimages.choices import JobState, Reason
from prodimages.exceptions import TransitionRefused
from prodimages.models import GeneratedImage, GenerationJob, Submission
from prodimages.services import proofs

if TYPE_CHECKING:
    from prodimages.admin.jobs import GenerationJobAdmin

PAGE = "prodimages_generationjob_proof"


def _order_or_404(
    admin: GenerationJobAdmin, request: HttpRequest, key: int
) -> tuple[Submission, QuerySet[GenerationJob]]:
    """The order, and those of its jobs that this person may see."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    jobs = admin.get_queryset(request).filter(submission_id=key)
    first = jobs.order_by("pk").first()
    if first is None:
        raise Http404(_("There is no such order."))
    return first.submission, jobs


def show(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    order, jobs = _order_or_404(admin, request, object_id)
    rest = jobs.filter(state=JobState.HELD).count()
    first = list(jobs.order_by("pk")[: proofs.PROOFS])
    jobs_url = admin_url(admin.admin_site, "prodimages_generationjob_changelist")
    context = {
        "title": _("Proofs"),
        "subtitle": None,
        "opts": admin.opts,
        "order": order,
        "rest": rest,
        "rows": _rows(admin, request, first),
        "is_live": any(job.is_moving for job in first),
        "style_changed": bool(rest) and proofs.style_changed(order),
        "may_decide": bool(rest) and admin.has_change_permission(request),
        "jobs_url": f"{jobs_url}?submission={order.pk}",
        "can_review": may_review(request),
        "show_original": may_see_photos(request),
        "reasons": Reason.choices,
        "review_url": admin_url(admin.admin_site, "prodimages_generatedimage_review"),
        "page_url": request.path,
    }
    return page(request, admin.admin_site, "prodimages/admin/proof.html", context)


def _rows(
    admin: GenerationJobAdmin, request: HttpRequest, jobs: list[GenerationJob]
) -> list[dict[str, Any]]:
    """Each proof with its badge, the cards of its pictures, and where its cut-out is checked."""
    reviewer = may_review(request)
    images = GeneratedImage.objects.none()
    if may_see_pictures(request):
        images = GeneratedImage.objects.filter(job__in=jobs).order_by("job", "index")
    of_job: dict[int, list[Card]] = {}
    for image in images.select_related("job__style", "reviewed_by").defer("job__plan"):
        of_job.setdefault(image.job_id, []).append(Card(image, reviewer))
    return [
        {
            "job": job,
            "badge": columns.job_badge(job),
            "cards": of_job.get(job.pk, []),
            "cutout_url": cure_url(admin.admin_site, request, job),
        }
        for job in jobs
    ]


def make_rest(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    return _decide(admin, request, object_id, proofs.make_rest, _made)


def cancel_rest(admin: GenerationJobAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    return _decide(admin, request, object_id, proofs.cancel_rest, _canceled)


def _made(count: int) -> str:
    text = ngettext("%(count)d job is queued.", "%(count)d jobs are queued.", count)
    return text % {"count": count}


def _canceled(count: int) -> str:
    text = ngettext("%(count)d job was canceled.", "%(count)d jobs were canceled.", count)
    return text % {"count": count}


def _decide(
    admin: GenerationJobAdmin,
    request: HttpRequest,
    object_id: int,
    act: Callable[[Submission, QuerySet[GenerationJob]], int],
    told: Callable[[int], str],
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not admin.has_change_permission(request):
        raise PermissionDenied
    order, jobs = _order_or_404(admin, request, object_id)
    try:
        count = act(order, jobs)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, told(count))
    return back(request, admin_url(admin.admin_site, PAGE, order.pk))
