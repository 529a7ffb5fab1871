"""Who wears the product of a try-on's job, and where the picture of a shopper goes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobCanceled, JobFailure, LeaseLost
from prodimages.models import GenerationJob, ModelPhoto, ShopperPhoto, TryOn
from prodimages.pipeline.spec import Plan
from prodimages.services import files
from prodimages.services.queue import Held
from prodimages.services.sink import record_files
from prodimages.services.try_on import regions
from prodimages.storage import private_storage, shopper_storage

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


def model_of(plan: Plan) -> str:
    """The slug of the house model that a plan names; "" for none."""
    step = next((step for step in plan.steps if step.name == "person"), None)
    return str(step.parameters.get("model", "")) if step else ""


class HouseModel:
    """A house model as the steps see it."""

    is_shopper = False
    faces: int | None = None
    is_front: bool | None = True  # staff have looked at the photo

    def __init__(self, row: ModelPhoto) -> None:
        self._row = row
        self.landmarks: Mapping[str, Any] = row.landmarks

    @classmethod
    def named(cls, slug: str, shop: str) -> HouseModel:
        """Raises JobFailure when there is no such model, or the consent has ended."""
        row = ModelPhoto.objects.offered(shop).filter(slug=slug).first()
        if row is None:
            message = _("There is no house model “%(slug)s” whose consent still stands.")
            raise JobFailure(FailureKind.PERSON, message % {"slug": slug})
        return cls(row)

    def read(self) -> bytes:
        try:
            return files.read(private_storage(), self._row.file.name)
        except FileNotFoundError as error:
            message = _("The house model's photo is gone from the storage; upload it again.")
            raise JobFailure(FailureKind.PHOTO_MISSING, message) from error

    def found(self, landmarks: Mapping[str, Any], *, faces: int) -> None:
        """Kept for staff to look at, unless one of them has placed some meanwhile."""
        ModelPhoto.objects.filter(pk=self._row.pk, landmarks={}).update(landmarks=landmarks)

    def painted(self) -> bytes | None:
        if not self._row.region_by_staff:
            return None
        try:
            return regions.stored(self._row)
        except FileNotFoundError as error:
            message = _("The house model's marks are gone from the storage; paint them anew.")
            raise JobFailure(FailureKind.PHOTO_MISSING, message) from error

    def marked(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        regions.found(self._row, png, landmarks)

    def edits(self) -> None:
        """Staff paint the marks themselves."""

    def outlined(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        """Their plans go on to a picture."""


class Shopper:
    """A shopper as the steps see one."""

    is_shopper = True

    def __init__(self, held: Held, try_on: TryOn) -> None:
        self._held, self._try_on, self._photo = held, try_on, try_on.photo
        is_agreed = try_on.photo.confirmed_at is not None
        self.landmarks: Mapping[str, Any] = try_on.photo.landmarks if is_agreed else {}
        self.faces, self.is_front = try_on.photo.faces, try_on.photo.is_front

    @classmethod
    def of(cls, held: Held) -> Shopper:
        """Raises JobCanceled once everything was erased."""
        return cls(held, try_on_of(held.job))

    def read(self) -> bytes:
        try:
            return files.read(shopper_storage(), self._photo.file.name)
        except FileNotFoundError as error:
            raise JobCanceled from error

    def found(self, landmarks: Mapping[str, Any], *, faces: int) -> None:
        mine = ShopperPhoto.objects.alive().filter(pk=self._photo.pk)
        mine.update(faces=faces)
        mine.filter(confirmed_at=None).update(landmarks=landmarks)

    def painted(self) -> None:
        """Shoppers paint the region, not the marks."""

    def marked(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        """They are not shown to them."""

    def edits(self) -> bytes | None:
        if not self._try_on.edits:
            return None
        try:
            return files.read(shopper_storage(), str(self._try_on.edits.name))
        except FileNotFoundError as error:
            message = _("What you painted could not be read. Please paint it anew.")
            raise JobFailure(FailureKind.PERSON, message) from error

    def outlined(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        name = f"shoppers/{self._photo.pk}/{own_stem(self._held, self._try_on)}-region.png"
        written = written_for(self._held, name, png)
        values = {"region": written, "region_for": regions.key_of("", landmarks)}
        if before := str(self._try_on.region.name or ""):
            shopper_storage().delete(before)
        with _dropped_unless_kept(written), transaction.atomic():
            must_be_alive(self._photo.pk)
            if not GenerationJob.every.held(self._held.job.pk, self._held.token).exists():
                raise LeaseLost
            TryOn.objects.filter(pk=self._try_on.pk).update(**values)


def own_stem(held: Held, try_on: TryOn) -> str:
    """Of the names of this attempt alone: no two write one file."""
    return f"{try_on.ref}-{held.job.pk}-{held.token}"


def written_for(held: Held, name: str, content: bytes) -> str:
    """Write a shopper's file, its name recorded before; returns the name that the storage chose."""
    record_files(held, [name])
    written = files.write_verified(shopper_storage(), name, content)
    if written != name:
        record_files(held, [written])
    return written


@contextlib.contextmanager
def _dropped_unless_kept(name: str) -> Iterator[None]:
    """Deletes what was written where everything was erased meanwhile, or the lease is lost."""
    try:
        yield
    except (JobCanceled, LeaseLost):
        shopper_storage().delete(name)
        raise


def must_be_alive(pk: int) -> None:
    """Lock the photo's row, as whoever erases does, so that one of the two sees the other's work.

    Raises JobCanceled once it is erased.
    """
    if ShopperPhoto.objects.alive().select_for_update().filter(pk=pk).first() is None:
        raise JobCanceled


def try_on_of(job: GenerationJob) -> TryOn:
    """Raises JobCanceled once everything was erased, or its time is over."""
    found = (
        TryOn.objects.select_related("photo")
        .filter(job=job, photo__in=ShopperPhoto.objects.alive())
        .first()
    )
    if found is None:
        raise JobCanceled
    return found


class ShopperPicture:
    """The PictureSink of a shopper's job: one picture, beside the photo, without a thumbnail."""

    def __init__(self, held: Held, plan: Plan) -> None:
        self._held = held
        self._is_making = any(step.name == "store" for step in plan.steps)

    def missing_indexes(self) -> list[int]:
        if not self._is_making:
            return []
        return [] if try_on_of(self._held.job).file else [0]

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        """Raises JobCanceled, with nothing kept, when the shopper erased everything meanwhile."""
        try_on = try_on_of(self._held.job)
        extension = _EXTENSIONS[details["mime"]]
        name = f"shoppers/{try_on.photo_id}/{own_stem(self._held, try_on)}.{extension}"
        written = written_for(self._held, name, content)
        with _dropped_unless_kept(written):
            self._commit(try_on, written, details)

    def _commit(self, try_on: TryOn, written: str, details: Mapping[str, Any]) -> None:
        with transaction.atomic():
            must_be_alive(try_on.photo_id)
            job = GenerationJob.every.held(self._held.job.pk, self._held.token)
            if not job.update(made_count=F("made_count") + 1):
                raise LeaseLost
            TryOn.objects.filter(pk=try_on.pk).update(
                file=written,
                mime=details["mime"],
                width=details["width"],
                height=details["height"],
                notices=list(details["notices"]),
            )
