from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.models.fields import private_file, shop_field


class ModelPhotoQuerySet(models.QuerySet["ModelPhoto"]):
    def offered(self, shop: str = "local") -> ModelPhotoQuerySet:
        """House models that pictures of ``shop`` may show today."""
        lasting = Q(consent_until=None) | Q(consent_until__gte=timezone.localdate())
        return self.filter(lasting, shop=shop, is_active=True)


class ModelPhoto(models.Model):
    """A house model: a photo of a person who agreed to wear the shop's goods in its pictures."""

    shop = shop_field()
    slug = models.SlugField(_("slug"), max_length=80)
    """What a style of the task try-on names in its parameter ``model``."""
    name = models.CharField(_("name"), max_length=120)
    file = private_file(_("photo"))
    digest = models.CharField(_("SHA-256"), max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    landmarks = models.JSONField(_("landmarks"), default=dict, blank=True)
    """``imaging.pose`` names -> [x, y] in shares of the photo; empty: not placed yet."""
    region = private_file(_("marked region"), blank=True)
    """PNG of ``imaging.regions``: what a try-on may repaint, and what it may not."""
    region_for = models.CharField(max_length=64, blank=True, editable=False)
    """Digest of the photo and landmarks by which a job found it."""
    region_by_staff = models.BooleanField(default=False, editable=False)
    """Staff have painted it: it stays as it is, whatever a job finds."""
    size = models.CharField(_("clothes size"), max_length=20, blank=True)
    height_cm = models.PositiveSmallIntegerField(_("height in cm"), null=True, blank=True)
    consent_at = models.DateField(_("consent given on"))
    consent_reference = models.CharField(
        _("consent record"),
        max_length=255,
        help_text=_("Where the signed release is kept; the paper itself is not stored here."),
    )
    consent_until = models.DateField(
        _("consent ends on"),
        null=True,
        blank=True,
        help_text=_("After this day no picture is made with the photo. Empty: without end."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ModelPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("house model")
        verbose_name_plural = _("house models")
        ordering = ["shop", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="prodimages_model_photo_slug")
        ]

    def __str__(self) -> str:
        return self.name
