"""Where the ground behind a product shows through it: bracelets, frames, handles, slats.

Backends fill a ring, as if it were a plate. Colors alone can't tell once most of what was cut out
is ground; but the ground is known all around, so what it would look like behind the product is
known as well.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from prodimages.imaging.color import lab

_ROUGH = 3.0
"""CIE76 by which three quarters of the ground may miss what is expected of it; wood misses more."""
_ALIKE = 1.5
"""CIE76 from what is expected that is ground still."""
_RIM = 0.007
"""Share of the picture's longer side: of the product's rim, and what half an opening exceeds."""
_NEAR = 3
"""Pixels beyond the product where it has no shadow's edge and no halo any more."""
_LEAST_GROUND = 0.05
"""Share of the picture that has to be seen of the ground."""
_LEAST_CONTRAST = 6.0
"""CIE76 between an opening and what is around it."""
_EDGE = 0.6
"""Share of that contrast at which an opening ends: a little late, as a light fringe shows most."""


def ground_within(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(h, w) bool: openings in the product up to their edges, as far as the colors tell.

    ``rgb`` (h, w, 3) uint8 and ``alpha`` (h, w) 0..1, some hundred pixels wide. Lightness and
    color of the ground are taken to change over the picture as a polynomial of second degree,
    fitted by least squares in CIELAB. Nothing before a ground of which that isn't true.
    """
    product = alpha > 0.5
    nothing = np.zeros_like(product)
    ground = ndimage.distance_transform_edt(alpha < 0.05) > _NEAR
    if not product.any() or ground.mean() < _LEAST_GROUND:
        return nothing
    missed = _missed(lab(rgb).astype(np.float32), ground)
    noise = float(np.percentile(missed[ground], 75))
    if noise > _ROUGH:
        return nothing
    rim = max(2.0, _RIM * max(alpha.shape))
    alike = missed < max(_ALIKE, 1.5 * noise)
    inner = alike & (ndimage.distance_transform_edt(product) > rim)
    wide = ndimage.distance_transform_edt(inner) > rim
    patches = inner & ndimage.binary_dilation(wide, iterations=max(1, round(rim)))
    return _to_their_edges(patches, missed, product, round(2 * rim))


def _missed(colors: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """(h, w) CIE76 between the smoothed picture and what is expected of the ground there."""
    smooth = ndimage.gaussian_filter(colors, (1, 1, 0))
    height, width = ground.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    fitted, *_rest = np.linalg.lstsq(terms[ground], smooth[ground], rcond=None)
    found: np.ndarray = np.linalg.norm(smooth - terms @ fitted, axis=-1)
    return found


def _to_their_edges(
    patches: np.ndarray, missed: np.ndarray, product: np.ndarray, reach: int
) -> np.ndarray:
    """Each patch as far as colors are no nearer to those around it than to the ground's."""
    labels, _count = ndimage.label(patches)
    grown = np.zeros_like(patches)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = (slice(max(0, one.start - 2 * reach), one.stop + 2 * reach) for one in box)
        patch = labels[rows, columns] == number
        near = ndimage.binary_dilation(patch, iterations=reach)
        around = ndimage.binary_dilation(near, iterations=reach) & ~near & product[rows, columns]
        if not around.any():
            continue
        contrast = float(np.median(missed[rows, columns][around]))
        if contrast > _LEAST_CONTRAST:
            grown[rows, columns] |= near & (missed[rows, columns] < _EDGE * contrast)
    return grown & product
