"""From where a product was photographed, and how wide it is, for itself or its category."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin.access import may
from prodimages.exceptions import RequestRefused
from prodimages.models import ProductSettings
from prodimages.models.category_view import PATH_LENGTH
from prodimages.services.views import prefixes, remember_for_category, remember_view
from prodimages.shops.registry import shop_backend

SAID = ("elevation", "support", "width_cm")
"""What may be said of a product or of a category, by the names of both models' fields."""

Choices = list[tuple[str, str]]


def may_remember_for_categories(request: HttpRequest) -> bool:
    return may(request, "add_categoryview") and may(request, "change_categoryview")


def reaches(category: str, request: HttpRequest) -> Choices:
    """For what view and width may be set: the product, or each category that it lies in."""
    choices = [("", _("this product only"))]
    if may_remember_for_categories(request):
        paths = [path for path in prefixes(category) if len(path) <= PATH_LENGTH]
        choices += [(path, _("all of “%(path)s”") % {"path": path}) for path in paths]
    return choices


class ReachField(forms.ChoiceField):
    """What view and width are set for; choices are set for each product: see ``reaches``."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Use this for"),
            required=False,
            help_text=gettext_lazy("Products that have a view or a width of their own keep it."),
        )


def used_by_category(path: str) -> str:
    """What was done for all of a category, in words."""
    text = _("Later jobs of all products of “%(path)s” use this, unless they have their own.")
    return text % {"path": path}


class ViewForm(forms.Form):
    """On the placement page, where staff see what the view does."""

    support = forms.ChoiceField(
        label=gettext_lazy("The product"), required=False, choices=ProductSettings.Support.choices
    )
    elevation = forms.FloatField(
        label=gettext_lazy("Seen from"),
        required=False,
        min_value=0,
        max_value=90,
        help_text=gettext_lazy("degrees: 0 from the side, 90 from above"),
        widget=forms.NumberInput(attrs={"step": 1, "class": "pi-number"}),
    )
    width_cm = forms.FloatField(
        label=gettext_lazy("Width"),
        required=False,
        min_value=0.1,
        help_text=gettext_lazy(
            "cm, of what the photo shows: planks and bricks get their size by it"
        ),
        widget=forms.NumberInput(attrs={"step": 0.1, "class": "pi-number"}),
    )
    reach = ReachField()

    def __init__(self, data: Any = None, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_view_%s", **kwargs)
        reach = self.fields["reach"]
        assert isinstance(reach, forms.ChoiceField)
        reach.choices = choices

    @classmethod
    def of(cls, product: Model, *, shop: str, request: HttpRequest, data: Any = None) -> ViewForm:
        own = ProductSettings.objects.filter(product_id=product.pk).first()
        said = {name: getattr(own, name) for name in SAID} if own else {}
        category = shop_backend(shop).describe(product).category
        return cls(data, choices=reaches(category, request), initial=said)

    def remember(self, product: Model, *, shop: str) -> str:
        """Store what the fields say; what was done, in words. Raises RequestRefused."""
        values = self.cleaned_data
        said = {name: values[name] for name in SAID}
        if not values["reach"]:
            remember_view(product, shop=shop, **said)
            return _("Every later job of this product uses this.")
        remember_for_category(values["reach"], shop=shop, **said)
        return used_by_category(values["reach"])


class ProductSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of settings that there are: offers to use view and width for the product's category, too."""

    reach = ReachField()
    request: HttpRequest
    """Set by the admin, for a class of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = self.fields["reach"]
        assert isinstance(reach, forms.ChoiceField)
        reach.choices = self._choices(self.instance)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("reach") and all(values.get(name) in {None, ""} for name in SAID):
            self.add_error("reach", _("Set the camera elevation, the support or the width."))
        return values

    def _choices(self, own: ProductSettings) -> Choices:
        try:
            category = shop_backend(own.shop).describe(own.product).category
        except RequestRefused:  # the shop is no longer declared
            return reaches("", self.request)
        return reaches(category, self.request)
