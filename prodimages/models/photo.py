from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.cutouts.proposals.base import Box
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
    corrections = models.JSONField(_("color correction"), default=dict, blank=True)
    """``mode`` (auto or off) and ``gray`` (x, y in fractions), as staff chose; see the step."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("source photo")
        verbose_name_plural = _("source photos")
        constraints = [
            models.UniqueConstraint(fields=["shop", "digest"], name="prodimages_photo_once")
        ]

    def __str__(self) -> str:
        return f"{self.width} x {self.height} px, {self.digest[:12]}"


class CutoutQuerySet(models.QuerySet["Cutout"]):
    def chosen(self, photo: SourcePhoto) -> CutoutQuerySet:
        """The versions that staff approved, the last approved first: that one is used."""
        return self.filter(photo=photo, approved_at__isnull=False).order_by("-approved_at", "-pk")

    def in_force(self, photo: SourcePhoto) -> Cutout | None:
        """The version that the photo's next job uses, as far as it is known by now.

        A draft of the staff is nobody's choice yet, so that it never is.
        """
        found = self.filter(photo=photo).exclude(key__startswith=Cutout.STAFF_PREFIX)
        return self.chosen(photo).first() or found.order_by("-pk").first()

    def kept_extras(self, photo: SourcePhoto) -> list[tuple[str, Box]]:
        """Kind and box of what staff said belongs to the product, in any version."""
        listed = self.filter(photo=photo).values_list("details__proposals", flat=True)
        return [
            (extra["kind"], tuple(extra["box"]))
            for extras in listed
            for extra in extras or ()
            if "kept_by" in extra
        ]


class Cutout(models.Model):
    """One version of the product's alpha in one photo, by a backend or by one of the staff."""

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
    based_on = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("painted over"),
    )
    """The version that staff painted over; none for an upload or a backend's work."""
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    """When staff last chose it; the version chosen last is the one in force."""
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = CutoutQuerySet.as_manager()

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

    @property
    def confidence(self) -> float | None:
        """0..1 as the backend's work was judged; None for a mask that a person made."""
        value = self.details.get("confidence")
        return float(value) if isinstance(value, int | float) else None

    @property
    def extras(self) -> list[dict[str, Any]]:
        """What in it may not be the product: number, kind, confidence, box, and ``kept_by``
        once one of the staff said that it belongs to it.
        """
        return list(self.details.get("proposals", []))

    @property
    def removed(self) -> list[str]:
        """Kinds of what staff took out of the version that it is based on."""
        return [str(kind) for kind in self.details.get("removed", [])]

    @property
    def reasons(self) -> list[str]:
        """What lowers the confidence, in words."""
        return [str(why) for why in self.details.get("reasons", [])]
