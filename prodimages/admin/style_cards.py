"""The choice of a style as cards with small pictures: radio buttons, with or without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from prodimages.admin.access import may_see_pictures, within_reach
from prodimages.admin.pages import admin_url
from prodimages.choices import ImageState
from prodimages.models import GeneratedImage, GenerationJob, Style


def shipped_name(style: Style) -> str:
    """The style's name; translated where it is shipped and staff never renamed it."""
    return style_in_words(style.slug, style.name)


def name_in_job(job: GenerationJob) -> str:
    """The style's name when the job was made; translated where it was then a shipped one."""
    return style_in_words(job.style.slug, job.style_name) if job.style else job.style_name


def style_in_words(slug: str, name: str) -> str:
    """A style's ``name``, translated if that is what the style ``slug`` is shipped as."""
    from prodimages.engines.studio.styles import STYLES

    shipped = {values["slug"]: str(values["name"]) for values in STYLES}
    return _(name) if shipped.get(slug) == name else name


def own_pictures(
    request: HttpRequest, site: AdminSite, styles: QuerySet[Style]
) -> Mapping[int, str]:
    """Addresses of the latest approved picture of each style, where this person may see one.

    The keys are those of the styles. Shipped styles are left out: they have pictures of their own.
    """
    if not may_see_pictures(request):
        return {}
    approved = within_reach(GeneratedImage.objects.all(), request, site).filter(
        job__style=OuterRef("pk"), state__in=(ImageState.APPROVED, ImageState.PUBLISHED)
    )
    latest = Subquery(approved.order_by("-pk").values("pk")[:1])
    found = styles.annotate(latest=latest).exclude(latest=None).values_list("pk", "slug", "latest")
    return {
        key: admin_url(site, "prodimages_generatedimage_thumbnail", image)
        for key, slug, image in found
        if not _is_shipped(slug)
    }


def picture_of(style: Style) -> str:
    """The address of a shipped style's picture; empty for a style of the shop's own."""
    from prodimages.engines.studio.thumbnails import static_path

    return static(static_path(style.slug)) if _is_shipped(style.slug) else ""


def _is_shipped(slug: str) -> bool:
    from prodimages.engines.studio.styles import STYLES

    return any(values["slug"] == slug for values in STYLES)


class StyleCards(forms.RadioSelect):
    """Radio buttons on cards; the browser's own keys choose among them."""

    template_name = "prodimages/admin/widgets/style_cards.html"
    pictures: Mapping[int, str] = MappingProxyType({})
    """Addresses of pictures for the shop's own styles, by the style's key."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        style = getattr(value, "instance", None)
        option["picture"] = picture_of(style) or self.pictures.get(style.pk, "") if style else ""
        return option

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: Any = None
    ) -> SafeString:
        # Through the project's own templates: a form's renderer does not know those of apps.
        return render_to_string(template_name, context)
