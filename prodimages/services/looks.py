"""Small pictures of what running jobs are painting: for staff only, and gone when they end."""

from __future__ import annotations

from django.utils import timezone

from prodimages.choices import JobState
from prodimages.models import GenerationJob, JobLook

MOST_BYTES = 64 * 1024


def keep(pk: int, token: int, picture: bytes) -> None:
    """The newest look at a job that is still held by ``token``; any other is dropped."""
    if len(picture) > MOST_BYTES or not GenerationJob.objects.held(pk, token).exists():
        return  # a shopper's job is none of these: nobody of the staff may look at it
    JobLook.objects.update_or_create(
        job_id=pk, defaults={"token": token, "picture": picture, "painted_at": timezone.now()}
    )


def look_at(job: GenerationJob) -> JobLook | None:
    """The newest look, while the job runs under the lease that it was painted under."""
    if job.state != JobState.RUNNING:
        return None
    return JobLook.objects.filter(job=job, token=job.lease_token).first()


def forget(pk: int) -> None:
    JobLook.objects.filter(job_id=pk).delete()


def sweep() -> int:
    """Remove those whose jobs no longer run, as where a worker was killed."""
    count, _rows = JobLook.objects.exclude(job__state=JobState.RUNNING).delete()
    return count
