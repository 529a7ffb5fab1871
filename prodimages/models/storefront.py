"""What shoppers are shown: scenes that staff allow, and each product's picture in them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import ImageState, VariantState
from prodimages.models.fields import product_key, shop_field
from prodimages.models.image import GeneratedImage
from prodimages.models.job import GenerationJob
from prodimages.models.style import Style

PART = 40
"""Characters of a scene's name, or of anything else that a shopper is told by."""
validate_part = RegexValidator(
    rf"^[a-z0-9][a-z0-9_-]{{0,{PART - 1}}}\Z",
    _("Use lower-case letters, digits, “-” and “_”, 40 at most."),
)


def _part(label: Any, help_text: Any = "") -> models.CharField[Any, Any]:
    return models.CharField(
        label, max_length=PART, blank=True, validators=[validate_part], help_text=help_text
    )


class StorefrontScene(models.Model):
    """Which style a shopper sees a product in: the first row whose conditions all hold decides."""

    shop = shop_field()
    slug = _part(
        _("scene"),
        _("What a shopper chooses, as it stands in addresses. Empty: for those who choose none."),
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("What shoppers read."))
    style = models.ForeignKey(
        Style, on_delete=models.CASCADE, related_name="scenes", verbose_name=_("style")
    )
    segment = _part(_("segment"), _("Kind of shopper. Empty: any."))
    locale = _part(_("locale"), _("Such as en or zh-hans. Empty: any."))
    season = _part(_("season"), _("Empty: any."))
    arm = _part(_("arm of an A/B test"), _("Empty: any."))
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("storefront scene")
        verbose_name_plural = _("storefront scenes")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "slug", "segment", "locale", "season", "arm"],
                name="prodimages_scene_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.style_id and self.style.shop != self.shop:
            raise ValidationError({"style": _("This style is one of another shop.")})


class StorefrontVariantQuerySet(models.QuerySet["StorefrontVariant"]):
    def of(self, shop: str, product: Any, key: str) -> StorefrontVariantQuerySet:
        return self.filter(shop=shop, product_id=product, key=key)

    def shown(self) -> StorefrontVariantQuerySet:
        """Those whose picture may be seen: published, and not taken back since."""
        return self.filter(state=VariantState.READY, image__state=ImageState.PUBLISHED)


class StorefrontVariant(models.Model):
    """One product's picture for one kind of shopper, made when the first of them asks for it."""

    shop = shop_field()
    product = product_key(null=False, blank=False, on_delete=models.CASCADE)
    key = models.CharField(_("variant"), max_length=5 * PART + 4, blank=True)
    """``services.storefront.contexts.Context.key``."""
    style = models.ForeignKey(
        Style,
        null=True,
        on_delete=models.CASCADE,
        related_name="variants",
        verbose_name=_("style"),
    )
    """None: the best picture that the product has, whatever its style."""
    state = models.CharField(
        _("state"), max_length=10, choices=VariantState, default=VariantState.WAITING
    )
    image = models.ForeignKey(
        GeneratedImage,
        null=True,
        on_delete=models.SET_NULL,
        related_name="variants",
        verbose_name=_("picture"),
    )
    job = models.ForeignKey(
        GenerationJob,
        null=True,
        on_delete=models.SET_NULL,
        related_name="variants",
        verbose_name=_("job"),
    )
    """The last one that was ordered for it."""
    style_digest = models.CharField(max_length=64, blank=True)
    photo_digest = models.CharField(max_length=64, blank=True)
    """Of the style and the photo with which something was ordered for it last."""
    stale_since = models.DateTimeField(_("outdated since"), null=True, blank=True)
    """Photo or style changed then: what is older is shown until something newer is there."""
    orders = models.PositiveSmallIntegerField(_("orders"), default=0)
    """Since a picture was shown last, or its sources changed."""
    due_at = models.DateTimeField(default=timezone.now)
    """Nothing is ordered for it before."""
    error = models.TextField(_("what is missing"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    """When a shopper asked for it last, to within a part of its time to live."""
    looked_at = models.DateTimeField(default=timezone.now)
    """When somebody looked last whether the product's photo is still the same."""

    objects = StorefrontVariantQuerySet.as_manager()

    class Meta:
        verbose_name = _("shoppers' picture")
        verbose_name_plural = _("shoppers' pictures")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "product", "key"], name="prodimages_variant_once"
            )
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="prodimages_variant_asked"),
            models.Index(fields=["looked_at"], name="prodimages_variant_looked"),
        ]
        permissions = [("refresh_storefrontvariant", "Can have shoppers' pictures made again")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.key or '–'}"


class StorefrontCount(models.Model):
    """How often a variant was seen and chosen on a day; of whom is not kept."""

    shop = shop_field()
    day = models.DateField(_("day"))
    product = product_key(null=False, blank=False, on_delete=models.CASCADE)
    key = models.CharField(_("variant"), max_length=5 * PART + 4, blank=True)
    shown = models.PositiveIntegerField(_("seen"), default=0)
    chosen = models.PositiveIntegerField(_("chosen"), default=0)

    class Meta:
        verbose_name = _("count of a shoppers' picture")
        verbose_name_plural = _("counts of shoppers' pictures")
        ordering = ["-day", "-shown"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "product", "key", "day"], name="prodimages_variant_count_once"
            )
        ]
        indexes = [models.Index(fields=["day"], name="prodimages_variant_count_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.product_id} {self.key}"


class StorefrontQuota(models.Model):
    """How many pictures shoppers had ordered of one product, or of a whole shop, on a day."""

    day = models.DateField()
    holder = models.CharField(max_length=200)
    """``shop:local`` or ``product:local:7``."""
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of the storefront's orders")
        verbose_name_plural = _("days of the storefront's orders")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "holder"], name="prodimages_store_quota_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.holder}"
