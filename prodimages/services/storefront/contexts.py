"""Who looks, as far as pictures depend on it: never a person, always one of a few kinds."""

from __future__ import annotations

import dataclasses
import re

from django.utils.translation import gettext as _

from prodimages.exceptions import RequestRefused

LONGEST = 40
"""Characters of one part."""
_PART = re.compile(rf"(?:[a-z0-9][a-z0-9_-]{{0,{LONGEST - 1}}})?", re.ASCII)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Context:
    """What the shop's own code found out about a shopper. Empty parts make no difference.

    Each part is one of a few words that the shop chose: lower-case letters, digits, ``-`` and
    ``_``. Raises RequestRefused for anything else.
    """

    scene: str = ""
    """What the shopper chose, of the scenes that staff allow."""
    segment: str = ""
    """A kind of shopper: ``gift``, ``outdoor``. It stands in addresses: name it so that the
    shopper may read it."""
    locale: str = ""
    """``en`` or ``zh-hans``."""
    season: str = ""
    arm: str = ""
    """Of an A/B test."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str) or not _PART.fullmatch(value):
                raise RequestRefused.about(
                    field.name,
                    _("Use lower-case letters, digits, “-” and “_”, %(most)d at most.")
                    % {"most": LONGEST},
                )

    @property
    def key(self) -> str:
        """The variant key: the parts in order with dots between, ``marble.gift..winter``."""
        parts = (getattr(self, field.name) for field in dataclasses.fields(self))
        return ".".join(parts).rstrip(".")

    @classmethod
    def from_key(cls, key: str) -> Context:
        """The opposite of ``key``. Raises RequestRefused."""
        names = [field.name for field in dataclasses.fields(cls)]
        parts = key.split(".")
        context = cls(**dict(zip(names, parts, strict=False)))
        if context.key != key:  # a part too many, or an empty one at the end
            raise RequestRefused.about("v", _("This is no variant of a picture."))
        return context
