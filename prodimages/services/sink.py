"""Where a running job's pictures go: recorded, written, verified, then committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from prodimages.exceptions import LeaseLost
from prodimages.models import GeneratedImage, GenerationAttempt, GenerationJob
from prodimages.services import files, reasons
from prodimages.services.queue import Held
from prodimages.storage import private_storage

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class JobPictures:
    """The PictureSink of one held job."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def missing_indexes(self) -> list[int]:
        job = self._held.job
        there = set(job.images.values_list("index", flat=True))
        return [index for index in range(job.count) if index not in there]

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        job, token = self._held.job, self._held.token
        extension = EXTENSIONS[details["mime"]]
        # The token makes the name this attempt's own: two attempts never write one file.
        stem = f"pictures/{job.shop}/{job.pk}/{index}-{details['digest'][:16]}-{token}"
        names = [f"{stem}.{extension}", f"{stem}-thumb.{extension}"]
        record_files(self._held, names)
        written = [
            files.write_verified(private_storage(), name, part)
            for name, part in zip(names, (content, thumbnail), strict=True)
        ]
        if written != names:
            record_files(self._held, written)
        try:
            self._commit(index, written, details)
        except LeaseLost:
            # The sweeper may have passed over this attempt already.
            for name in written:
                private_storage().delete(name)
            raise

    def _commit(self, index: int, written: list[str], details: Mapping[str, Any]) -> None:
        job, token = self._held.job, self._held.token
        with transaction.atomic():
            held = GenerationJob.objects.held(job.pk, token)
            if not held.update(made_count=F("made_count") + 1):
                raise LeaseLost
            GeneratedImage.objects.create(
                job=job,
                index=index,
                shop=job.shop,
                product_id=held.values_list("product_id", flat=True).get(),
                file=written[0],
                thumbnail=written[1],
                **details,
                **reasons.of_picture(details, job.plan.get("notices", ())),
            )


def record_files(held: Held, names: Sequence[str]) -> None:
    """Put names on the attempt's row, before anything is written under them.

    Raises LeaseLost when the attempt is over: its names may have been swept already.
    """
    attempt = held.attempt
    attempt.files = [*attempt.files, *names]
    open_attempt = GenerationAttempt.objects.filter(pk=attempt.pk, ended_at=None)
    if not open_attempt.update(files=attempt.files):
        raise LeaseLost
