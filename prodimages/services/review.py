"""Approve and reject, by compare-and-set."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages import signals
from prodimages.choices import IMAGE_TRANSITIONS, ImageState
from prodimages.exceptions import TransitionRefused
from prodimages.models import GeneratedImage


def approve(image: GeneratedImage, *, user: Any) -> None:
    """Approve a picture. Raises TransitionRefused when its checks or its state forbid it."""
    if not image.passed:
        raise TransitionRefused(
            _("Picture %(name)s shows the product changed beyond the bounds; it can't be approved.")
            % {"name": image}
        )
    _move(image, ImageState.APPROVED, user=user, reject_reason="")
    _send(signals.image_approved, image)


def reject(image: GeneratedImage, *, user: Any, reason: str = "") -> None:
    """Reject a picture. Raises TransitionRefused for one that is published."""
    _move(image, ImageState.REJECTED, user=user, reject_reason=reason[:200])
    _send(signals.image_rejected, image)


def _move(image: GeneratedImage, state: ImageState, *, user: Any, reject_reason: str) -> None:
    allowed = [before for before, after in IMAGE_TRANSITIONS.items() if state in after]
    if state == ImageState.APPROVED:
        # From published only by unpublishing, which asks the shop first.
        allowed.remove(ImageState.PUBLISHED)
    changed = GeneratedImage.objects.filter(pk=image.pk, state__in=allowed).update(
        state=state,
        reviewed_by=user,
        reviewed_at=timezone.now(),
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
