"""The scene families: what each is made of before prompt and style change it."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """A scene with nothing left open; colors are ``#rrggbb``."""

    family: str
    surface: str = "paper"
    wall: str = "plaster"
    color: str = "#e9e4dc"
    accent: str | None = None
    pattern: str = "none"
    scatter: str = "none"
    """What lies about on the surface: petals or leaves."""
    light: str = "left"
    temperature: str = "neutral"
    shadow: str = "soft"
    mood: str = "calm"
    reflection: bool = False
    seamless: bool = False
    """Floor and backdrop are one sheet with a curved fold."""
    podium: bool = False
    gradient: float = 0.35
    """How much seamless paper darkens from the light's pool to the corners, 0..1."""


def _family(family: str, **values: Any) -> Scene:
    return Scene(family=family, **values)


SCENES: dict[str, Scene] = {
    scene.family: scene
    for scene in (
        _family("sweep", seamless=True, light="front"),
        _family("gradient", seamless=True, gradient=0.75, color="#9fb6c9", light="top"),
        _family(
            "podium", seamless=True, podium=True, color="#ecd2c7", accent="#f3e3da", light="left"
        ),
        _family("oak-table", surface="oak", color="#e6e2d8"),
        _family("walnut-table", surface="walnut", wall="panel", color="#8f9a86"),
        _family("marble-table", surface="marble", color="#d9dad6", reflection=True),
        _family("concrete-table", surface="concrete", wall="concrete", color="#cbc8c1"),
        _family("linen-table", surface="linen", color="#e9dfd0", temperature="warm"),
        _family("terrazzo-table", surface="terrazzo", color="#d8b9a6"),
        _family("slate-table", surface="slate", wall="concrete", color="#6f7173", mood="dark"),
        _family("kitchen", surface="marble", wall="tile", color="#eceae4", reflection=True),
        _family("brick-loft", surface="oak", wall="brick", color="#94604f", temperature="warm"),
        _family(
            "window-light",
            surface="paper",
            accent="#e8e0d4",
            color="#e2d8ca",
            pattern="window",
            shadow="hard",
            temperature="warm",
        ),
        _family(
            "leaf-shadow",
            surface="paper",
            accent="#e6e2d6",
            color="#dcd9cb",
            pattern="leaves",
            shadow="hard",
            temperature="warm",
        ),
        _family("evening", surface="walnut", wall="bokeh", mood="dark", temperature="warm"),
        _family("garden", surface="oak", wall="garden", mood="bright", temperature="warm"),
        _family("patio", surface="paving", wall="garden", shadow="hard", temperature="warm"),
        _family(
            "spring",
            surface="painted",
            accent="#f1eee8",
            wall="blossom",
            scatter="petals",
        ),
        _family("beach", surface="sand", wall="sea", shadow="hard", temperature="warm"),
        _family("autumn", surface="walnut", wall="autumn", scatter="leaves", temperature="golden"),
        _family("winter", surface="snow", wall="winter", temperature="cool"),
        _family("holiday", surface="walnut", wall="festive", mood="dark", temperature="warm"),
    )
}
