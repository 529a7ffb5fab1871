from __future__ import annotations

import numpy as np
import pytest

from prodimages.engines.studio.pixels import blur, blur_widely


@pytest.mark.parametrize("sigma", [3.0, 20.0, 48.5])
def test_a_wide_blur_is_the_blur_nearly(sigma):
    """To three hundredths of its highest value, for a ring with nothing at the plane's edges."""
    rows, columns = np.indices((301, 417))
    plane = (np.abs(np.hypot(rows - 150, columns - 230) - 90) < 1).astype(np.float32)
    exact, quick = blur(plane, sigma), blur_widely(plane, sigma)
    assert quick.shape == plane.shape
    assert quick.min() >= 0
    assert np.abs(quick - exact).max() < 0.03 * exact.max()


def test_what_is_a_part_stays_one():
    """No more of the outline is lost anywhere than there is."""
    every = np.zeros((300, 300), np.float32)
    every[40:260, 100] = 1
    part = every.copy()
    part[150:] = 0
    assert (blur_widely(part, 40.0) <= blur_widely(every, 40.0) + 1e-7).all()
