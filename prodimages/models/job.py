from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import (
    TERMINAL_JOB_STATES,
    AttemptOutcome,
    FailureKind,
    JobState,
    Task,
)
from prodimages.models.fields import product_key, shop_field
from prodimages.models.photo import SourcePhoto
from prodimages.models.style import Style
from prodimages.models.submission import Submission


class GenerationJobQuerySet(models.QuerySet["GenerationJob"]):
    def claimable(self, now: datetime | None = None) -> GenerationJobQuerySet:
        """Queued jobs whose time has come, and running ones whose worker went silent."""
        now = now or timezone.now()
        return self.filter(
            Q(state=JobState.QUEUED, due_at__lte=now)
            | Q(state=JobState.RUNNING, lease_expires_at__lt=now)
        )

    def held(self, pk: int, token: int) -> GenerationJobQuerySet:
        """The one running job, if the caller's lease is still the newest."""
        return self.filter(pk=pk, lease_token=token, state=JobState.RUNNING)

    def unfinished(self) -> GenerationJobQuerySet:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class StaffJobManager(models.Manager.from_queryset(GenerationJobQuerySet)):  # type: ignore[misc]
    """Leaves out what shoppers asked for, so that no list, search or export of staff has it."""

    def get_queryset(self) -> GenerationJobQuerySet:
        jobs: GenerationJobQuerySet = super().get_queryset().filter(for_shopper=False)
        return jobs


class GenerationJob(models.Model):
    """One product x one style x one photo x ``count`` pictures. The table is the queue."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="jobs")
    shop = shop_field()
    product = product_key(related_name="prodimages_jobs")
    product_key = models.CharField(_("product key"), max_length=200)
    product_label = models.CharField(_("product name"), max_length=255)
    """Both frozen: they outlive the product."""
    style = models.ForeignKey(
        Style,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="jobs",
        verbose_name=_("style"),
    )
    style_name = models.CharField(_("style name"), max_length=120)
    chosen_by = models.CharField(_("chosen by"), max_length=200, blank=True)
    """The rule that chose the style; empty when a person did."""
    photo_ref = models.CharField(max_length=255, blank=True)
    photo = models.ForeignKey(
        SourcePhoto, null=True, blank=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    task = models.CharField(_("task"), max_length=20, choices=Task)
    engine = models.CharField(_("engine"), max_length=50)
    queue = models.CharField(_("queue"), max_length=50)
    batch_key = models.CharField(max_length=120)
    count = models.PositiveSmallIntegerField(_("count"), default=1)
    seed = models.BigIntegerField(_("seed"))
    plan = models.JSONField(_("plan"))
    requires_review = models.BooleanField(default=True)
    for_shopper = models.BooleanField(default=False, editable=False)
    """A shopper's try-on: known to the queue alone, and removed with the shopper's photo."""

    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    priority = models.SmallIntegerField(_("priority"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease_token = models.PositiveIntegerField(default=0)
    """Fencing token: raised by every claim; a write with an older one changes nothing."""
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_alone = models.BooleanField(default=False)
    """Set after a crash: the job may be what kills its worker, so it gets no neighbours."""
    active_key = models.CharField(max_length=200, null=True, blank=True, unique=True, default=None)
    """At most one unfinished job has a given key; cleared when the job ends."""

    stage = models.CharField(_("stage"), max_length=40, blank=True)
    progress = models.FloatField(_("progress"), default=0)
    made_count = models.PositiveSmallIntegerField(_("pictures made"), default=0)
    notices = models.JSONField(_("notices"), default=list, blank=True)
    error_kind = models.CharField(
        _("kind of failure"), max_length=20, blank=True, choices=FailureKind
    )
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    seconds = models.FloatField(_("seconds"), null=True, blank=True)

    objects = StaffJobManager()
    """The default, also of relations to jobs."""
    every = GenerationJobQuerySet.as_manager()
    """Shoppers' jobs among them; for the queue and for what cleans up."""

    class Meta:
        verbose_name = _("generation job")
        verbose_name_plural = _("generation jobs")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "queue", "-priority", "id"], name="prodimages_job_claim"),
            models.Index(fields=["state", "lease_expires_at"], name="prodimages_job_lease"),
            models.Index(fields=["shop", "-id"], name="prodimages_job_shop"),
            models.Index(fields=["for_shopper", "state"], name="prodimages_job_shopper"),
        ]

    def __str__(self) -> str:
        return f"{self.product_label}: {self.style_name}"

    @property
    def is_finished(self) -> bool:
        return self.state in TERMINAL_JOB_STATES

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will take it, so that looking again is worth while."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def percent(self) -> int:
        return round(100 * min(max(self.progress, 0.0), 1.0))


class GenerationAttempt(models.Model):
    """One worker's try at a job, and the names of the files that it may have written."""

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="attempts")
    token = models.PositiveIntegerField()
    worker = models.CharField(_("worker"), max_length=200)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=AttemptOutcome, default=AttemptOutcome.RUNNING
    )
    files = models.JSONField(default=list)
    """Names in the private storage, recorded before each write."""
    files_swept = models.BooleanField(default=False)
    """Whether the sweeper has removed what of ``files`` no picture refers to."""
    timings = models.JSONField(_("seconds by step"), default=dict)
    error_kind = models.CharField(max_length=20, blank=True, choices=FailureKind)
    error = models.TextField(_("error"), blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "token"], name="prodimages_attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.job_id} / {self.token}"
