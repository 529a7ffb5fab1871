"""The region of a shopper's try-on: shown before the picture is made, painted over, kept to.

What the shopper painted is kept as the difference to what was found, in the shoppers' storage and
for the photo's time. Its name stands in the row before the file is written, so that erasing finds
it whatever happens in between.
"""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging.regions import edits_of
from prodimages.models import TryOn
from prodimages.services import files
from prodimages.services.try_on import erasure, ordering, owners
from prodimages.storage import shopper_storage


def is_there(try_on: TryOn) -> bool:
    """Whether the region was found by the landmarks of today."""
    return bool(try_on.region) and try_on.region_for == ordering.region_key(try_on.photo)


@sensitive_variables("mask", "edits")
def make(try_on: TryOn, mask: bytes | None = None) -> None:
    """Make the picture, within the region that was found or that ``mask`` (a PNG, white may be
    repainted) says.

    Raises RequestRefused (region) in words, NotYours once all is erased, and BudgetSpent; nothing
    of the mask is kept then.
    """
    if not (try_on.is_painting and is_there(try_on)):
        text = _("There is no region to look at yet; send the landmarks first.")
        raise RequestRefused.about("region", text)
    if try_on.product is None:
        raise ordering.NoGarment(_("This product is not sold any more."))
    edits = None if mask is None else _edits(try_on, mask)
    ordering.drop_edits(try_on)
    name = "" if edits is None else f"shoppers/{try_on.photo_id}/{secrets.token_hex(16)}.png"
    try:
        if edits is not None:
            TryOn.objects.filter(pk=try_on.pk).update(edits=name)
            files.write_verified(shopper_storage(), name, edits)
        with transaction.atomic():
            _queue(try_on, name)
    except BaseException:
        if name:
            shopper_storage().delete(name)
            TryOn.objects.filter(pk=try_on.pk, edits=name).update(edits="")
        raise
    erasure.purge_jobs()


@sensitive_variables("mask", "found")
def _edits(try_on: TryOn, mask: bytes) -> bytes | None:
    photo = try_on.photo
    try:
        found = stored(try_on)
        return edits_of(found, mask, (photo.width, photo.height))
    except JobFailure as error:
        raise RequestRefused.about("region", str(error)) from error


def stored(try_on: TryOn) -> bytes:
    """The region as it was found. Raises NotYours when it is gone."""
    try:
        return files.read(shopper_storage(), str(try_on.region.name or ""))
    except FileNotFoundError as error:
        raise owners.NotYours from error


def _queue(try_on: TryOn, edits: str) -> None:
    """Of two that come at once, the one whose edits the row names."""
    locked = ordering.must_be_idle(try_on, "region")
    if str(locked.edits) != edits:
        raise RequestRefused.about("region", _("Wait until what runs has ended."))
    try_on.is_painting = False
    TryOn.objects.filter(pk=try_on.pk).update(is_painting=False)
    ordering.queue(try_on, try_on.product)
