from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkerHeartbeat(models.Model):
    """When a worker last looked at the job table; for doctor and for the admin's notice."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    queues = models.JSONField(_("queues"), default=list)
    version = models.CharField(_("version"), max_length=20)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last seen"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.name
