"""A picture as staff judge it: large, with its checks, and what may be done with it."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.safestring import SafeString

from prodimages.admin import columns, publications
from prodimages.admin.access import may_review
from prodimages.admin.style_cards import name_in_job
from prodimages.choices import ImageState, PublicationAction, PublicationState
from prodimages.models import GeneratedImage, GenerationJob


@dataclasses.dataclass(frozen=True)
class Card:
    image: GeneratedImage
    may_review: bool

    @property
    def badge(self) -> SafeString:
        return columns.image_badge(self.image)

    @property
    def style_name(self) -> str:
        return name_in_job(self.image.job)

    @property
    def is_pending(self) -> bool:
        return self.image.state == ImageState.PENDING

    @property
    def can_approve(self) -> bool:
        open_states = {ImageState.PENDING, ImageState.REJECTED}
        return self.may_review and self.image.passed and self.image.state in open_states

    @property
    def can_reject(self) -> bool:
        open_states = {ImageState.PENDING, ImageState.APPROVED}
        return self.may_review and self.image.state in open_states

    @property
    def can_publish(self) -> bool:
        return self.may_review and self.image.state == ImageState.APPROVED

    @property
    def can_unpublish(self) -> bool:
        row = getattr(self.image, "publication", None)
        stuck = row is not None and (
            (row.action, row.state) == (PublicationAction.UNPUBLISH, PublicationState.FAILED)
        )
        return self.may_review and (self.image.state == ImageState.PUBLISHED or stuck)

    @property
    def shop_says(self) -> str:
        """How far an outside shop is with the picture; "" where that is settled."""
        return publications.told(self.image)

    @property
    def decided(self) -> str:
        """When it was decided, to the microsecond, by which an undo knows its decision."""
        at = self.image.reviewed_at
        return at.isoformat() if at and self.may_review else ""

    @property
    def rejected_for(self) -> str:
        """The reason and the note in one line; empty for a picture that is not rejected."""
        image = self.image
        parts = (image.get_reject_code_display() if image.reject_code else "", image.reject_reason)
        return ": ".join(str(part) for part in parts if part)

    @property
    def remarks(self) -> list[str]:
        """What the checks and the engine have to say about it."""
        checks = self.image.fidelity.get("checks", [])
        return [check["message"] for check in checks] + list(self.image.notices)

    @property
    def numbers(self) -> dict[str, Any]:
        return {
            name: self.image.fidelity.get(name)
            for name in ("difference_max", "delta_e_mean", "delta_e_p95", "structure", "scale")
        }


def cards(site: AdminSite, request: HttpRequest, job: GenerationJob) -> list[Card]:
    reviewer = may_review(request)
    images = job.images.order_by("index").select_related(
        "reviewed_by", "publication", "rendition_set"
    )
    return [Card(image, reviewer) for image in images]
