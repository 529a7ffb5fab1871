"""Draws how the losses went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_SIZE, _MARGIN = (420, 220), 34
_INK, _PALE, _LINE = (40, 40, 40), (215, 215, 215), (32, 96, 176)


def draw_curves(history: Sequence[dict[str, float]], path: Path) -> None:
    """A small diagram for every number in ``history``, over its ``step``."""
    names = sorted({name for row in history for name in row} - {"step", "seconds"})
    columns = 3
    rows = max(1, -(-len(names) // columns))
    sheet = Image.new("RGB", (_SIZE[0] * columns, _SIZE[1] * rows), "white")
    for number, name in enumerate(names):
        points = [(row["step"], row[name]) for row in history if name in row]
        place = (number % columns * _SIZE[0], number // columns * _SIZE[1])
        sheet.paste(_diagram(name, points), place)
    sheet.save(path, quality=88)


def _diagram(name: str, points: Sequence[tuple[float, float]]) -> Image.Image:
    image = Image.new("RGB", _SIZE, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(12)
    # The first tenth is far off and would flatten all the rest.
    later = sorted(value for _step, value in points[len(points) // 10 :])
    low, high = later[0], later[-1]
    width, height = _SIZE[0] - 2 * _MARGIN, _SIZE[1] - 2 * _MARGIN
    last = max(1.0, points[-1][0])

    def place(step: float, value: float) -> tuple[float, float]:
        share = 0.5 if high == low else (min(max(value, low), high) - low) / (high - low)
        return _MARGIN + width * step / last, _MARGIN + height * (1 - share)

    draw.rectangle((_MARGIN, _MARGIN, _MARGIN + width, _MARGIN + height), outline=_PALE)
    draw.line([place(*point) for point in points], fill=_LINE, width=1)
    draw.text((_MARGIN, 8), f"{name}: {points[-1][1]:.4g}", fill=_INK, font=font)
    draw.text((4, _MARGIN - 14), f"{high:.3g}", fill=_INK, font=font)
    draw.text((4, _MARGIN + height + 2), f"{low:.3g}", fill=_INK, font=font)
    draw.text((_SIZE[0] - 90, _MARGIN + height + 2), f"step {last:.0f}", fill=_INK, font=font)
    return image
