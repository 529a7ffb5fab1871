from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.models.job import GenerationJob


class JobLook(models.Model):
    """How far a picture of a running job is: small, for staff, and gone when the job ends.

    In a table of its own, so that the queue's rows stay as narrow as they are.
    """

    job = models.OneToOneField(
        GenerationJob, on_delete=models.CASCADE, primary_key=True, related_name="look"
    )
    token = models.PositiveIntegerField()
    """Of the lease under which it was painted."""
    picture = models.BinaryField()
    """A JPEG file of some kilobytes."""
    painted_at = models.DateTimeField(_("painted"), default=timezone.now)

    class Meta:
        verbose_name = _("look at a running job")
        verbose_name_plural = _("looks at running jobs")

    def __str__(self) -> str:
        return f"{self.job_id} / {self.token}"
