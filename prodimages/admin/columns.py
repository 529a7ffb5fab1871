"""What a job's row shows, in pieces that the page can replace one by one while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils import timezone
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
    if job.state in {JobState.QUEUED, JobState.CANCELED}:
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


def made(job: GenerationJob) -> str:
    return f"{job.made_count}/{job.count}"


def reason(job: GenerationJob) -> SafeString:
    short = Truncator(job.error).chars(80)
    return format_html('<span title="{}">{}</span>', job.error, short)


_CELLS: dict[str, Callable[[GenerationJob], str]] = {
    "state": job_badge,
    "progress": progress_bar,
    "made": made,
    "duration": duration,
    "reason": reason,
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
