from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.choices import Task
from prodimages.conf import settings
from prodimages.models.fields import shop_field

ASPECTS = ("1:1", "4:5", "3:4", "4:3", "16:9", "9:16")
PICTURE_FORMATS = [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WebP")]


class StyleQuerySet(models.QuerySet["Style"]):
    def offered(self, shop: str = "local") -> StyleQuerySet:
        """Styles that staff of ``shop`` may choose: active, and of an engine that is declared."""
        return self.filter(shop=shop, is_active=True, engine__in=list(settings.ENGINES))


class Style(models.Model):
    """What staff choose: a task, an engine, a prompt over the product's own fields."""

    shop = shop_field()
    slug = models.SlugField(_("slug"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    task = models.CharField(_("task"), max_length=20, choices=Task)
    engine = models.CharField(
        _("engine"), max_length=50, default="studio", help_text=_("An alias from the settings.")
    )
    prompt = models.TextField(
        _("prompt"),
        blank=True,
        help_text=_("May name fields of the product in braces, such as {name} or {color}."),
    )
    negative_prompt = models.TextField(_("negative prompt"), blank=True)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    size = models.PositiveIntegerField(
        _("size"),
        default=1024,
        validators=[MinValueValidator(256), MaxValueValidator(4096)],
        help_text=_("Longest side of the picture in pixels."),
    )
    aspect = models.CharField(
        _("aspect"), max_length=5, default="1:1", choices=[(aspect, aspect) for aspect in ASPECTS]
    )
    format = models.CharField(_("format"), max_length=5, default="jpeg", choices=PICTURE_FORMATS)
    quality = models.PositiveSmallIntegerField(
        _("quality"), default=92, validators=[MinValueValidator(50), MaxValueValidator(100)]
    )
    requires_review = models.BooleanField(
        _("requires review"),
        default=True,
        help_text=_("Without it, pictures that pass their checks are published by themselves."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = StyleQuerySet.as_manager()

    class Meta:
        verbose_name = _("style")
        verbose_name_plural = _("styles")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="prodimages_style_slug")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what the planner would refuse later, beside the field that causes it."""
        from prodimages.services.styles import problems_of

        if problems := problems_of(self):
            raise ValidationError(problems)

    @property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels; the longest side is ``size``."""
        across, down = (int(part) for part in self.aspect.split(":"))
        longest = max(across, down)
        return round(self.size * across / longest), round(self.size * down / longest)

    def as_plan(self) -> dict[str, Any]:
        return {"slug": self.slug, "name": self.name}


class StyleRuleQuerySet(models.QuerySet["StyleRule"]):
    def for_shop(self, shop: str) -> StyleRuleQuerySet:
        return self.filter(shop=shop, is_active=True).prefetch_related("styles")


class StyleRule(models.Model):
    """Which styles a product gets by itself; the first rule that matches decides.

    An empty condition matches every product.
    """

    shop = shop_field()
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    category = models.CharField(
        _("category"),
        max_length=255,
        blank=True,
        help_text=_("Beginning of the category path, such as “shoes” or “kitchen/mugs”."),
    )
    tag = models.CharField(_("tag"), max_length=100, blank=True)
    product_type = models.CharField(_("product type"), max_length=100, blank=True)
    styles = models.ManyToManyField(Style, verbose_name=_("styles"), related_name="rules")
    is_active = models.BooleanField(_("active"), default=True)

    objects = StyleRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("style rule")
        verbose_name_plural = _("style rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
