from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.models.fields import private_file, product_key, shop_field


class SourcePhoto(models.Model):
    """A private copy of a photo, so that its pictures can be made again.

    Found again by its content: the same photo in one shop is kept, and cut out, once.
    """

    shop = shop_field()
    digest = models.CharField(_("SHA-256"), max_length=64)
    file = private_file(_("file"))
    product = product_key()
    """The product that it was first taken from."""
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("source photo")
        verbose_name_plural = _("source photos")
        constraints = [
            models.UniqueConstraint(fields=["shop", "digest"], name="prodimages_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.width} x {self.height} px, {self.digest[:12]}"


class Cutout(models.Model):
    """The product's alpha in one photo, by one backend version or by one of the staff."""

    STAFF_PREFIX = "staff:"

    photo = models.ForeignKey(SourcePhoto, on_delete=models.CASCADE, related_name="cutouts")
    key = models.CharField(_("made by"), max_length=200)
    """``name@version`` of the backend, or ``staff:`` and the mask's digest."""
    file = private_file(_("alpha"))
    details = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("cut-out")
        verbose_name_plural = _("cut-outs")
        constraints = [
            models.UniqueConstraint(fields=["photo", "key"], name="prodimages_cutout_once")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def by_staff(self) -> bool:
        return self.key.startswith(self.STAFF_PREFIX)
