"""How a photo in which somebody's joints can't be told is refused."""

from __future__ import annotations

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure


def refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.PERSON, message)


def cut_at_shoulders() -> JobFailure:
    return refused(
        _(
            "The shoulders can't be told in the photo. Take one from the front that shows you "
            "from the head to below the hips, with the arms a little off the body."
        )
    )
