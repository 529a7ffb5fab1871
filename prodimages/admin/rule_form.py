"""Styles to choose from, where several shops have ones of the same names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from prodimages.admin.style_cards import shipped_name
from prodimages.conf import settings
from prodimages.models import StyleRule


class StylesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Says of each style whose it is, as soon as there is more than one shop."""

    def label_from_instance(self, obj: Any) -> str:
        name = shipped_name(obj)
        return f"{name} ({obj.shop})" if len(settings.SHOPS) > 1 else name


class StyleRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = StyleRule
        fields = (
            *("name", "position", "is_active", "shop"),
            *("category", "tag", "product_type", "styles"),
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        shop, styles = self.cleaned_data.get("shop"), self.cleaned_data.get("styles")
        if shop and styles is not None and (refused := _foreign(styles, shop)):
            self.add_error("styles", refused)
        return cleaned


def _foreign(styles: Any, shop: str) -> str:
    """Names the styles that are of another shop; empty when there is none."""
    names = [shipped_name(style) for style in styles if style.shop != shop]
    text = _("These styles are of another shop than “%(shop)s”: %(names)s.")
    return text % {"shop": shop, "names": ", ".join(names)} if names else ""
