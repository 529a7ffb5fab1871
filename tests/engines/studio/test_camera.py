from __future__ import annotations

import numpy as np
import pytest

from prodimages.engines.studio.camera import Camera

BOX, CANVAS = (300, 350, 720, 800), (1024, 1024)


def camera(elevation: float, *, standing: bool = True) -> Camera:
    return Camera.facing(
        BOX, CANVAS, elevation=elevation, width_cm=21.0, contact=BOX[3] if standing else None
    )


@pytest.mark.parametrize("elevation", [5.0, 12.0, 30.0, 60.0, 90.0])
def test_the_product_keeps_its_size_and_place(elevation: float) -> None:
    standing = elevation < 50
    seen = camera(elevation, standing=standing)
    row = BOX[3] if standing else (BOX[1] + BOX[3]) / 2
    assert seen.project(0, 0, 0) == pytest.approx((510, row))
    assert seen.scale_at(0, 0) == pytest.approx(20.0)


@pytest.mark.parametrize("elevation", [8.0, 25.0, 70.0])
def test_rows_of_the_floor_project_back_to_themselves(elevation: float) -> None:
    seen = camera(elevation)
    rows = np.arange(700, 1000, 37) + 0.5
    across, z = seen.floor(rows, -3.0)
    for row, scale, depth in zip(rows, across, z, strict=True):
        column, projected = seen.project(float(scale) * 100, -3.0, float(depth))
        assert projected == pytest.approx(row, abs=1e-6)
        assert column == pytest.approx(510 + 100, abs=1e-6)


def test_upright_planes_project_back_to_themselves() -> None:
    seen = camera(15.0)
    across, y = seen.upright(np.array([400.5]), 40.0)
    column, row = seen.project(float(across[0]) * -80, float(y[0]), 40.0)
    assert (column, row) == pytest.approx((430, 400.5))


def test_a_square_of_the_floor_is_seen_from_the_stated_elevation() -> None:
    """A 1 cm checker square's shortening gives the angle back to within half a degree."""
    seen = camera(34.0)
    near, far = seen.project(0, 0, 0), seen.project(0, 0, 1)
    ray = np.degrees(np.arctan((BOX[3] - seen.center[1]) / seen.focal))
    shortening = (near[1] - far[1]) / seen.scale_at(0, 0.5)
    assert np.degrees(np.arcsin(shortening)) == pytest.approx(34.0 + ray, abs=0.5)


def test_nothing_of_the_floor_is_above_the_horizon() -> None:
    seen = camera(4.0)
    rows = np.array([seen.horizon - 5, seen.horizon + 5])
    across, _ = seen.floor(rows)
    assert np.isinf(across[0])
    assert np.isfinite(across[1])
