"""What a job's row shows, in pieces that the page can replace one by one while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from prodimages.choices import ImageState, JobState
from prodimages.models import GeneratedImage, GenerationJob

_IMAGE_BADGES = {
    ImageState.PENDING: "queued",
    ImageState.APPROVED: "running",
    ImageState.REJECTED: "failed",
    ImageState.PUBLISHED: "succeeded",
}


def job_badge(job: GenerationJob) -> SafeString:
    label = job.get_state_display()
    if job.state == JobState.RUNNING and job.cancel_requested:
        label = _("stopping")
    return format_html('<span class="pi-badge pi-{}">{}</span>', job.state, label)


def image_badge(image: GeneratedImage) -> SafeString:
    kind = _IMAGE_BADGES.get(ImageState(image.state), "queued")
    return format_html('<span class="pi-badge pi-{}">{}</span>', kind, image.get_state_display())


def progress_bar(job: GenerationJob) -> SafeString:
    if job.state in {JobState.HELD, JobState.QUEUED, JobState.CANCELED}:
        return mark_safe("")
    return format_html(
        '<progress class="pi-progress pi-{state}" max="100" value="{percent}" '
        'aria-label="{label}">{percent}%</progress>',
        state=job.state,
        percent=job.percent,
        label=_("%(percent)d percent done") % {"percent": job.percent},
    )


def duration(job: GenerationJob) -> str:
    """Seconds that the job took, or has been running; empty before it starts."""
    seconds = job.seconds
    if seconds is None and job.state == JobState.RUNNING and job.started_at:
        seconds = (timezone.now() - job.started_at).total_seconds()
    return "" if seconds is None else _("%(seconds).1f s") % {"seconds": seconds}


def progress(job: GenerationJob) -> SafeString:
    """The bar, how many of the pictures are made, and the time it took."""
    facts = " · ".join(part for part in (f"{job.made_count}/{job.count}", duration(job)) if part)
    return format_html('{}<span class="pi-quiet">{}</span>', progress_bar(job), facts)


def created(job: GenerationJob) -> SafeString:
    """When, and by whom where that is known."""
    when = date_format(timezone.localtime(job.created_at), "SHORT_DATETIME_FORMAT")
    who = job.submission.created_by or job.submission.get_source_display()
    return format_html('{}<br><span class="pi-quiet">{}</span>', when, who)


def state(job: GenerationJob) -> SafeString:
    """The badge, and what went wrong in a few words."""
    badge = job_badge(job)
    if not job.error:
        return badge
    short = Truncator(job.error).chars(90)
    return format_html('{}<br><span class="pi-error" title="{}">{}</span>', badge, job.error, short)


_CELLS: dict[str, Callable[[GenerationJob], str]] = {
    "state": state,
    "progress": progress,
}


def cell(job: GenerationJob, name: str, *, replace: bool = False) -> SafeString:
    """One piece of a row. ``replace`` tells htmx to put it in place of the one shown."""
    return format_html(
        '<span id="job-{}-{}" class="pi-cell"{}>{}</span>',
        job.pk,
        name,
        mark_safe(' hx-swap-oob="true"') if replace else "",
        _CELLS[name](job),
    )


def replacements(jobs: Iterable[GenerationJob]) -> SafeString:
    """Every piece of the rows of ``jobs``, for one answer to the whole page."""
    return format_html_join(
        "\n", "{}", ((cell(job, name, replace=True),) for job in jobs for name in _CELLS)
    )
