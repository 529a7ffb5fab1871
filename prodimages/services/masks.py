"""Masks that staff paint or upload in place of what a cut-out backend found.

Web processes check them, so this needs Pillow alone.
"""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging.inspect import damaged, open_photo
from prodimages.models import Cutout, SourcePhoto
from prodimages.services.cutouts import approve_cutout
from prodimages.services.photos import save_cutout
from prodimages.storage import private_storage

_HALF = 128
"""Gray from which a pixel counts as product; the same level as the pipeline's 0.5."""
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}


def read_mask(content: bytes, size: tuple[int, int]) -> bytes:
    """An upload as an 8-bit gray PNG of ``size`` (width, height): white is product.

    A picture with transparency counts by its alpha, any other by its lightness. Raises
    RequestRefused (mask) in words for what can't serve as a mask of that photo.
    """
    gray = _gray(content)
    if gray.size != size:
        raise _refused(
            _(
                "The mask is %(width)d x %(height)d pixels, but the photo is "
                "%(photo_width)d x %(photo_height)d. Both must have the same size."
            )
            % {
                "width": gray.width,
                "height": gray.height,
                "photo_width": size[0],
                "photo_height": size[1],
            }
        )
    shades: Any = gray.getextrema()
    least, most = shades
    if most < _HALF:
        raise _refused(_("The mask is empty: nothing in it is white, so no product would be left."))
    if least >= _HALF:
        raise _refused(_("The mask is white all over, so the whole photo would be product."))
    out = io.BytesIO()
    gray.save(out, "PNG")
    return out.getvalue()


def _gray(content: bytes) -> Image.Image:
    try:
        image = open_photo(content, least=1)
    except JobFailure as failure:
        raise _refused(str(failure)) from failure
    if image.format != "PNG":
        raise _refused(_("Save the mask as PNG; other formats blur its edge."))
    if image.mode not in _MODES:
        raise _refused(_("The mask has 16 bits a pixel. Save it as an 8-bit gray PNG."))
    try:
        if image.has_transparency_data:
            return image.convert("RGBA").getchannel("A")
        return image.convert("L")
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise _refused(_("The mask is damaged or incomplete. Export it again.")) from error


def save_mask(
    photo: SourcePhoto, content: bytes, *, user: Any, based_on: Cutout | None = None
) -> Cutout:
    """Keep ``content`` as a version of the product's outline, beside all others.

    The same mask is one version, however often it is saved. Raises RequestRefused (mask)
    in words, and JobFailure when the storage does not take it.
    """
    png = read_mask(content, (photo.width, photo.height))
    key = Cutout.STAFF_PREFIX + hashlib.sha256(png).hexdigest()[:32]
    details = {"width": photo.width, "height": photo.height}
    with transaction.atomic():
        return save_cutout(photo, key, png, details=details, user=user, based_on=based_on)


def own_alpha(content: bytes) -> bytes | None:
    """The transparency that a photo comes with, as a mask; None for an opaque photo.

    Raises JobFailure in words for what is no usable photo.
    """
    image = open_photo(content, least=1)
    if not image.has_transparency_data:
        return None
    try:
        alpha = ImageOps.exif_transpose(image.convert("RGBA")).getchannel("A")
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise damaged() from error
    out = io.BytesIO()
    alpha.save(out, "PNG")
    return out.getvalue()


def upload_mask(photo: SourcePhoto, content: bytes, *, user: Any) -> Cutout:
    """Let ``content`` be the product's outline in ``photo`` for every later job.

    Jobs that waited for a better cut-out go on. Raises as ``save_mask`` does.
    """
    cutout = save_mask(photo, content, user=user)
    approve_cutout(cutout, user)
    return cutout


def remove_mask(cutout: Cutout) -> None:
    """Take a staff mask away; the one before it counts again, or the backend's cut-out.

    Raises RequestRefused for a cut-out that no person uploaded.
    """
    if not cutout.by_staff:
        raise _refused(_("Only masks that staff uploaded can be removed."))
    name = cutout.file.name or ""
    with transaction.atomic():
        cutout.delete()
        transaction.on_commit(lambda: _delete_unused(name), robust=True)


def _delete_unused(name: str) -> None:
    """The same mask may have been saved again, under the same name, in the meantime."""
    if not Cutout.objects.filter(file=name).exists():
        private_storage().delete(name)


def _refused(message: str) -> RequestRefused:
    return RequestRefused.about("mask", message)
