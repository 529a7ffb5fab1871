"""The styles that come with prodimages, as rows of a shop."""

from __future__ import annotations

from prodimages.conf import settings
from prodimages.models import Style


def shipped_styles(shop: str = "local") -> list[Style]:
    """Unsaved Style rows of every style that is shipped for an engine that is declared."""
    from prodimages.engines.enlarge import styles as enlarge
    from prodimages.engines.studio import styles as studio

    return [
        Style(shop=shop, position=10 * (position + 1), **values)
        for position, values in enumerate([*studio.STYLES, *enlarge.STYLES])
        if values.get("engine", "studio") in settings.ENGINES
    ]


def install_shipped_styles(shop: str = "local") -> int:
    """Add the shipped styles that ``shop`` does not have; returns how many were added.

    A style that staff changed or switched off stays as it is.
    """
    there = set(Style.objects.filter(shop=shop).values_list("slug", flat=True))
    missing = [style for style in shipped_styles(shop) if style.slug not in there]
    Style.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
