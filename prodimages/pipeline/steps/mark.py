"""Step ``mark``: encodes each picture and its thumbnail with the provenance mark."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from prodimages.choices import SourceType, Task
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.spec import Step

if TYPE_CHECKING:
    import numpy as np

    from prodimages.engines.base import EnginePicture
    from prodimages.imaging.types import EncodedPicture

THUMBNAIL_SIDE = 256


class Mark(Step):
    """Parameters: ``format`` (jpeg, png or webp; default jpeg) and ``quality`` (1..100,
    default 92).

    A packshot's border pixels that are pure white stay so in the file, which
    marketplaces verify.
    """

    name = "mark"
    needs = frozenset({"composed", "generated"})
    gives = frozenset({"encoded"})
    each_picture = True

    def run(self, context: StepContext, parameters: Mapping[str, Any]) -> None:
        encoded = {}
        for done, index in enumerate(context.indexes, start=1):
            context.stop_if_canceled()
            rgb, picture = context["composed"][index], context["generated"][index]
            encoded[index] = self._encode(context, parameters, rgb, picture)
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
        must_be_white = context.plan.task == Task.PACKSHOT
        write = encode.encode_exact_white if must_be_white else encode.encode
        content = write(rgb, format=format, quality=quality, source_type=source_type.value)
        if must_be_white and not encode.border_stays_white(rgb, content):
            context.notices.append(_("Not every border pixel is pure white after encoding."))
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


def _source_type(context: StepContext, picture: EnginePicture) -> SourceType:
    """The engine's word for the whole, unless a trained model had a hand in the product."""
    if context.artifacts.get("enlarged") is None or picture.source_type == SourceType.TRAINED:
        return picture.source_type
    return SourceType.COMPOSITE_WITH_TRAINED
