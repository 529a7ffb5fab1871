"""Proposals inside the file of the alpha that they are about; Pillow alone.

They travel with it because they are true of that alpha only: a mask that somebody paints
over it is another file, and comes without them.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import math
import struct
import zlib
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageChops, ImageFilter

from prodimages.choices import Extra
from prodimages.cutouts.proposals.base import ON_PRODUCT, Box

_KEYWORD = "prodimages:extras"
_STEPS = 1.2
"""Pixels of the map over which the steps of its edge are smoothed."""
_HEADER = 33
"""Bytes of a PNG's signature and its first chunk; text may follow from there on."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Noted:
    """One proposal as it is kept."""

    number: int
    """Its gray level in the map, from 1."""
    kind: Extra
    confidence: float
    box: Box

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "kind": str(self.kind),
            "confidence": self.confidence,
            "box": list(self.box),
        }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Notes:
    found: tuple[Noted, ...] = ()
    map: bytes = b""
    """An 8-bit gray PNG at working size: 0, or the number of the proposal."""
    filled: tuple[int, ...] = ()
    """Numbers of what was removed from on top of the product: the alpha stays, and what lay
    under it is filled in from around it when a picture is made."""


NO_NOTES = Notes()


def attach(alpha_png: bytes, notes: Notes) -> bytes:
    """The same picture, with ``notes`` in a text chunk; unchanged where there are none."""
    if not notes.found and not notes.filled:
        return alpha_png
    text = json.dumps(
        {
            "found": [noted.as_json() for noted in notes.found],
            "map": base64.b64encode(notes.map).decode(),
            "filled": list(notes.filled),
        }
    )
    body = b"tEXt" + _KEYWORD.encode() + b"\0" + text.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return alpha_png[:_HEADER] + chunk + alpha_png[_HEADER:]


def read_notes(alpha_png: bytes) -> Notes:
    """What was attached; nothing for a mask of another origin or with damaged notes."""
    try:
        with Image.open(io.BytesIO(alpha_png), formats=["PNG"]) as image:
            kept = json.loads(str(image.info[_KEYWORD]))
        found = tuple(map(_noted, kept["found"]))
        return Notes(
            found=found,
            map=base64.b64decode(kept["map"], validate=True),
            filled=tuple(map(int, kept["filled"])),
        )
    except (OSError, KeyError, TypeError, ValueError):
        return NO_NOTES


def _noted(kept: dict[str, Any]) -> Noted:
    left, top, right, bottom = map(float, kept["box"])
    return Noted(
        number=int(kept["number"]),
        kind=Extra(kept["kind"]),
        confidence=float(kept["confidence"]),
        box=(left, top, right, bottom),
    )


def area_of(notes: Notes, numbers: Iterable[int], size: tuple[int, int]) -> Image.Image:
    """Gray picture of ``size`` (width, height): 255 where these proposals are, soft at the edge.

    The map is coarser than the photo, so its edge is smoothed over its steps and made as steep
    again as one pixel of the photo allows.
    """
    wanted = set(numbers)
    if not wanted:
        return Image.new("L", size)
    with Image.open(io.BytesIO(notes.map), formats=["PNG"]) as image:
        chosen = image.convert("L").point([255 * (level in wanted) for level in range(256)])
    steepness = max(1.0, size[0] / chosen.width)
    smooth = chosen.filter(ImageFilter.GaussianBlur(_STEPS))
    large = smooth.resize(size, Image.Resampling.BICUBIC)
    steepness *= _STEPS * (2 * math.pi) ** 0.5  # what the edge of a blurred area has lost
    return large.point([_clipped(128 + (level - 128) * steepness) for level in range(256)])


def _clipped(value: float) -> int:
    return min(255, max(0, round(value)))


def without(alpha_png: bytes, numbers: Collection[int]) -> bytes:
    """The alpha with these proposals taken out, and the notes of all others attached.

    What lies on the product is no hole in it: it is noted as to be filled in.

    Raises ValueError when nothing of the product would be left.
    """
    notes = read_notes(alpha_png)
    with Image.open(io.BytesIO(alpha_png), formats=["PNG"]) as image:
        alpha = image.convert("L")
    gone = [noted for noted in notes.found if noted.number in numbers]
    holes = [noted.number for noted in gone if noted.kind not in ON_PRODUCT]
    left = ImageChops.multiply(alpha, ImageChops.invert(area_of(notes, holes, alpha.size)))
    most: Any = left.getextrema()
    if most[1] < 128:
        raise ValueError(_("Nothing of the product would be left."))
    out = io.BytesIO()
    left.save(out, "PNG")
    filled = *notes.filled, *(noted.number for noted in gone if noted.kind in ON_PRODUCT)
    others = tuple(noted for noted in notes.found if noted not in gone)
    return attach(out.getvalue(), Notes(found=others, map=notes.map, filled=filled))
