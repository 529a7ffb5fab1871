"""Step ``cutout``: finds the product in the photo, once for each photo and backend."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import Extra, FailureKind
from prodimages.conf import settings
from prodimages.cutouts.proposals.base import SURE, is_same, words_for
from prodimages.cutouts.proposals.stored import NO_NOTES, Notes, area_of, attach, read_notes
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.imaging.types import PreparedPhoto

LEAST_SIDE = 16
"""Pixels: of a product's longer side, under which it is a speck."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Found:
    key: str
    alpha: np.ndarray
    doubt: float = 0.0
    """What the backend was undecided about, as a share of the product."""
    is_trusted: bool = True
    """Whether a person answers for it."""
    notes: Notes = NO_NOTES
    """What in it may not be the product."""


class CutOut(Step):
    """Parameter: ``remove``, the kinds of extras (hanger, tag, ...) that this style takes out.

    Takes the version that staff chose, else the photo's own alpha, else the stored
    cut-out, else runs the backend and stores what it finds.

    What the backend found is stored before it is judged, so that staff can look at the
    one that stopped a job.
    """

    name = "cutout"
    needs = frozenset({"prepared"})
    gives = frozenset({"cutout"})
    deadline = 180.0

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.cutouts.refinement.confidence import assess
        from prodimages.cutouts.refinement.foreground import estimate_foreground
        from prodimages.cutouts.refinement.frame import cutting_edges, is_trimmed, touched_edges
        from prodimages.cutouts.refinement.refine import no_product
        from prodimages.imaging.alpha import bounding_box
        from prodimages.imaging.types import Cutout

        prepared = context["prepared"]
        found = self._find(context, prepared)
        found, operations, left = remove_extras(context, found, parameters.get("remove", ()))
        box = bounding_box(found.alpha, 0.5)
        if box is None or max(box[2] - box[0], box[3] - box[1]) < LEAST_SIDE:
            raise no_product()
        trimmed = prepared.alpha is not None and is_trimmed(prepared.alpha)
        confidence, reasons = assess(prepared.rgb, found.alpha, found.doubt, trimmed=trimmed)
        if not found.is_trusted and confidence < settings.CUTOUT_MIN_CONFIDENCE:
            stop_for_a_look(context, " ".join(reasons))
        context["cutout"] = Cutout(
            alpha=found.alpha,
            foreground=_filled(found, estimate_foreground(prepared.rgb, found.alpha)),
            key=found.key,
            confidence=confidence,
            reasons=reasons,
            operations=[*operations, *_fillings(found)],
            extras=" ".join(filter(None, [words_for(left), _may_remain(operations)])),
            left=left,
            touches=frozenset() if trimmed else touched_edges(found.alpha),
            cuts=frozenset() if trimmed else cutting_edges(found.alpha),
            is_trusted=found.is_trusted,
        )
        context.advance(1.0)

    def _find(self, context: StepContext, prepared: PreparedPhoto) -> Found:
        """The alpha from the first source that has one."""
        from prodimages.imaging.alpha import alpha_from_png, feathered, read_doubt

        size = prepared.rgb.shape[1], prepared.rgb.shape[0]
        if (chosen := context.cutouts.chosen()) is not None:
            key, png = chosen
            alpha = alpha_from_png(png, size)
            if key.startswith("staff"):  # painted; an approved backend's alpha is soft already
                alpha = feathered(alpha)
            return Found(key=key, alpha=alpha, doubt=read_doubt(png), notes=read_notes(png))
        if prepared.alpha is not None:
            return Found(key="photo", alpha=prepared.alpha)
        key, png = self._stored(context, prepared)
        # Always the alpha as stored, so that the first run equals every later one.
        alpha = alpha_from_png(png, size)
        return Found(
            key=key,
            alpha=alpha,
            doubt=read_doubt(png),
            is_trusted=False,
            notes=read_notes(png),
        )

    def _stored(self, context: StepContext, prepared: PreparedPhoto) -> tuple[str, bytes]:
        """The stored cut-out of the declared backend, made and kept where there is none."""
        from prodimages.cutouts.proposals.find import notes_on
        from prodimages.cutouts.refinement.confidence import assess
        from prodimages.cutouts.refinement.doubt import doubt_of
        from prodimages.cutouts.refinement.refine import VERSION, refine
        from prodimages.cutouts.registry import cutout_backend
        from prodimages.imaging.alpha import alpha_to_png, bounding_box
        from prodimages.imaging.naming import color_names
        from prodimages.imaging.support import far_edge

        backend = cutout_backend()
        key = f"{backend.key}+refine@{VERSION}"
        if (stored := context.cutouts.load(key)) is not None:
            return key, stored
        coarse = backend.alpha(prepared.rgb)
        context.advance(0.5)
        context.stop_if_canceled()
        alpha, doubt = refine(prepared.rgb, coarse), doubt_of(prepared.rgb, coarse)
        notes = notes_on(prepared.rgb, alpha)
        stored = attach(alpha_to_png(alpha, doubt=doubt), notes)
        confidence, reasons = assess(prepared.rgb, alpha, doubt)
        details = {
            "width": alpha.shape[1],
            "height": alpha.shape[0],
            "confidence": confidence,
            "reasons": reasons,
            "box": bounding_box(alpha),
            "colors": color_names(prepared.rgb, alpha),
            "proposals": [noted.as_json() for noted in notes.found],
            "far_edge": far_edge(prepared.rgb, alpha),
        }
        context.cutouts.save(key, stored, details=details)
        return key, stored


def remove_extras(
    context: StepContext, found: Found, kinds: Collection[str]
) -> tuple[Found, list[dict[str, Any]], list[str]]:
    """Take out what the style wants out; the stored cut-out stays as it is.

    Returns the cut-out, the record of what was removed, and the kinds of what else may not be
    the product. None are named of a version that somebody looked at and approved.
    """
    import numpy as np

    kept = context.cutouts.kept_extras()
    questions = [
        noted
        for noted in found.notes.found
        if not any(is_same(noted.kind, noted.box, *other) for other in kept)
    ]
    out = [noted for noted in questions if noted.kind in kinds and noted.confidence >= SURE]
    left = [str(noted.kind) for noted in questions if noted not in out]
    if left and not found.is_trusted:
        context.notices.append(words_for(left))
    if out:
        size = found.alpha.shape[1], found.alpha.shape[0]
        area = np.asarray(area_of(found.notes, (noted.number for noted in out), size))
        alpha = found.alpha * (1 - area.astype(np.float32) / 255)
        found = dataclasses.replace(found, alpha=alpha)
    record = [
        {"name": "remove", "kind": str(noted.kind), "confidence": noted.confidence, "by": "style"}
        for noted in out
    ]
    return found, record, [] if found.is_trusted else left


def _may_remain(operations: list[dict[str, Any]]) -> str:
    """What to look at where a hanger was taken out that nobody saw go: its bar lies in the neck."""
    if any(done["kind"] == Extra.HANGER for done in operations):
        return _("A hanger was taken out; see whether a part of it is left in the neck.")
    return ""


def _filled(found: Found, foreground: np.ndarray) -> np.ndarray:
    """The product's colors, with what staff removed from on top of it filled in."""
    if not found.notes.filled:
        return foreground
    import numpy as np

    from prodimages.imaging.fill import fill

    size = found.alpha.shape[1], found.alpha.shape[0]
    area = area_of(found.notes, found.notes.filled, size)
    return fill(foreground, np.asarray(area, dtype=np.float32) / 255)


def _fillings(found: Found) -> list[dict[str, Any]]:
    parts = len(found.notes.filled)
    return [{"name": "fill", "parts": parts, "by": "staff"}] if parts else []


def stop_for_a_look(context: StepContext, why: str) -> None:
    """Leave a doubtful cut-out to staff; where there are none, say so and go on.

    Raises JobFailure(CHECK_CUTOUT).
    """
    if not context.stops_for_staff:
        context.notices.append(_("Look at the cut-out: %(why)s") % {"why": why})
        return
    message = _("The cut-out needs a look before pictures are made with it. %(why)s")
    raise JobFailure(FailureKind.CHECK_CUTOUT, message % {"why": why})
