"""Step ``person``: the photo of who wears the product, upright and in working size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

_GRID = 2
"""Sides are multiples of this; a model's own grid, which would bend the person, is its own."""


class Person(Step):
    """Parameter: ``model``, the slug of the house model; read by whoever gives the context its
    person.

    The picture gets the photo's own shape, its longer side that of the plan.
    """

    name = "person"
    gives = frozenset({"person_rgb", "canvas"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        import numpy as np
        from PIL import Image

        from prodimages.imaging.decode import decode_photo

        if context.person is None:
            message = _("A try-on needs a house model; name one in the style's parameters.")
            raise JobFailure(FailureKind.PERSON, message)
        photo = decode_photo(context.person.read()).rgb
        height, width = photo.shape[:2]
        scale = max(context.plan.width, context.plan.height) / max(height, width)
        size = tuple(max(_GRID, round(side * scale / _GRID) * _GRID) for side in (width, height))
        image = Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS)
        context["person_rgb"], context["canvas"] = np.asarray(image), size
        context.advance(1.0)
