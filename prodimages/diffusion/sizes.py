"""The size at which a model paints, which may differ from that of the picture."""

from __future__ import annotations

import math

from prodimages.engines.presets import Preset


def painted_size(width: int, height: int, preset: Preset) -> tuple[int, int]:
    """Width and height in pixels: the picture's shape, an area that suits the model, and
    sides that are multiples of what its latent grid needs.

    The shape is kept within half such a multiple a side; the picture is resized back.
    """
    least, most = (side**2 for side in preset.sides)
    multiple = preset.parts.multiple
    area = min(max(width * height, least), most)
    scale = math.sqrt(area / (width * height))
    across, down = (
        max(multiple, round(side * scale / multiple) * multiple) for side in (width, height)
    )
    while across * down > most and max(across, down) > multiple:  # rounding up must not exceed it
        if across >= down:
            across -= multiple
        else:
            down -= multiple
    return across, down
