"""What staff decide about a photo's colors, and a look at what it does; Pillow alone."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageMath, ImageStat

from prodimages.exceptions import RequestRefused
from prodimages.models import GeneratedImage, SourcePhoto
from prodimages.services.thumbnails import photo_thumbnail

AUTO, OFF = "auto", "off"
_LUMINANCE = (0.2126729, 0.7151522, 0.0721750)
_GRID = 48
_MOST_GAIN = 2.5


def choose(photo: SourcePhoto, mode: str, gray: Sequence[float] | None = None) -> None:
    """Let later jobs correct ``photo`` automatically, by a gray point, or not at all.

    ``gray`` is x and y in fractions of the upright photo. Raises RequestRefused in words.
    """
    if mode not in (AUTO, OFF):
        raise RequestRefused.about("mode", _("“correction” is either “auto” or “off”."))
    chosen: dict[str, Any] = {"mode": mode}
    if gray is not None:
        if mode == OFF or len(gray) != 2 or not all(0 <= value <= 1 for value in gray):
            raise RequestRefused.about("gray", _("The gray point lies outside the photo."))
        chosen["gray"] = [round(float(value), 5) for value in gray]
    SourcePhoto.objects.filter(pk=photo.pk).update(corrections=chosen)
    photo.corrections = chosen


def last_record(photo: SourcePhoto) -> dict[str, Any] | None:
    """What the correction did to the newest picture of ``photo``, or would have done."""
    pictures = GeneratedImage.objects.filter(job__photo=photo).order_by("-pk")
    report = pictures.values_list("fidelity", flat=True).first() or {}
    record = report.get("correction")
    return record if isinstance(record, dict) else None


def corrected_preview(content: bytes, photo: SourcePhoto, side: int) -> bytes | None:
    """The whole photo as the chosen correction leaves it, as JPEG; None where nothing is known.

    Meant for the eye: it works on a small, 8-bit copy. Raises JobFailure for no photo.
    """
    small = Image.open(io.BytesIO(photo_thumbnail(content, side))).convert("RGB")
    if gray := photo.corrections.get("gray"):
        found: Mapping[str, Any] = {"gains": _gains_at(small, gray)}
    else:
        record = last_record(photo)
        if record is None or record["mode"] == "gray point":
            return None
        found = record["found"]
    out = io.BytesIO()
    _applied(small, found).save(out, "JPEG", quality=86)
    return out.getvalue()


def _applied(image: Image.Image, found: Mapping[str, Any]) -> Image.Image:
    bands = []
    for band, gain in zip(image.split(), found["gains"], strict=True):
        table = _table(gain * found.get("exposure", 1), found.get("black", 0))
        bands.append(band.point(table))
    if falloff := found.get("falloff"):
        factor = _shade(falloff, image.size)
        bands = [_times(band, factor) for band in bands]
    return Image.merge("RGB", bands)


def _table(gain: float, black: float) -> list[int]:
    return [
        round(255 * _encoded((_linear(value / 255) - black) / (1 - black) * gain))
        for value in range(256)
    ]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> float:
    light = min(max(light, 0.0), 1.0)
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _shade(falloff: Sequence[float], size: tuple[int, int]) -> Image.Image:
    """Factors for encoded values, from the coefficients that ``imaging.background`` fits."""
    grid = Image.new("F", (_GRID, _GRID))
    one, by_x, by_y, by_xx, by_xy, by_yy = falloff
    for row in range(_GRID):
        y = 2 * (row + 0.5) / _GRID - 1
        for column in range(_GRID):
            x = 2 * (column + 0.5) / _GRID - 1
            log = one + by_x * x + by_y * y + by_xx * x * x + by_xy * x * y + by_yy * y * y
            grid.putpixel((column, row), math.exp(-log / 2.2))
    return grid.resize(size, Image.Resampling.BICUBIC)


def _times(band: Image.Image, factor: Image.Image) -> Image.Image:
    product = ImageMath.lambda_eval(lambda args: args["a"] * args["b"], a=band, b=factor)
    whole: Image.Image = product.convert("L")
    return whole


def _gains_at(image: Image.Image, gray: Sequence[float]) -> list[float]:
    """The gains that make the place gray, as ``imaging.correction.from_gray_point`` has them."""
    reach = max(2, round(max(image.size) / 200))
    x, y = (round(share * (side - 1)) for share, side in zip(gray, image.size, strict=True))
    patch = image.crop((x - reach, y - reach, x + reach + 1, y + reach + 1))
    colors = [max(_linear(value / 255), 1e-4) for value in ImageStat.Stat(patch).median]
    light = sum(weight * color for weight, color in zip(_LUMINANCE, colors, strict=True))
    return [min(max(light / color, 1 / _MOST_GAIN), _MOST_GAIN) for color in colors]
