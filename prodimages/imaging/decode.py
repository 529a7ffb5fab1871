"""From a file's bytes to upright 8-bit sRGB pixels, without trusting the bytes."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image, ImageCms

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import damaged, open_photo, orientation
from prodimages.imaging.types import PreparedPhoto

MAX_SIDE = 4096
"""Longest side in pixels of the photo that the pipeline works on."""
_CUT_OUT_SHARE = 0.02
"""A photo counts as cut out when this share of it is more than half transparent."""
# EXIF orientation -> what brings the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SPACES_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}

Operations = list[dict[str, Any]]


def decode_photo(data: bytes) -> PreparedPhoto:
    """Decode, turn upright, convert to sRGB and bring to working size.

    Raises JobFailure(PHOTO_INVALID) in words for anything that can't be used; no
    other exception leaves, whatever the bytes are.
    """
    image = open_photo(data)
    operations: Operations = []
    try:
        return _prepare(image, hashlib.sha256(data).hexdigest(), operations)
    except JobFailure:
        raise
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error


def _prepare(image: Image.Image, digest: str, operations: Operations) -> PreparedPhoto:
    turn = orientation(image)
    photo_size = image.size
    profile = image.info.get("icc_profile")
    image.draft(None, (MAX_SIDE, MAX_SIDE))  # lets JPEG decode at 1/2, 1/4 or 1/8
    image.load()
    color, alpha = _split(image)
    color = _to_srgb(color, profile, operations)
    color, alpha = _shrink(color, alpha, photo_size, operations)
    if turn != 1:
        color = color.transpose(_UPRIGHT[turn])
        alpha = alpha and alpha.transpose(_UPRIGHT[turn])
        operations.append({"operation": "orientation", "exif": turn})
    rgb = np.array(color, dtype=np.uint8)
    if alpha is None:
        return PreparedPhoto(rgb=rgb, alpha=None, digest=digest, operations=operations)
    matte = np.array(alpha, dtype=np.float32) / 255
    if np.mean(matte < 0.5) >= _CUT_OUT_SHARE:
        operations.append({"operation": "own alpha"})
        return PreparedPhoto(rgb=rgb, alpha=matte, digest=digest, operations=operations)
    white = 255 * (1 - matte[..., None])
    rgb = np.rint(rgb * matte[..., None] + white).astype(np.uint8)
    operations.append({"operation": "flatten", "color": "#ffffff"})
    return PreparedPhoto(rgb=rgb, alpha=None, digest=digest, operations=operations)


def _split(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Color in one of the modes L, RGB, CMYK, and the 8-bit alpha where there is one."""
    if image.mode.startswith("I"):
        return _from_deep_gray(image), None
    if image.mode in ("F", "LAB"):
        message = _("The photo's pixel format (%(mode)s) can't be used. Save it as JPEG or PNG.")
        raise JobFailure(FailureKind.PHOTO_INVALID, message % {"mode": image.mode})
    if image.mode == "LA":
        return image.getchannel("L"), image.getchannel("A")
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        return whole.convert("RGB"), whole.getchannel("A")
    if image.mode in _SPACES_OF_MODE:
        return image, None
    return image.convert("L" if image.mode == "1" else "RGB"), None


def _from_deep_gray(image: Image.Image) -> Image.Image:
    """Scale 16 bits to 8; Pillow's own conversion clips them instead."""
    values = np.asarray(image).astype(np.float64)
    return Image.fromarray(np.rint(values / 257).clip(0, 255).astype(np.uint8))


def _to_srgb(color: Image.Image, profile: bytes | None, operations: Operations) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space.strip() == _SPACES_OF_MODE[color.mode]:
                name = ImageCms.getProfileDescription(source).strip()
                converted = ImageCms.profileToProfile(
                    color, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                operations.append({"operation": "color profile to sRGB", "profile": name[:80]})
                return converted or color.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
        operations.append({"operation": "unusable color profile ignored"})
    if color.mode == "CMYK":
        operations.append({"operation": "CMYK to sRGB without a profile"})
    return color if color.mode == "RGB" else color.convert("RGB")  # convert would copy


def _shrink(
    color: Image.Image,
    alpha: Image.Image | None,
    photo_size: tuple[int, int],
    operations: Operations,
) -> tuple[Image.Image, Image.Image | None]:
    longest = max(photo_size)
    if longest <= MAX_SIDE:
        return color, alpha
    size = (
        max(1, round(photo_size[0] * MAX_SIDE / longest)),
        max(1, round(photo_size[1] * MAX_SIDE / longest)),
    )
    operations.append({"operation": "resize", "from": list(photo_size), "to": list(size)})
    if alpha is None:
        return color.resize(size, Image.Resampling.LANCZOS), None
    color.putalpha(alpha)  # Pillow then weights the colors by alpha
    small = color.resize(size, Image.Resampling.LANCZOS)
    return small.convert("RGB"), small.getchannel("A")
