"""Step ``mark``: encodes each picture and its thumbnail with the provenance mark."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import SourceType, Task
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step
from prodimages.pipeline.steps.fidelity import check

if TYPE_CHECKING:
    import numpy as np

    from prodimages.engines.base import EnginePicture
    from prodimages.imaging.types import EncodedPicture

THUMBNAIL_SIDE = 256
FULL_CHROMA = "4:4:4"


class Mark(Step):
    """Parameters: ``format`` (jpeg, png or webp; default jpeg) and ``quality`` (1..100,
    default 92).

    A white packshot's file is decoded again and verified as marketplaces verify it: corners and
    border exactly white, color at full resolution. What it found goes into the picture's report.
    """

    name = "mark"
    version = 2
    needs = frozenset({"composed", "generated", "fidelity"})
    gives = frozenset({"encoded"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        encoded = {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            rgb, picture = context["composed"][index], context["generated"][index]
            encoded[index] = self._encode(context, parameters, rgb, picture)
            if _is_white_packshot(context, picture):
                _verify(context, index, encoded[index].content)
            context.advance(done / len(context.indexes))
        context["encoded"] = encoded

    def _encode(
        self,
        context: StepContext,
        parameters: Mapping[str, Any],
        rgb: np.ndarray,
        picture: EnginePicture,
    ) -> EncodedPicture:
        from prodimages.imaging import encode
        from prodimages.imaging.types import EncodedPicture

        format, quality = (
            parameters.get("format", "jpeg"),
            int(parameters.get("quality", 92)),
        )
        source_type = _source_type(context, picture)
        must_be_white = _is_white_packshot(context, picture)
        write = encode.encode_exact_white if must_be_white else encode.encode
        content = write(rgb, format=format, quality=quality, source_type=source_type.value)
        return EncodedPicture(
            content=content,
            thumbnail=encode.thumbnail(content, THUMBNAIL_SIDE),
            width=rgb.shape[1],
            height=rgb.shape[0],
            format=format,
            mime=encode.MIMES[format],
            sha256=hashlib.sha256(content).hexdigest(),
            source_type=source_type,
        )


def _is_white_packshot(context: StepContext, picture: EnginePicture) -> bool:
    from prodimages.imaging.whiteness import is_meant_white

    return context.plan.task == Task.PACKSHOT and is_meant_white(picture.rgb)


def _verify(context: StepContext, index: int, content: bytes) -> None:
    """Tell in the picture's report what its file decodes to; a remark where that is not white."""
    from prodimages.imaging.whiteness import whiteness

    found = whiteness(content, context["placed"].alpha)
    report = context["fidelity"][index]
    report["white"] = {"border": found.border, "off": found.off, "chroma": found.chroma}
    if found.off:
        message = _("%(off)d of %(all)d pixels of the border are not pure white in the file.")
        values = {"off": found.off, "all": found.border}
        report["checks"].append(check("white_border", message % values, found.off))
    if found.chroma != FULL_CHROMA:
        message = _("The file keeps color at a reduced resolution (%(chroma)s).")
        report["checks"].append(check("chroma", message % {"chroma": found.chroma}, 1.0))


def _source_type(context: StepContext, picture: EnginePicture) -> SourceType:
    """The engine's word for the whole, unless a trained model had a hand in the product."""
    if context.artifacts.get("enlarged") is None or picture.source_type == SourceType.TRAINED:
        return picture.source_type
    return SourceType.COMPOSITE_WITH_TRAINED
