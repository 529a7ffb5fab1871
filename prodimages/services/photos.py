"""Private copies of source photos, and the cut-outs that belong to them."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.conf import settings
from prodimages.cutouts.proposals.base import Box
from prodimages.exceptions import JobFailure, ProdimagesError
from prodimages.models import Cutout, GenerationJob, SourcePhoto
from prodimages.services import files
from prodimages.shops.base import Photo
from prodimages.shops.platform import PlatformRefused
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

Record = Callable[[list[str]], None]
"""Told the names of files before they are written."""
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "GIF": "gif"}


def _unrecorded(names: list[str]) -> None:
    """For files that no attempt writes."""


def read_photo(job: GenerationJob, *, record: Record = _unrecorded) -> bytes:
    """The photo of ``job``, kept as a private copy from the first time on.

    Raises JobFailure in words: the photo is gone, is no usable picture, or the storage failed.
    """
    if job.photo is not None:
        try:
            return files.read(private_storage(), job.photo.file.name)
        except FileNotFoundError:
            pass  # lost from our storage; the shop may still have it
        except Exception as error:
            raise JobFailure(
                FailureKind.STORAGE, _("The stored photo could not be read."), retryable=True
            ) from error
    content = _from_shop(job)
    if job.photo is not None and hashlib.sha256(content).hexdigest() != job.photo.digest:
        raise JobFailure(
            FailureKind.PHOTO_MISSING,
            _("The photo that this job was planned for is gone from the storage."),
        )
    job.photo = keep(job.shop, content, product_id=job.product_id, record=record)
    GenerationJob.every.filter(pk=job.pk).update(photo=job.photo)
    return content


def _from_shop(job: GenerationJob) -> bytes:
    product = _product_of(job)
    try:
        photo = _find(shop_backend(job.shop).photos(product), job.photo_ref)
        with contextlib.closing(photo.open()) as file:
            return file.read(settings.MAX_PHOTO_BYTES + 1)
    except JobFailure:
        raise
    except ProdimagesError as error:  # with words of its own
        later = not isinstance(error, PlatformRefused)
        raise JobFailure(FailureKind.PHOTO_MISSING, str(error), retryable=later) from error
    except FileNotFoundError as error:
        raise JobFailure(
            FailureKind.PHOTO_MISSING,
            _("The product's photo is missing from the shop's storage; upload it again."),
        ) from error
    except Exception as error:  # each shop and storage library raises errors of its own
        raise JobFailure(
            FailureKind.PHOTO_MISSING,
            _("The product's photo could not be read from the shop's storage."),
            retryable=True,
        ) from error


def _product_of(job: GenerationJob) -> Any:
    """The row itself may have been read before the product was deleted."""
    with contextlib.suppress(ObjectDoesNotExist):
        if job.product is not None:
            return job.product
    raise JobFailure(FailureKind.PRODUCT_DELETED, _("The product was deleted."))


def _find(photos: list[Photo], ref: str) -> Photo:
    for photo in photos:
        if photo.ref == ref:
            return photo
    raise JobFailure(
        FailureKind.PHOTO_MISSING,
        _("The photo that was chosen is no longer among the product's photos."),
    )


def keep(
    shop: str, content: bytes, *, product_id: Any = None, record: Record = _unrecorded
) -> SourcePhoto:
    """The SourcePhoto with this content, made if need be; the same one for the same bytes.

    Raises JobFailure (photo can't be used) before anything is written.
    """
    from prodimages.imaging.inspect import inspect_photo

    facts = inspect_photo(io.BytesIO(content))
    digest = hashlib.sha256(content).hexdigest()
    if found := SourcePhoto.objects.filter(shop=shop, digest=digest).first():
        _restore(found, content)
        return found
    extension = EXTENSIONS.get(facts.format, "img")
    name = f"sources/{shop}/{digest[:2]}/{digest}.{extension}"
    record([name])
    name = files.write_verified(private_storage(), name, content)
    photo, created = SourcePhoto.objects.get_or_create(
        shop=shop,
        digest=digest,
        defaults={
            "file": name,
            "product_id": product_id,
            "width": facts.width,
            "height": facts.height,
        },
    )
    if not created and photo.file.name != name:
        private_storage().delete(name)
    return photo


def _restore(photo: SourcePhoto, content: bytes) -> None:
    wanted = str(photo.file.name)
    if not private_storage().exists(wanted):
        name = files.write_verified(private_storage(), wanted, content)
        if name != wanted:
            SourcePhoto.objects.filter(pk=photo.pk).update(file=name)
            photo.file.name = name


class PhotoCutouts:
    """The CutoutStore of one photo, over rows and the private storage."""

    def __init__(self, photo: SourcePhoto, *, record: Record = _unrecorded) -> None:
        self._photo = photo
        self._record = record

    def load(self, key: str) -> bytes | None:
        row = Cutout.objects.filter(photo=self._photo, key=key).first()
        if row is None:
            return None
        try:
            return files.read(private_storage(), row.file.name)
        except FileNotFoundError:
            row.delete()  # it can be made again, unlike the photo
            return None

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        save_cutout(self._photo, key, alpha_png, details=details, record=self._record)

    def chosen(self) -> tuple[str, bytes] | None:
        for row in Cutout.objects.chosen(self._photo):
            with contextlib.suppress(FileNotFoundError):
                return row.key, files.read(private_storage(), row.file.name)
        return None

    def kept_extras(self) -> list[tuple[str, Box]]:
        return Cutout.objects.kept_extras(self._photo)


def save_cutout(
    photo: SourcePhoto,
    key: str,
    alpha_png: bytes,
    *,
    details: Mapping[str, Any],
    user: Any = None,
    based_on: Cutout | None = None,
    record: Record = _unrecorded,
) -> Cutout:
    """Keep an alpha for ``photo`` under ``key`` once; the first one stored stays."""
    digest = hashlib.sha256(key.encode() + alpha_png).hexdigest()
    name = f"cutouts/{photo.shop}/{photo.digest[:2]}/{photo.digest[:32]}-{digest[:16]}.png"
    record([name])
    name = files.write_verified(private_storage(), name, alpha_png)
    row, created = Cutout.objects.get_or_create(
        photo=photo,
        key=key,
        defaults={
            "file": name,
            "details": dict(details),
            "created_by": user,
            "based_on": based_on,
        },
    )
    if not created and row.file.name != name:
        private_storage().delete(name)
    return row
