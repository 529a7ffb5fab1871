"""Linear colors of materials, for both renderers."""

from __future__ import annotations

Color = tuple[float, float, float]
SURFACE_COLORS = {
    "oak": "#c39a6b",
    "walnut": "#6b4a35",
    "slate": "#54585b",
    "paving": "#a8a49c",
    "sand": "#dcc8a0",
    "snow": "#f4f6f8",
    "brick": "#94604f",
    "marble": "#ecebe8",
    "concrete": "#b3b0aa",
}
"""What a material looks like that nobody dyes."""
TERRAZZO_CHIPS = (
    *("#f4f1ea", "#4c4c4e", "#bf6a4a", "#c99a35"),
    *("#a9b597", "#7b5538", "#d9939c", "#2f4b3a"),
)
"""Of which a slab has three."""


def linear(color: str) -> Color:
    """``#rrggbb`` as linear light (IEC 61966-2-1)."""

    def decode(value: int) -> float:
        v = value / 255
        return float(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)

    r, g, b = (decode(int(color[i : i + 2], 16)) for i in (1, 3, 5))
    return r, g, b


def mixed(a: Color, b: Color, share: float) -> Color:
    r, g, b_ = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return r, g, b_


def lit(color: Color, factor: float) -> Color:
    """Brighter or darker, and never brighter than paint can be."""
    r, g, b = (min(max(v * factor, 0.004), 0.92) for v in color)
    return r, g, b
