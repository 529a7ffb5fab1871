"""An enlarger without weights."""

from __future__ import annotations

from prodimages.enlargement.base import Enlarger
from prodimages.exceptions import JobCanceled


class SmoothEnlarger(Enlarger):
    """Interpolates; faithful, quick, and without any learned detail."""

    name = "smooth"

    def enlarge(self, rgb, factor, *, on_progress=lambda fraction: None, is_canceled=lambda: False):
        import numpy as np
        from PIL import Image

        if is_canceled():
            raise JobCanceled
        size = rgb.shape[1] * factor, rgb.shape[0] * factor
        on_progress(1.0)
        return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC))


class NotInstalled(SmoothEnlarger):
    def missing(self):
        return "It is not installed."
