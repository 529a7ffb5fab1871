"""Step ``prepare``: the photo's bytes become upright sRGB pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import PREPARE, Step


class Prepare(Step):
    name = PREPARE
    gives = frozenset({"prepared"})

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        from prodimages.imaging.decode import decode_photo

        context["prepared"] = decode_photo(context.read_photo())
        context.advance(1.0)
