"""Approve, reject, publish, take back: one decision about one picture."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.choices import ImageState
from prodimages.exceptions import ProdimagesError, TransitionRefused
from prodimages.models import GeneratedImage
from prodimages.services import publishing, review

logger = logging.getLogger(__name__)

_ORDERS = {"approve": ImageState.PUBLISHED, "publish": ImageState.PUBLISHED}
DECISIONS = ("approve", "reject", "publish", "unpublish", "undo")


@dataclasses.dataclass(frozen=True)
class Why:
    """What goes with a decision."""

    code: str = ""
    """One of ``Reason``, where a picture is rejected."""
    note: str = ""
    decided_at: datetime | None = None
    """Of the decision that is to be undone."""

    @classmethod
    def of_form(cls, data: QueryDict, key: str = "") -> Why:
        """From the fields of one picture, or of the form for all when ``key`` is empty."""
        ending = f"-{key}" if key else ""
        try:
            decided_at = parse_datetime(data.get("decided", ""))
        except ValueError:
            decided_at = None
        return cls(
            code=data.get(f"code{ending}", ""),
            note=data.get(f"reason{ending}", "").strip(),
            decided_at=decided_at if decided_at and is_aware(decided_at) else None,
        )


def decide(image: GeneratedImage, decision: str, *, user: Any, why: Why) -> None:
    """Carry out ``decision``. Raises ProdimagesError in words.

    An approved picture is published at once; when the shop does not take it, it stays
    approved with the reason on it.
    """
    match decision:
        case "approve":
            review.approve(image, user=user)
            publishing.publish(image)
        case "reject":
            review.reject(image, user=user, code=why.code, note=why.note)
        case "publish":
            publishing.publish(image)
        case "unpublish":
            _take_back(image)
        case "undo":
            _undo(image, why.decided_at)
        case _:
            raise ValueError(decision)


def _take_back(image: GeneratedImage) -> None:
    try:
        publishing.unpublish(image)
    except ProdimagesError:
        raise
    except Exception as error:  # whatever a shop's own code raises
        logger.warning("Unpublishing picture %s failed.", image.pk, exc_info=True)
        raise ProdimagesError(
            _("The shop did not give picture %(name)s back.") % {"name": image}
        ) from error


def _undo(image: GeneratedImage, decided_at: datetime | None) -> None:
    """Back to review, and out of the shop first, if that is still the decision of then."""
    if decided_at is None or image.reviewed_at != decided_at:
        raise TransitionRefused(
            _("Picture %(name)s was reviewed again meanwhile; nothing was undone.")
            % {"name": image}
        )
    if image.state == ImageState.PUBLISHED:
        _take_back(image)
    review.reopen(image, decided_at=decided_at)


def decide_all(
    request: HttpRequest, images: Iterable[GeneratedImage], decision: str, why: Why
) -> list[GeneratedImage]:
    """Decide about each and tell how it went. Returns those that went well."""
    done = []
    for image in images:
        try:
            decide(image, decision, user=request.user, why=why)
        except ProdimagesError as error:
            messages.error(request, str(error))
        else:
            done.append(image)
    # An outside shop gets it from a worker, after this.
    later = [image for image in done if decision in _ORDERS and image.state != _ORDERS[decision]]
    if len(done) > len(later):
        messages.success(request, _told(decision, len(done) - len(later)))
    if later:
        messages.success(request, _told_later(len(later)))
    return done


def _told_later(count: int) -> str:
    text = ngettext(
        "%(count)d picture is approved and on its way to the shop.",
        "%(count)d pictures are approved and on their way to the shop.",
        count,
    )
    return text % {"count": count}


def _told(decision: str, count: int) -> str:
    texts = {
        "undo": ngettext(
            "%(count)d picture is to review again.",
            "%(count)d pictures are to review again.",
            count,
        ),
        "approve": ngettext(
            "%(count)d picture was approved and published.",
            "%(count)d pictures were approved and published.",
            count,
        ),
        "reject": ngettext(
            "%(count)d picture was rejected.", "%(count)d pictures were rejected.", count
        ),
        "publish": ngettext(
            "%(count)d picture was published.", "%(count)d pictures were published.", count
        ),
        "unpublish": ngettext(
            "%(count)d picture was taken out of the shop.",
            "%(count)d pictures were taken out of the shop.",
            count,
        ),
    }
    return texts[decision] % {"count": count}
