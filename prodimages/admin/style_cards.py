"""The choice of a style as cards with small pictures: radio buttons, with or without scripts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from prodimages.models import Style


def shipped_name(style: Style) -> str:
    """The style's name; translated where it is shipped and staff never renamed it."""
    from prodimages.engines.studio.styles import STYLES

    shipped = {values["slug"]: str(values["name"]) for values in STYLES}
    return _(style.name) if shipped.get(style.slug) == style.name else style.name


def picture_of(style: Style) -> str:
    """The address of a shipped style's picture; empty for a style of the shop's own."""
    from prodimages.engines.studio.styles import STYLES
    from prodimages.engines.studio.thumbnails import static_path

    is_shipped = any(values["slug"] == style.slug for values in STYLES)
    return static(static_path(style.slug)) if is_shipped else ""


class StyleCards(forms.RadioSelect):
    """Radio buttons on cards; the browser's own keys choose among them."""

    template_name = "prodimages/admin/widgets/style_cards.html"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        style = getattr(value, "instance", None)
        option["picture"] = picture_of(style) if style else ""
        return option

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: Any = None
    ) -> SafeString:
        # Through the project's own templates: a form's renderer does not know those of apps.
        return render_to_string(template_name, context)
