"""The versions of a photo's cut-out, as staff read them."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext as _

from prodimages.choices import Extra
from prodimages.conf import settings
from prodimages.models import Cutout, SourcePhoto

_HIGH = 0.9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Version:
    cutout: Cutout
    number: int
    """1 for the photo's oldest."""
    based_on: int | None
    """The number of the version that it was painted over."""
    is_in_force: bool

    @property
    def origin(self) -> str:
        """Who or what made it, in words."""
        if not self.cutout.by_staff:
            return _("Found automatically")
        who = self.cutout.created_by or _("somebody")
        if self.cutout.removed and self.based_on is not None:
            kinds = dict.fromkeys(str(Extra(kind).label) for kind in self.cutout.removed)
            return _("%(who)s removed from version %(number)d: %(kinds)s") % {
                "who": who,
                "number": self.based_on,
                "kinds": ", ".join(kinds),
            }
        if self.based_on is None:
            return _("Mask by %(who)s") % {"who": who}
        return _("Painted by %(who)s over version %(number)d") % {
            "who": who,
            "number": self.based_on,
        }

    @property
    def is_used(self) -> bool:
        """Whether jobs go on with it: by somebody's choice, or as good enough for anybody."""
        value = self.cutout.confidence
        is_chosen = self.cutout.approved_at is not None
        return self.is_in_force and (
            is_chosen or value is None or value >= settings.CUTOUT_MIN_CONFIDENCE
        )

    @property
    def is_draft(self) -> bool:
        return self.cutout.by_staff and self.cutout.approved_at is None

    @property
    def confidence(self) -> str:
        """How far the backend trusts it, in words; empty for what people made."""
        value = self.cutout.confidence
        if value is None:
            return ""
        if value < settings.CUTOUT_MIN_CONFIDENCE:
            words = _("Confidence %(percent)d %%: too low to go on without a look")
        elif value < _HIGH:
            words = _("Confidence %(percent)d %%: fair")
        else:
            words = _("Confidence %(percent)d %%: high")
        return words % {"percent": round(100 * value)}


def versions(photo: SourcePhoto) -> list[Version]:
    """The newest first."""
    rows = list(photo.cutouts.order_by("pk").select_related("created_by", "approved_by"))
    in_force = Cutout.objects.in_force(photo)
    numbers = {row.pk: number for number, row in enumerate(rows, start=1)}
    return [
        Version(
            cutout=row,
            number=numbers[row.pk],
            based_on=numbers.get(row.based_on_id or 0),
            is_in_force=row == in_force,
        )
        for row in reversed(rows)
    ]
