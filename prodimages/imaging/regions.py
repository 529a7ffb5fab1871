"""The marks on a photo of a person: what a try-on may repaint, and what it may not.

One 8-bit gray picture holds both. Pillow alone, for web processes.
"""

from __future__ import annotations

import io
from typing import Literal

from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged

Part = Literal["old", "kept"]
OLD, KEPT = 255, 128
"""Levels of the picture: the top that is worn, and what stays; 0 is neither."""
LEVELS: dict[Part, int] = {"old": OLD, "kept": KEPT}
_COLORS = {OLD: (214, 64, 38), KEPT: (32, 116, 84)}
_OPACITY = 0.5
MOST_MASK_BYTES = 256 * 1024
"""Of a mask that a shopper painted; those of our own editor have a tenth of it."""
_LEAST_MASK_SIDE = 64
MOST_SHARE = 0.85
"""Share of the picture that may be repainted."""


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


def edits_of(found: bytes, mask: bytes, photo: tuple[int, int]) -> bytes | None:
    """What ``mask`` (white may be repainted) puts into the region ``found`` and takes out of it,
    as marks of the mask's size: ``OLD`` is put in, ``KEPT`` taken out. None where nothing is.

    ``found`` has ``OLD`` in the region, and ``KEPT`` where nobody may put anything in; ``photo`` is
    the photo's size. Raises JobFailure in words for a mask that can't be used.
    """
    marks = opened(found)
    most = max(photo[0], marks.width), max(photo[1], marks.height)
    painted = _painted(mask, photo, most)
    marks = marks.resize(painted.size, Image.Resampling.NEAREST)
    region = _is(marks, OLD)
    added = ImageChops.subtract(ImageChops.subtract(painted, region), _is(marks, KEPT))
    removed = ImageChops.subtract(region, painted)
    if not (added.getbbox() or removed.getbbox()):
        return None
    left = ImageChops.subtract(ImageChops.add(region, added), removed)
    share = left.histogram()[255] / (left.width * left.height)
    if not 0 < share <= MOST_SHARE:
        raise _refused(
            _("Mark the place of the garment: neither nothing nor nearly the whole photo.")
        )
    edits = Image.new("L", painted.size, 0)
    edits.paste(OLD, mask=added)
    edits.paste(KEPT, mask=removed)
    return _png(edits)


def _painted(content: bytes, photo: tuple[int, int], most: tuple[int, int]) -> Image.Image:
    """Mode L, 0 or 255. All that its header tells is checked before a pixel is decoded."""
    if len(content) > MOST_MASK_BYTES:
        raise mask_too_heavy()
    try:
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        is_animated = bool(getattr(image, "is_animated", False))
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    if image.mode not in ("1", "L") or is_animated:
        raise _refused(_("The region is a gray PNG: white may be repainted, black stays."))
    width, height = image.size
    fits = width <= most[0] and height <= most[1] and max(image.size) >= _LEAST_MASK_SIDE
    # Of the photo's proportions, to the pixels that rounding takes.
    if not fits or abs(width * photo[1] - height * photo[0]) > 2 * max(photo):
        text = _("The region must have the photo's proportions, at most %(width)d x %(height)d.")
        raise _refused(text % {"width": most[0], "height": most[1]})
    try:
        return image.convert("L").point(lambda gray: 255 if gray >= 128 else 0)
    except Exception as error:
        raise damaged() from error


def mask_too_heavy() -> JobFailure:
    text = _("The region's file is too large; %(most)d kB are the most.")
    return _refused(text % {"most": MOST_MASK_BYTES // 1024})


def _refused(text: str) -> JobFailure:
    return JobFailure(FailureKind.PHOTO_INVALID, text)


def _is(marks: Image.Image, level: int) -> Image.Image:
    return marks.point(lambda gray: 255 if gray == level else 0)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
