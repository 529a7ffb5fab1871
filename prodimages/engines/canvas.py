"""What a model paints around: the placed product on a background of its own picture.

Never the raw photo. Its background would show through wherever the model changes little,
and the product would stand where the photo had it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prodimages.choices import Task
from prodimages.engines.base import GenerationRequest
from prodimages.engines.studio import StudioEngine
from prodimages.engines.weighted import plain

if TYPE_CHECKING:
    import numpy as np

CANVASES = ("studio", "neutral")
NEUTRAL = 0.5
"""sRGB gray of the neutral canvas, 0..1."""


def canvas(request: GenerationRequest, kind: str = "studio") -> np.ndarray:
    """(H, W, 3) uint8 sRGB: the product of ``request`` on the picture's first draft."""
    from prodimages.imaging.composite import composite

    if request.product is None:
        raise ValueError("A canvas needs a placed product.")
    return composite(scene(request, kind), request.product, request.seed)


def scene(
    request: GenerationRequest, kind: str = "studio", parameters: Mapping[str, Any] | None = None
) -> np.ndarray:
    """(H, W, 3) float32 sRGB 0..1: the first draft without its product.

    ``studio`` renders the prompt's scene with the product's shadow, so that light,
    ground and shadow are there to start from; ``neutral`` is plain gray. ``parameters``
    are the studio's.
    """
    import numpy as np

    if kind == "neutral":
        return np.full((request.height, request.width, 3), NEUTRAL, dtype=np.float32)
    given = dict(parameters or {})
    draft = dataclasses.replace(
        request,
        task=Task.BACKGROUND,
        prompt=plain(request.prompt),
        parameters=given,
        negative_prompt="",
        fixed=request.fixed & given.keys(),
    )
    (picture,) = StudioEngine("studio", {}).generate(
        [draft], on_progress=lambda fraction: None, is_canceled=lambda: False
    )
    return picture.rgb


def repaint(request: GenerationRequest, ring: int = 2) -> np.ndarray:
    """(H, W) bool: what a model may paint: all but the product and ``ring`` pixels around it.

    The ring is kept from the canvas, so that the model does not make the product grow.
    """
    from scipy import ndimage

    if request.product is None:
        raise ValueError("A repaint mask needs a placed product.")
    product = request.product.alpha > 0
    return ~ndimage.binary_dilation(product, iterations=ring) if ring else ~product
