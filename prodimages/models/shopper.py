"""What is kept of a shopper's try-on, and for how long.

Nothing here is registered in the admin, and no queryset of staff or of the API reaches it: they
see ``TryOnCount`` alone.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.models.fields import product_key, shop_field
from prodimages.models.job import GenerationJob
from prodimages.storage import shopper_storage


class ShopperPhotoQuerySet(models.QuerySet["ShopperPhoto"]):
    def alive(self, now: datetime | None = None) -> ShopperPhotoQuerySet:
        """Photos that may still be read: neither erased nor past their time."""
        return self.filter(erased_at=None, expires_at__gt=now or timezone.now())

    def over(self, now: datetime | None = None) -> ShopperPhotoQuerySet:
        """Photos of which nothing may remain."""
        return self.filter(
            models.Q(erased_at__isnull=False) | models.Q(expires_at__lte=now or timezone.now())
        )


class ShopperPhoto(models.Model):
    """A shopper's photo, re-encoded, with what the shopper said when it was given."""

    shop = shop_field()
    owner = models.CharField(max_length=64)
    """SHA-256 of the owner token; the token itself is kept by the shopper alone."""
    file = models.FileField(storage=shopper_storage, max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    landmarks = models.JSONField(default=dict)
    """``imaging.pose`` names -> [x, y] in shares of the photo; empty until they are found."""
    faces = models.PositiveSmallIntegerField(null=True)
    """Frontal faces that were counted; None until somebody looked."""
    is_front = models.BooleanField(null=True)
    """The shopper's own statement, asked for where no face was found; None: not asked."""
    confirmed_at = models.DateTimeField(null=True)
    """When the shopper agreed to the landmarks; nothing is made before."""
    consent_at = models.DateTimeField()
    consent_version = models.CharField(max_length=40)
    """Which text the shopper agreed to."""
    is_of_age = models.BooleanField()
    """The shopper's own statement; nobody's age is inferred from a photo."""
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    """Set first, so that nothing is read or written any more while the rest is removed."""

    objects = ShopperPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("shopper's photo")
        verbose_name_plural = _("shoppers' photos")
        default_permissions = ()
        indexes = [
            models.Index(fields=["owner"], name="prodimages_shopper_owner"),
            models.Index(fields=["expires_at"], name="prodimages_shopper_expiry"),
        ]

    def __str__(self) -> str:
        return f"shopper's photo {self.pk}"


class TryOn(models.Model):
    """One garment on one shopper's photo."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    photo = models.ForeignKey(ShopperPhoto, on_delete=models.CASCADE, related_name="try_ons")
    product = product_key()
    job = models.OneToOneField(
        GenerationJob, null=True, on_delete=models.SET_NULL, related_name="try_on"
    )
    """The job that looks for landmarks first, then the one that makes the picture."""
    file = models.FileField(storage=shopper_storage, max_length=255, blank=True)
    mime = models.CharField(max_length=30, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    notices = models.JSONField(default=list)
    region = models.FileField(storage=shopper_storage, max_length=255, blank=True)
    """PNG of ``imaging.regions``: what would be repainted, and what never is."""
    region_for = models.CharField(max_length=64, blank=True)
    """Digest of the landmarks by which a job found it."""
    edits = models.FileField(storage=shopper_storage, max_length=255, blank=True)
    """PNG of ``imaging.regions``: what the shopper put in, and what the shopper took out."""
    is_painting = models.BooleanField(default=False)
    """The shopper wants to see and to paint the region before the picture is made."""
    regions_asked = models.PositiveSmallIntegerField(default=0)
    """Jobs that were started only to find the region; there is a limit to them."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("try-on")
        verbose_name_plural = _("try-ons")
        default_permissions = ()

    def __str__(self) -> str:
        return f"try-on {self.pk}"

    @property
    def stored_files(self) -> set[str]:
        """Names of all that is kept of it."""
        return {name for name in map(str, (self.file, self.region, self.edits)) if name}


class TryOnQuota(models.Model):
    """How many try-ons one token, address or product had on a day."""

    class Scope(models.TextChoices):
        ADDRESS = "address", _("address")
        PRODUCT = "product", _("product")
        TOKEN = "token", _("token")

    day = models.DateField()
    scope = models.CharField(max_length=10, choices=Scope)
    key = models.CharField(max_length=64)
    """A digest; of an address with the day's salt, which is thrown away with the day."""
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("try-on quota")
        verbose_name_plural = _("try-on quotas")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["day", "scope", "key"], name="prodimages_try_on_quota_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.scope}"


class TryOnSalt(models.Model):
    """What addresses are hashed with on one day; without it nobody can test an address."""

    day = models.DateField(unique=True)
    salt = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("daily salt")
        verbose_name_plural = _("daily salts")
        default_permissions = ()

    def __str__(self) -> str:
        return f"salt of {self.day}"


class TryOnCount(models.Model):
    """How many try-ons came to what end on a day: all that staff see of them."""

    shop = shop_field()
    day = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=20)
    """A code of ``choices.TryOnOutcome`` or of ``choices.FailureKind``."""
    number = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("count of try-ons")
        verbose_name_plural = _("counts of try-ons")
        ordering = ["-day", "outcome"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "day", "outcome"], name="prodimages_try_on_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome}: {self.number}"
