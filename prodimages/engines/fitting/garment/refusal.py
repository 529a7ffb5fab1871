"""How a photo that shows no top, or not all of one, is refused."""

from __future__ import annotations

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure


def refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.GARMENT, message)
