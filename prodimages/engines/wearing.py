"""What every engine that draws a try-on is given: the person with the region hidden, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.engines.base import GenerationRequest, TryOn
from prodimages.exceptions import JobFailure

if TYPE_CHECKING:
    import numpy as np

GRAY = 128
"""What hides the region: models look at the whole picture and would take over what is in it."""
MOST_SHIFT = 1.0
"""Pixels by which what lies outside of the region may have moved."""


def checked(request: GenerationRequest) -> TryOn:
    """The pictures of ``request``. Raises JobFailure in words when they don't fit together."""
    wish = request.try_on
    if wish is None:
        raise _refused(_("A try-on needs a person, a garment and the region that it covers."))
    shape = (request.height, request.width)
    if wish.person.shape != (*shape, 3) or wish.region.shape != shape:
        raise _refused(_("The person and the region must have the size of the picture."))
    if not wish.region.any() or wish.region.all():
        raise _refused(
            _("The region of a try-on covers nothing or everything; mark where the garment goes.")
        )
    return wish


def grayed(wish: TryOn) -> np.ndarray:
    """(H, W, 3) uint8: the person, with gray where the garment goes."""
    import numpy as np

    return np.where(wish.region[..., None], np.uint8(GRAY), wish.person)


def instruction(prompt: str) -> str:
    """For a model that has two pictures to look at and no mask that it must obey."""
    return (
        "Dress the person of picture 1 in the garment of picture 2, in place of what is gray. "
        f"Keep everything else exactly as and where it is. {prompt}"
    ).strip()


def shift(wish: TryOn, picture: np.ndarray) -> float:
    """Pixels by which ``picture`` (H, W, 3, float32 0..1) moved what lies outside the region."""
    import numpy as np

    from prodimages.imaging.registration import displacement

    outside = ~wish.region
    moved = displacement(wish.person.mean(axis=-1) / 255 * outside, picture.mean(axis=-1) * outside)
    return float(np.hypot(*moved))


def put_back(wish: TryOn, picture: np.ndarray) -> np.ndarray:
    """Outside of the region the person's own pixels, to the bit once they are 8 bits again."""
    import numpy as np

    person = wish.person.astype(np.float32) / 255
    return np.where(wish.region[..., None], picture, person).astype(np.float32)


def moved_words() -> str:
    return _("The model moved the person; another seed or a simpler prompt may help.")


def _refused(message: str) -> JobFailure:
    return JobFailure(FailureKind.ENGINE, message)
