"""Lets the scene's lamp agree with the light that the product was photographed in."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.translation import gettext as _

from prodimages.engines.studio.parameters import SceneParameters
from prodimages.engines.studio.scenes import Scene
from prodimages.imaging.types import PlacedProduct

PLAIN = 1.5
"""Lighting ratio from which on the wrong side is plain to see."""


def follow(scene: Scene, asked: SceneParameters, product: PlacedProduct | None) -> Scene:
    """``scene`` lit from the product's lit side; softly from the front where that is unclear.

    What is ``asked`` for stays. A window's or leaves' shadow needs a lamp at the side and
    a hard one, so only its side may change. An unmeasured product changes nothing.
    """
    if product is None or product.measured is None:
        return scene
    key = product.measured.key
    changes: dict[str, str] = {}
    if asked.light is None and key is not None:
        changes["light"] = key.side
    elif asked.light is None and scene.pattern == "none" and scene.light != "top":
        changes["light"] = "front"
    if asked.shadow is None and scene.pattern == "none" and scene.shadow != "none":
        changes["shadow"] = "hard" if key is not None and key.is_hard else "soft"
    return dataclasses.replace(scene, **changes)


def mismatch(scene: Scene, product: PlacedProduct | None) -> list[dict[str, Any]]:
    """A check for a scene that is plainly lit from the other side than its product."""
    key = None if product is None or product.measured is None else product.measured.key
    other = {"left": "right", "right": "left"}
    if key is None or key.ratio < PLAIN or scene.light != other[key.side]:
        return []
    words = {
        "left": _("The product is lit from the left, the scene from the right."),
        "right": _("The product is lit from the right, the scene from the left."),
    }
    return [{"code": "light", "message": words[key.side], "value": key.ratio}]
