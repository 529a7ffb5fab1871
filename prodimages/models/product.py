from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.choices import Surface
from prodimages.models.fields import product_model_name, shop_field
from prodimages.models.style import Style


class ProductSettings(models.Model):
    """What staff say about one product, over what its category would give."""

    class Support(models.TextChoices):
        AUTO = "", _("by category")
        SURFACE = "surface", _("stands or lies on a surface")
        WALL = "wall", _("hangs before a wall")
        NONE = "none", _("floats")

    shop = shop_field()
    product = models.OneToOneField(
        product_model_name(),
        on_delete=models.CASCADE,
        related_name="prodimages_settings",
        verbose_name=_("product"),
    )
    elevation = models.FloatField(
        _("camera elevation"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(90)],
        help_text=_("Degrees: 0 is photographed from the side, 90 from above."),
    )
    support = models.CharField(_("support"), max_length=10, blank=True, choices=Support)
    surface = models.CharField(
        _("surface of the material"),
        max_length=10,
        blank=True,
        choices=Surface,
        help_text=_("Empty: by category. Scenes show through glass and sheer cloth."),
    )
    width_cm = models.FloatField(
        _("width in cm"), null=True, blank=True, validators=[MinValueValidator(0.1)]
    )
    placement = models.JSONField(
        _("placement"),
        default=dict,
        blank=True,
        help_text=_("Where staff want the product in every picture, over the style."),
    )
    """``pipeline.overrides.Overrides`` by name; only what was set."""
    styles = models.ManyToManyField(
        Style,
        blank=True,
        verbose_name=_("styles"),
        related_name="+",
        help_text=_("Take the place of the styles that the rules would choose."),
    )

    class Meta:
        verbose_name = _("product settings")
        verbose_name_plural = _("product settings")

    def __str__(self) -> str:
        return f"settings of product {self.product_id}"
