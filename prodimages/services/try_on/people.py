"""Who wears the product of a try-on's job, and where the picture of a shopper goes."""

from __future__ import annotations

from collections.abc import Mapping
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


class Shopper:
    """A shopper as the steps see one."""

    is_shopper = True

    def __init__(self, try_on: TryOn) -> None:
        self._photo = try_on.photo
        is_agreed = try_on.photo.confirmed_at is not None
        self.landmarks: Mapping[str, Any] = try_on.photo.landmarks if is_agreed else {}

    @classmethod
    def of(cls, job: GenerationJob) -> Shopper:
        """Raises JobCanceled once everything was erased."""
        return cls(try_on_of(job))

    def read(self) -> bytes:
        try:
            return files.read(shopper_storage(), self._photo.file.name)
        except FileNotFoundError as error:
            raise JobCanceled from error

    def found(self, landmarks: Mapping[str, Any], *, faces: int) -> None:
        unseen = ShopperPhoto.objects.alive().filter(pk=self._photo.pk, confirmed_at=None)
        unseen.update(landmarks=landmarks, faces=faces)

    def painted(self) -> None:
        """Shoppers place landmarks, and no more is kept of them."""

    def marked(self, png: bytes, landmarks: Mapping[str, Any]) -> None:
        """As little."""


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
        name = f"shoppers/{try_on.photo_id}/{try_on.ref}-{self._held.token}.{extension}"
        record_files(self._held, [name])
        written = files.write_verified(shopper_storage(), name, content)
        if written != name:
            record_files(self._held, [written])
        try:
            self._commit(try_on, written, details)
        except (JobCanceled, LeaseLost):
            shopper_storage().delete(written)
            raise

    def _commit(self, try_on: TryOn, written: str, details: Mapping[str, Any]) -> None:
        with transaction.atomic():
            # Whoever erases locks this row as well, so that one of the two sees the other's work.
            alive = ShopperPhoto.objects.alive().select_for_update().filter(pk=try_on.photo_id)
            if alive.first() is None:
                raise JobCanceled
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
