from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.choices import Source
from prodimages.models.api_key import ApiKey
from prodimages.models.fields import shop_field


class Submission(models.Model):
    """One request for pictures, from whichever way in; it has one job a product."""

    shop = shop_field()
    client = models.CharField(_("client"), max_length=100)
    """Who may reuse an idempotency key: ``user:7``, an API key's id, a shop's hook."""
    idempotency_key = models.CharField(_("idempotency key"), max_length=200)
    body_digest = models.CharField(max_length=64)
    """SHA-256 of the request, to tell a repeat from a conflict."""
    source = models.CharField(_("source"), max_length=20, choices=Source)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    api_key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="submissions",
        verbose_name=_("API key"),
    )
    """Through which it came, and whose budget it counts against."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    skipped = models.JSONField(default=list, blank=True)
    """``[key, name, reason]`` of each product that got no job."""

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "client", "idempotency_key"], name="prodimages_submission_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"
