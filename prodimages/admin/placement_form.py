"""The fields of the placement page, in percent and degrees."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prodimages.admin.forms import StyleChoice, new_key
from prodimages.exceptions import RequestRefused
from prodimages.models import Style
from prodimages.pipeline.overrides import BOUNDS, Overrides
from prodimages.pipeline.steps.generate import MAX_SEED

PERCENT = ("x", "y", "scale", "ground")
NUMBERS = ("x", "y", "scale", "rotation", "ground")
_LIGHTS = [
    ("", _("as the style says")),
    ("left", _("left")),
    ("right", _("right")),
    ("front", _("front")),
    ("top", _("above")),
    ("back", _("behind")),
]


def _number(name: str, label: Any, unit: Any, step: float = 0.1) -> forms.FloatField:
    factor = 100 if name in PERCENT else 1
    least, most = (bound * factor for bound in BOUNDS[name])
    attributes = {"step": step, "class": "pi-number"}
    return forms.FloatField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        help_text=unit,
        widget=forms.NumberInput(attrs=attributes),
    )


class PlacementForm(forms.Form):
    style = StyleChoice(queryset=Style.objects.none(), label=_("Style"), empty_label=None)
    x = _number("x", _("To the right"), _("percent of the width"))
    y = _number("y", _("Down"), _("percent of the height"))
    scale = _number("scale", _("Size"), _("percent of the style's"))
    rotation = _number("rotation", _("Turn"), _("degrees, clockwise"))
    ground = _number("ground", _("Ground line"), _("percent of the height, from above"))
    light = forms.ChoiceField(
        label=_("Light from"), required=False, choices=_LIGHTS, widget=forms.RadioSelect
    )
    seed = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MAX_SEED
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)

    def __init__(self, *args: Any, shop: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style = self.fields["style"]
        assert isinstance(style, StyleChoice)
        style.queryset = Style.objects.offered(shop)

    @classmethod
    def showing(
        cls, overrides: Overrides, *, shop: str, style: Style | None, seed: int | None = None
    ) -> PlacementForm:
        """A form to begin with. Its seed makes the picture resemble its preview."""
        values: dict[str, Any] = overrides.given()
        for name in PERCENT:
            if name in values:
                values[name] = round(values[name] * 100, 3)
        values |= {
            "style": style.pk if style else None,
            "seed": secrets.randbelow(2**31) if seed is None else seed,
            "key": new_key(),
        }
        return cls(values, shop=shop)

    def overrides(self) -> Overrides:
        """What the fields say, as fractions. Raises RequestRefused by field."""
        values = {name: self.cleaned_data.get(name) for name in NUMBERS}
        for name in PERCENT:
            value = values[name]
            values[name] = None if value is None else value / 100
        return Overrides.parse({**values, "light": self.cleaned_data.get("light")})

    def refuse(self, refused: RequestRefused) -> None:
        """Show why something was refused, beside the fields that caused it."""
        for name, texts in refused.problems.items():
            field = name if name in self.fields and name not in {"seed", "key"} else None
            for text in texts:
                self.add_error(field, text)
