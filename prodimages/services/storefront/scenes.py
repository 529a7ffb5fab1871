"""The scenes that shoppers may choose, and the style that a context leads to."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from django.utils.translation import gettext as _

from prodimages.exceptions import RequestRefused
from prodimages.models import StorefrontScene
from prodimages.services.storefront.contexts import Context

KNOWN_SECONDS = 30
"""How long a process believes what it read: a hit shall not ask the database for it."""
_lock = threading.Lock()
_known: dict[str, tuple[float, Sequence[StorefrontScene]]] = {}


def of_shop(shop: str) -> Sequence[StorefrontScene]:
    """Active scenes whose style is active, in order; as they were half a minute ago at most."""
    until, rows = _known.get(shop, (0.0, ()))
    if time.monotonic() < until:
        return rows
    found = StorefrontScene.objects.filter(shop=shop, is_active=True, style__is_active=True)
    rows = tuple(found.select_related("style"))
    with _lock:
        _known[shop] = (time.monotonic() + KNOWN_SECONDS, rows)
    return rows


def forget(**kwargs: object) -> None:
    """Read the scenes anew; also a receiver for changes that this process makes."""
    with _lock:
        _known.clear()


def offered(shop: str) -> list[StorefrontScene]:
    """One row for each scene that a shopper may choose, in order."""
    first: dict[str, StorefrontScene] = {}
    for scene in of_shop(shop):
        if scene.slug:
            first.setdefault(scene.slug, scene)
    return list(first.values())


def choose(shop: str, context: Context) -> StorefrontScene | None:
    """What decides for ``context``; None where the product's best picture is shown as it is.

    Raises RequestRefused, naming those there are, for a scene that is not offered.
    """
    must_be_offered(shop, context.scene)
    return next((scene for scene in of_shop(shop) if _meets(scene, context)), None)


def must_be_offered(shop: str, slug: str) -> None:
    """Raises RequestRefused, naming those there are, for a scene that is not offered."""
    known = [scene.slug for scene in offered(shop)]
    if slug and slug not in known:
        raise RequestRefused.about(
            "scene",
            _("There is no scene “%(name)s”. There are: %(known)s.")
            % {"name": slug, "known": ", ".join(known) or "–"},
        )


def _meets(scene: StorefrontScene, context: Context) -> bool:
    wanted = {
        "segment": context.segment,
        "locale": context.locale,
        "season": context.season,
        "arm": context.arm,
    }
    return scene.slug == context.scene and all(
        getattr(scene, name) in ("", value) for name, value in wanted.items()
    )
