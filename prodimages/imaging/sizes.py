"""Which renditions a picture has; light enough for a web process."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import features


def can_write(format: str) -> bool:
    """Whether this Pillow was built with the library that ``format`` needs."""
    return format == "jpeg" or bool(features.check(format))


def widths_of(width: int, wanted: Sequence[int]) -> list[int]:
    """Those of ``wanted`` that a picture ``width`` pixels wide has; its own where it is smaller
    than the largest of them. Nothing is enlarged."""
    there = {least for least in wanted if least <= width}
    return sorted(there | ({width} if width < max(wanted) else set()))


def wanted_of(width: int, formats: Sequence[str], widths: Sequence[int]) -> set[tuple[str, int]]:
    """Format and width of each file that ``make`` gives for a picture ``width`` pixels wide."""
    named = [name for name in dict.fromkeys([*formats, "jpeg"]) if can_write(name)]
    return {(name, wide) for name in named for wide in widths_of(width, widths)}
