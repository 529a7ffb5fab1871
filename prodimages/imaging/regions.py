"""The marks on a photo of a person: what a try-on may repaint, and what it may not.

One 8-bit gray picture holds both. Pillow alone, for web processes.
"""

from __future__ import annotations

import io
from typing import Literal

from django.utils.translation import gettext as _
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged

Part = Literal["old", "kept"]
OLD, KEPT = 255, 128
"""Levels of the picture: the top that is worn, and what stays; 0 is neither."""
LEVELS: dict[Part, int] = {"old": OLD, "kept": KEPT}
_COLORS = {OLD: (214, 64, 38), KEPT: (32, 116, 84)}
_OPACITY = 0.5


def opened(png: bytes, size: tuple[int, int] | None = None) -> Image.Image:
    """Mode L. Raises JobFailure when it is damaged, or not of ``size``, before it is decoded."""
    try:
        image = Image.open(io.BytesIO(png), formats=["PNG"])
        if size is None or image.size == size:
            return image.convert("L")
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    text = _("The mask has %(width)d x %(height)d pixels; it must have %(wanted)s.")
    shape = {"width": image.width, "height": image.height, "wanted": "{} x {}".format(*size)}
    raise JobFailure(FailureKind.PHOTO_INVALID, text % shape)


def part_of(png: bytes, part: Part) -> bytes:
    """One of the two as a mask of its own: white is marked."""
    return _png(_is(opened(png), LEVELS[part]))


def with_part(png: bytes, part: Part, mask: bytes) -> bytes:
    """``png`` with one of the two taken from ``mask`` (white is marked), over the other.

    Raises JobFailure in words for a mask that is damaged or of another size.
    """
    marks = opened(png)
    painted = opened(mask, marks.size).point(lambda gray: 255 if gray >= 128 else 0)
    level = LEVELS[part]
    marks = marks.point(lambda gray: 0 if gray == level else gray)
    marks.paste(level, mask=painted)
    return _png(marks)


def overlay(photo: bytes, png: bytes) -> bytes:
    """A JPEG of the photo with both marks laid over it in color."""
    marks = opened(png)
    try:
        image = Image.open(io.BytesIO(photo)).convert("RGB")
    except Exception as error:
        raise damaged() from error
    marks = marks.resize(image.size, Image.Resampling.NEAREST)
    for level, color in _COLORS.items():
        tint = Image.blend(image, Image.new("RGB", image.size, color), _OPACITY)
        image.paste(tint, mask=_is(marks, level))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=84)
    return out.getvalue()


def _is(marks: Image.Image, level: int) -> Image.Image:
    return marks.point(lambda gray: 255 if gray == level else 0)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
