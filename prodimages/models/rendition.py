"""A published picture in the sizes and formats that browsers are given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import RenditionState
from prodimages.models.fields import private_file, shop_field
from prodimages.models.image import GeneratedImage


class RenditionSetQuerySet(models.QuerySet["RenditionSet"]):
    def due(self, queues: list[str]) -> RenditionSetQuerySet:
        """What a worker of ``queues`` could take now: waiting, or held by one that went silent."""
        now = timezone.now()
        waiting = Q(state=RenditionState.WAITING, due_at__lte=now)
        silent = Q(state=RenditionState.RUNNING, lease_expires_at__lt=now)
        return self.filter(waiting | silent, queue__in=queues)

    def held(self, pk: int, token: int) -> RenditionSetQuerySet:
        return self.filter(pk=pk, lease_token=token, state=RenditionState.RUNNING)


class RenditionSet(models.Model):
    """The work of making one picture's renditions: a queue of rows, as publications are."""

    image = models.OneToOneField(
        GeneratedImage,
        on_delete=models.CASCADE,
        related_name="rendition_set",
        verbose_name=_("picture"),
    )
    shop = shop_field()
    queue = models.CharField(_("queue"), max_length=100)
    publishes = models.BooleanField(default=False)
    """The storefront ordered the picture, which is published once its renditions are there."""
    state = models.CharField(
        _("state"), max_length=10, choices=RenditionState, default=RenditionState.WAITING
    )
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease_token = models.PositiveIntegerField(default=0)
    """Raised by every claim; a write that names an older one changes nothing."""
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RenditionSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("renditions of a picture")
        verbose_name_plural = _("renditions of pictures")
        default_permissions = ()
        indexes = [
            models.Index(fields=["state", "queue", "due_at"], name="prodimages_renditions_due")
        ]

    def __str__(self) -> str:
        return f"{self.image_id}"


class Rendition(models.Model):
    """One file of a picture: one format, one width."""

    image = models.ForeignKey(GeneratedImage, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=5)
    """``avif``, ``webp`` or ``jpeg``."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = private_file(_("file"))
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["image", "format", "width"], name="prodimages_rendition_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.width} {self.format}"
