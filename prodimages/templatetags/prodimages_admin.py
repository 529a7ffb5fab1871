"""Template tags of the admin's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.apps import apps
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def live_script(context: template.Context) -> SafeString:
    """htmx, or nothing where the host left ``django_htmx`` out: every page works without it."""
    if not apps.is_installed("django_htmx"):
        return mark_safe("")
    from django_htmx.jinja import htmx_script

    tag: SafeString = htmx_script(nonce=context.get("csp_nonce"))
    return tag


@register.filter
def level(difference: Any) -> str:
    """A difference in 0..1 as steps of an 8-bit channel."""
    return f"{float(difference) * 255:.2f}" if isinstance(difference, int | float) else "–"
