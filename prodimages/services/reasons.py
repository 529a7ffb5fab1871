"""What is to be said against a picture: its checks and notices in the words of ``Reason``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count

from prodimages.choices import ImageState, Reason
from prodimages.models import GeneratedImage

_OF_CHECK = {
    "product_changed": Reason.COLOR,
    "enlarged": Reason.ENLARGED,
    "edge_contrast": Reason.CONTRAST,
    "touches_frame": Reason.CUT,
    "shows_cuts": Reason.CUT,
    "cutout": Reason.EDGE,
    "extras": Reason.EDGE,
    "light": Reason.LIGHT,
    "grown": Reason.EDGE,
}
_WEIGHTS = {
    Reason.CUT: 4,
    Reason.COLOR: 4,
    Reason.EDGE: 3,
    Reason.LIGHT: 2,
    Reason.CONTRAST: 2,
    Reason.ENLARGED: 2,
    Reason.WORDS: 1,
}
_FAILED = 100
"""Added for a picture that did not pass: it stands before any number of mere remarks."""


def of_picture(details: Mapping[str, Any], notices: Sequence[str] = ()) -> dict[str, Any]:
    """The columns ``reasons`` and ``severity`` for a picture with these details.

    ``notices`` are those of its plan: words that its engine can't honor.
    """
    checks = details.get("fidelity", {}).get("checks", [])
    found = {_OF_CHECK.get(check["code"], Reason.OTHER) for check in checks}
    if notices or details.get("notices"):
        found.add(Reason.WORDS)
    sorted_ = sorted(found, key=lambda reason: (-_weight(reason), reason))
    severity = sum(map(_weight, found)) + (0 if details.get("passed", True) else _FAILED)
    return {"reasons": stored(sorted_), "severity": severity}


def stored(reasons: Iterable[Reason]) -> str:
    """As the column keeps them: ``,edge,words,``; empty for none."""
    codes = ",".join(reasons)
    return f",{codes}," if codes else ""


def _weight(reason: Reason) -> int:
    return _WEIGHTS.get(reason, 1)


def rejections(style_keys: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many pictures of each style were rejected, by reason, most often first; one query."""
    rows = (
        GeneratedImage.objects.filter(job__style__in=list(style_keys), state=ImageState.REJECTED)
        .values_list("job__style", "reject_code")
        .annotate(number=Count("pk"))
        .order_by("job__style", "-number", "reject_code")
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for style, code, number in rows:
        counts[style][code] = number
    return dict(counts)
