"""Approve and reject, by compare-and-set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import IMAGE_TRANSITIONS, ImageState, Reason
from prodimages.exceptions import RequestRefused, TransitionRefused
from prodimages.models import ApiKey, GeneratedImage
from prodimages.services import publications


def approve(image: GeneratedImage, *, user: Any, through: ApiKey | None = None) -> None:
    """Approve a picture. Raises TransitionRefused when its checks or its state forbid it.

    ``through`` is the API key that decides, where no person does.
    """
    if not image.passed:
        raise TransitionRefused(
            _("Picture %(name)s shows the product changed beyond the bounds; it can't be approved.")
            % {"name": image}
        )
    _move(image, ImageState.APPROVED, user=user, through=through)
    _send(signals.image_approved, image)


def reject(
    image: GeneratedImage,
    *,
    user: Any,
    code: str,
    note: str = "",
    through: ApiKey | None = None,
) -> None:
    """Reject a picture for one of the listed reasons.

    Raises TransitionRefused for one that is published, RequestRefused for another reason.
    """
    if code not in Reason.values:
        raise RequestRefused.about("code", _("Say why: choose a reason for rejecting."))
    with transaction.atomic():
        _move(
            image,
            ImageState.REJECTED,
            user=user,
            through=through,
            reject_code=code,
            reject_reason=note[:200],
        )
        publications.withdraw(image)
    _send(signals.image_rejected, image)


def reopen(image: GeneratedImage, *, decided_at: datetime) -> None:
    """Take back the decision of ``decided_at``: the picture is to review again.

    Raises TransitionRefused when somebody decided again since, or the picture is published.
    """
    decided = GeneratedImage.objects.filter(
        pk=image.pk,
        state__in=[ImageState.APPROVED, ImageState.REJECTED],
        reviewed_at=decided_at,
    )
    with transaction.atomic():
        changed = decided.update(
            state=ImageState.PENDING,
            reviewed_by=None,
            reviewed_through=None,
            reviewed_at=None,
            reject_code="",
            reject_reason="",
            publish_error="",
        )
        if changed:
            publications.withdraw(image)
    image.refresh_from_db()
    if not changed:
        raise TransitionRefused(
            _("Picture %(name)s was reviewed again meanwhile; nothing was undone.")
            % {"name": image}
        )


def _move(
    image: GeneratedImage,
    state: ImageState,
    *,
    user: Any,
    through: ApiKey | None,
    reject_code: str = "",
    reject_reason: str = "",
) -> None:
    allowed = [before for before, after in IMAGE_TRANSITIONS.items() if state in after]
    if state == ImageState.APPROVED:
        # From published only by unpublishing, which asks the shop first.
        allowed.remove(ImageState.PUBLISHED)
    changed = GeneratedImage.objects.filter(pk=image.pk, state__in=allowed).update(
        state=state,
        reviewed_by=user,
        reviewed_through=through,
        reviewed_at=timezone.now(),
        reject_code=reject_code,
        reject_reason=reject_reason,
        publish_error="",
    )
    if not changed:
        image.refresh_from_db()
        raise TransitionRefused(
            _("Picture %(name)s is %(state)s already.")
            % {"name": image, "state": image.get_state_display()}
        )
    image.refresh_from_db()


def _send(signal: Any, image: GeneratedImage) -> None:
    transaction.on_commit(
        lambda: signal.send_robust(sender=GeneratedImage, image=image), robust=True
    )
