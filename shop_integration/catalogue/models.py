"""Products and their media, for a site that has no catalogue of its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _


def validate_tags(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ValidationError(_('Tags are a list of words, such as ["ceramic", "gift"].'))


class Product(models.Model):
    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)
    category = models.CharField(
        _("category"),
        max_length=200,
        blank=True,
        db_index=True,
        validators=[
            RegexValidator(
                r"^[^/\s][^/]*(/[^/]+)*$",
                _("Write the path from the root with slashes between: kitchen/mugs."),
            )
        ],
        help_text=_("Path from the root, separated by slashes: kitchen/mugs."),
    )
    tags = models.JSONField(_("tags"), default=list, blank=True, validators=[validate_tags])
    product_type = models.CharField(_("type"), max_length=64, blank=True)
    color = models.CharField(_("color"), max_length=64, blank=True)
    width_cm = models.DecimalField(
        _("width in cm"),
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Real width of what the main photo shows."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ProductMediaQuerySet(models.QuerySet["ProductMedia"]):
    def photos(self) -> ProductMediaQuerySet:
        """The shop's own photos, as against published pictures."""
        return self.filter(kind=ProductMedia.Kind.PHOTO)

    def generated(self) -> ProductMediaQuerySet:
        return self.filter(kind=ProductMedia.Kind.GENERATED)

    def next_position(self, product: Product) -> int:
        """The position behind all media that ``product`` has now."""
        last = self.filter(product=product).aggregate(last=Max("position"))["last"]
        return 0 if last is None else last + 1


class ProductMedia(models.Model):
    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        GENERATED = "generated", _("generated picture")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="media", verbose_name=_("product")
    )
    file = models.ImageField(
        _("file"),
        upload_to="products/%Y/%m",
        max_length=255,
        width_field="width",
        height_field="height",
    )
    width = models.PositiveIntegerField(_("width"), null=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, editable=False)
    alt = models.CharField(_("alternative text"), max_length=250, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.PHOTO)
    source_ref = models.CharField(
        _("source"),
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Which picture or seed this row was made from; one row for each."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ProductMediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("product media")
        verbose_name_plural = _("product media")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["product", "kind", "position"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_ref=""), name="prodimages_catalogue_source_ref_not_empty"
            )
        ]

    def __str__(self) -> str:
        return self.alt or str(self.file)


class MirroredProduct(models.Model):
    """A product of an outside shop: which one it is there, and how it was when last heard of.

    It outlives its product as a mark of the deletion, so that a late event of before does not
    bring the product back.
    """

    shop = models.CharField(_("shop"), max_length=50)
    external_id = models.CharField(_("id in the shop"), max_length=200)
    product = models.OneToOneField(
        Product,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="mirrored",
        verbose_name=_("product"),
    )
    sku = models.CharField(_("SKU in the shop"), max_length=100, blank=True)
    url = models.TextField(_("page in the shop"), blank=True)
    photos = models.JSONField(_("photos"), default=list, blank=True)
    """``ref``, ``url`` and ``alt`` of each photo of the shop's own, the main one first."""
    as_of = models.DateTimeField(_("as of"), null=True, blank=True)
    """The moment of this state by the platform's clock, where it tells one."""
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the state, to tell a repeat from a change."""
    waits = models.BooleanField(_("waits for its first pictures"), default=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    """When the deletion was heard of, by our clock."""
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("mirrored product")
        verbose_name_plural = _("mirrored products")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "external_id"], name="prodimages_catalogue_mirrored_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.external_id}"
