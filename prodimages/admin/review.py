"""Approve, reject, publish, take back: one decision about one picture."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.exceptions import ProdimagesError
from prodimages.models import GeneratedImage
from prodimages.services import publishing, review

logger = logging.getLogger(__name__)

DECISIONS = ("approve", "reject", "publish", "unpublish")


def decide(image: GeneratedImage, decision: str, *, user: Any, reason: str = "") -> None:
    """Carry out ``decision``. Raises ProdimagesError in words.

    An approved picture is published at once; when the shop does not take it, it stays
    approved with the reason on it.
    """
    match decision:
        case "approve":
            review.approve(image, user=user)
            publishing.publish(image)
        case "reject":
            review.reject(image, user=user, reason=reason)
        case "publish":
            publishing.publish(image)
        case "unpublish":
            _take_back(image)
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


def decide_all(
    request: HttpRequest, images: Iterable[GeneratedImage], decision: str, *, reason: str = ""
) -> list[GeneratedImage]:
    """Decide about each and tell how it went. Returns those that went well."""
    done = []
    for image in images:
        try:
            decide(image, decision, user=request.user, reason=reason)
        except ProdimagesError as error:
            messages.error(request, str(error))
        else:
            done.append(image)
    if done:
        messages.success(request, _told(decision, len(done)))
    return done


def _told(decision: str, count: int) -> str:
    texts = {
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
