"""What follows when a shopper's job has ended."""

from __future__ import annotations

from prodimages.choices import JobState, TryOnOutcome
from prodimages.models import GenerationJob, TryOn
from prodimages.services.try_on import erasure
from prodimages.services.try_on.counts import count


def record(job: GenerationJob) -> None:
    """Count how it ended; remove the job where all that belongs to it was erased meanwhile."""
    ended = GenerationJob.every.filter(pk=job.pk).values_list("state", "error_kind").first()
    if ended is None:
        return
    state, kind = ended
    if state == JobState.SUCCEEDED and TryOn.objects.filter(job=job).exclude(file="").exists():
        count(job.shop, TryOnOutcome.DONE)
    elif state == JobState.FAILED:
        count(job.shop, kind)
    if state in (JobState.CANCELED, JobState.FAILED, JobState.SUCCEEDED):
        erasure.purge_jobs()
