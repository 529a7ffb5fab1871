"""A part of a cut-out that may not belong to the product."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import Extra

if TYPE_CHECKING:
    import numpy as np

LEAST_CONFIDENCE = 0.5
"""Below this nothing is proposed: staff who see false alarms stop looking."""
SURE = 0.7
"""From this confidence on, a style that asks for it removes a part unseen."""
ON_PRODUCT = frozenset({Extra.STICKER})
"""What hides a part of the product: staff alone can say that it may be filled in."""
_SAME = 0.5
"""Overlap of two boxes, as intersection over union, from which they are about one thing."""

Box = tuple[float, float, float, float]
"""left, top, right, bottom as shares of the photo's sides, 0..1."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proposal:
    """A part that may be taken out of the cut-out. Nothing is done until somebody says so."""

    kind: Extra
    confidence: float
    """0..1."""
    box: Box
    mask: np.ndarray
    """(h, w) bool at working size, of the photo's proportions."""

    @property
    def words(self) -> str:
        return words_for([self.kind])


def words_for(kinds: Iterable[str]) -> str:
    """One sentence for staff about everything that was seen; empty for nothing."""
    known = sorted(set(kinds), key=list(Extra).index)
    if not known:
        return ""
    if len(known) == 1:
        return {
            Extra.HANGER: _("A hanger may be in the picture; look at the cut-out."),
            Extra.CLIP: _("Clips may be in the picture; look at the cut-out."),
            Extra.HAND: _("A hand may be in the picture; look at the cut-out."),
            Extra.STAND: _("A stand may be in the picture; look at the cut-out."),
            Extra.TAG: _("A tag may be in the picture; look at the cut-out."),
            Extra.STICKER: _("A sticker may be in the picture; look at the cut-out."),
            Extra.OPENING: _("The ground may show through an opening; look at the cut-out."),
        }[Extra(known[0])]
    listed = ", ".join(str(Extra(kind).label) for kind in known)
    return _("These may be in the picture: %(listed)s; look at the cut-out.") % {"listed": listed}


def removal_problem(value: Any) -> str:
    """What is wrong with a style's ``remove``, in words; empty for a list of kinds that it can."""
    known = [kind for kind in Extra if kind not in ON_PRODUCT]
    # "in" on a list, since JSON may hold what has no hash.
    if isinstance(value, list | tuple) and all(kind in known for kind in value):
        return ""
    listed = ", ".join(f"“{kind}”" for kind in known)
    return _("“remove” is a list of any of %(known)s.") % {"known": listed}


def is_same(kind: str, box: Box, other_kind: str, other_box: Box) -> bool:
    """Whether two findings, of two versions of a cut-out perhaps, are about one thing."""
    if kind != other_kind:
        return False
    wide = min(box[2], other_box[2]) - max(box[0], other_box[0])
    high = min(box[3], other_box[3]) - max(box[1], other_box[1])
    if wide <= 0 or high <= 0:
        return False
    both = _area(box) + _area(other_box) - wide * high
    return wide * high >= _SAME * both


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
