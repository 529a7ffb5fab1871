"""How the goods of a category are photographed and how wide they are, as staff said for all."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.models.fields import shop_field
from prodimages.models.product import ProductSettings

PATH_LENGTH = 255


class CategoryView(models.Model):
    """View and width of every product under a category path that has none of its own."""

    shop = shop_field()
    category = models.CharField(
        _("category"),
        max_length=PATH_LENGTH,
        help_text=_("Beginning of the category path, such as “shoes” or “kitchen/mugs”."),
    )
    """In lower case, without slashes at its ends: see ``normalized``."""
    elevation = models.FloatField(
        _("camera elevation"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(90)],
        help_text=_("Degrees: 0 is photographed from the side, 90 from above."),
    )
    support = models.CharField(
        _("support"), max_length=10, blank=True, choices=ProductSettings.Support
    )
    width_cm = models.FloatField(
        _("width in cm"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1)],
        help_text=_("How wide such goods are, as their photos show them."),
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("view of a category")
        verbose_name_plural = _("views of categories")
        ordering = ["shop", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "category"], name="prodimages_category_view_once"
            )
        ]

    def __str__(self) -> str:
        return self.category

    def clean(self) -> None:
        self.category = normalized(self.category)
        if not self.category:
            raise ValidationError({"category": _("Name a category.")})
        if not self.has_view and self.width_cm is None:
            raise ValidationError(_("Set the camera elevation, the support or the width."))

    @property
    def has_view(self) -> bool:
        return self.elevation is not None or bool(self.support)


def normalized(path: str) -> str:
    """The form in which category paths are compared and stored."""
    return path.strip("/ ").lower()
