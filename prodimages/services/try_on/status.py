"""Where a shopper's try-on stands, in plain values."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, JobState
from prodimages.models import TryOn

State = Literal["looking", "placing", "outlining", "painting", "making", "done", "failed"]


MOVING = ("looking", "outlining", "making")
"""States in which a worker has the word; in ``placing`` and ``painting`` the shopper has it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Status:
    state: State
    percent: int = 0
    kind: str = ""
    """Of the failure."""
    problem: str = ""
    """Words for the shopper."""

    may_place: bool = False
    """Whether other landmarks, or word on the photo's side, may mend what failed."""

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING


def status_of(try_on: TryOn) -> Status:
    """``looking`` for landmarks, ``placing`` them is the shopper's turn, ``outlining`` the region,
    ``painting`` it is the shopper's turn again, ``making``, the end.
    """
    if try_on.file:
        return Status(state="done", percent=100)
    job, is_agreed = try_on.job, try_on.photo.confirmed_at is not None
    if job is None:
        return Status(state="failed", kind=FailureKind.INTERNAL, problem=_sorry())
    match job.state:
        case JobState.FAILED:
            return Status(
                state="failed",
                kind=job.error_kind,
                problem=_words(job),
                may_place=job.error_kind == FailureKind.PERSON and bool(try_on.photo.landmarks),
            )
        case JobState.CANCELED:
            return Status(state="failed", kind=job.error_kind, problem=job.error or _sorry())
        case JobState.SUCCEEDED:
            shows_region = is_agreed and try_on.is_painting
            return Status(state="painting" if shows_region else "placing", percent=100)
    under_way: State = "outlining" if try_on.is_painting else "making"
    return Status(state=under_way if is_agreed else "looking", percent=job.percent)


_FOR_SHOPPERS = {
    FailureKind.PERSON,
    FailureKind.PHOTO_INVALID,
    FailureKind.CONTENT_REFUSED,
}
"""Failures whose words are about the shopper's own photo; others are the shop's affair."""


def _words(job: Any) -> str:
    if job.error_kind in _FOR_SHOPPERS:
        return str(job.error)
    if job.error_kind in (FailureKind.GARMENT, FailureKind.CHECK_CUTOUT, FailureKind.NO_PRODUCT):
        return _("The photo of this product can't be used for a try-on.")
    return _sorry()


def _sorry() -> str:
    return _("The try-on did not work out. Please try again later.")
