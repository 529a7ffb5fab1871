"""What staff decide about parts of a cut-out that may not be the product.

Web processes do it, so this needs Pillow alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from prodimages.choices import Extra
from prodimages.cutouts.proposals import stored
from prodimages.cutouts.proposals.base import ON_PRODUCT, is_same
from prodimages.exceptions import RequestRefused
from prodimages.models import Cutout
from prodimages.services import files
from prodimages.services.cutouts import approve_cutout, waiting_jobs
from prodimages.services.photos import save_cutout
from prodimages.storage import private_storage


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """One part, and what was said about it."""

    number: int
    kind: Extra
    percent: int
    """How sure the detector is."""
    kept_by: str
    """Who said that it belongs to the product; empty as long as nobody did."""

    is_on_product: bool
    """Whether it hides a part of the product, which would have to be filled in."""


def questions(cutout: Cutout) -> list[Question]:
    """The parts of ``cutout`` that may not be the product, open ones first."""
    known = Cutout.objects.kept_extras(cutout.photo)
    found = []
    for extra in cutout.extras:
        kept_by = extra.get("kept_by", "")
        if not kept_by and any(is_same(extra["kind"], extra["box"], *other) for other in known):
            kept_by = _("somebody, in another version")
        found.append(
            Question(
                number=extra["number"],
                kind=Extra(extra["kind"]),
                percent=round(100 * extra["confidence"]),
                kept_by=kept_by,
                is_on_product=extra["kind"] in ON_PRODUCT,
            )
        )
    return sorted(found, key=lambda question: bool(question.kept_by))


def open_numbers(cutout: Cutout) -> list[int]:
    """Numbers of the parts about which nobody decided yet."""
    return [question.number for question in questions(cutout) if not question.kept_by]


def remove(cutout: Cutout, numbers: Collection[int], user: Any) -> tuple[Cutout, bool]:
    """A version of ``cutout`` without these parts, and whether jobs use it from now on.

    They do where ``cutout`` is what they used. Where it was not approved, or jobs wait for a
    look at it, the new version is a draft: a missing hanger does not make the rest right. The
    same parts taken out twice are one version. Raises RequestRefused (extras) in words.
    """
    wanted = [extra for extra in cutout.extras if extra["number"] in set(numbers)]
    if not wanted or len(wanted) != len(set(numbers)):
        raise _refused(_("This part is not in this version of the cut-out."))
    try:
        png = stored.without(_alpha(cutout), set(numbers))
    except ValueError as error:
        raise _refused(str(error)) from error
    key = Cutout.STAFF_PREFIX + hashlib.sha256(png).hexdigest()[:32]
    details = {
        "width": cutout.photo.width,
        "height": cutout.photo.height,
        "removed": [extra["kind"] for extra in wanted],
        "proposals": [extra for extra in cutout.extras if extra not in wanted],
    }
    was_used = Cutout.objects.in_force(cutout.photo) == cutout and not waiting_jobs(cutout.photo)
    with transaction.atomic():
        version = save_cutout(cutout.photo, key, png, details=details, user=user, based_on=cutout)
        if was_used:
            approve_cutout(version, user)
    return version, was_used


def keep(cutout: Cutout, numbers: Collection[int], user: Any) -> None:
    """Remember that these parts belong to the product, so that they are not proposed again.

    Raises RequestRefused (extras) when the version was removed meanwhile, or has no such part.
    """
    with transaction.atomic():
        row = Cutout.objects.select_for_update().filter(pk=cutout.pk).first()
        known = {extra["number"] for extra in row.extras} if row else set()
        if row is None or not numbers or not set(numbers) <= known:
            raise _refused(_("This part is not in this version of the cut-out."))
        extras = [
            extra | {"kept_by": str(user)} if extra["number"] in set(numbers) else extra
            for extra in row.extras
        ]
        row.details = row.details | {"proposals": extras}
        row.save(update_fields=["details"])


def _alpha(cutout: Cutout) -> bytes:
    try:
        return files.read(private_storage(), cutout.file.name or "")
    except FileNotFoundError as error:
        raise _refused(_("The cut-out is gone from the storage.")) from error


def _refused(message: str) -> RequestRefused:
    return RequestRefused.about("extras", message)
