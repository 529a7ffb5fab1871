"""What staff see and paint on a house model's photo: what may be repainted, and what stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging import regions
from prodimages.imaging.regions import Part
from prodimages.models import ModelPhoto
from prodimages.services import files
from prodimages.services.thumbnails import photo_thumbnail
from prodimages.storage import private_storage


def stored(row: ModelPhoto) -> bytes:
    """Raises OSError, FileNotFoundError among them, when there is none."""
    return files.read(private_storage(), row.region.name)


def found(row: ModelPhoto, png: bytes, landmarks: Mapping[str, Any]) -> None:
    """Keep what a job found under these landmarks, unless staff have painted some meanwhile."""
    key = key_of(row.digest, landmarks)
    if row.region_for != key:
        _keep(ModelPhoto.objects.filter(region_by_staff=False), row, png, region_for=key)


def paint(row: ModelPhoto, part: Part, mask: bytes) -> None:
    """Take one of the two marks from a mask, white is marked; it holds for every later picture.

    Raises RequestRefused (mask) in words, and JobFailure when the storage does not take it.
    """
    try:
        before = stored(row)
    except FileNotFoundError as error:
        text = _("Nothing is marked yet: the first picture with this model does it.")
        raise RequestRefused.about("mask", text) from error
    try:
        png = regions.with_part(before, part, mask)
    except JobFailure as error:
        raise RequestRefused.about("mask", str(error)) from error
    _keep(ModelPhoto.objects.all(), row, png, region_by_staff=True)


def forget(row: ModelPhoto) -> None:
    """What was painted goes; the next picture marks anew."""
    name = row.region.name
    cleared = {"region": "", "region_for": "", "region_by_staff": False}
    ModelPhoto.objects.filter(pk=row.pk).update(**cleared)
    if name:
        private_storage().delete(name)


def overlay(row: ModelPhoto, side: int) -> bytes:
    """A JPEG of the photo with both marks in color. Raises as ``stored``, and JobFailure."""
    photo = photo_thumbnail(files.read(private_storage(), row.file.name), side)
    return regions.overlay(photo, stored(row))


def _keep(rows: QuerySet[ModelPhoto], row: ModelPhoto, png: bytes, **values: Any) -> None:
    """Write first, then name it in the row; what nothing names any more goes."""
    digest = hashlib.sha256(png).hexdigest()
    storage, before = private_storage(), row.region.name
    name = files.write_verified(
        storage, f"models/{row.shop}/{row.digest[:2]}/{row.digest}-{digest[:24]}.png", png
    )
    if not rows.filter(pk=row.pk, digest=row.digest).update(region=name, **values):
        storage.delete(name)
    elif before and before != name:
        storage.delete(before)


def key_of(photo: str, landmarks: Mapping[str, Any]) -> str:
    """Tells regions apart that were found on another photo or by other landmarks."""
    text = json.dumps([photo, dict(landmarks)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
