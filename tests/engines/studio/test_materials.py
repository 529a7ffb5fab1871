from __future__ import annotations

import numpy as np
import pytest

from prodimages.engines.studio.color import linear
from prodimages.engines.studio.materials import Patch, surface_material, wall_material
from prodimages.engines.studio.vocabulary import DISTANT, SURFACES, WALLS

STEP = 0.05
PAINTED = [name for name in WALLS if name not in DISTANT]


def patch(left: float, bottom: float, size: int = 160, step: float = STEP) -> Patch:
    along = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(step)
    return Patch(
        np.tile(along[None, :] + np.float32(left), (size, 1)),
        along[:, None] + np.float32(bottom),
        step,
        step,
    )


@pytest.mark.parametrize("name", SURFACES)
def test_a_place_looks_the_same_in_any_patch(name: str) -> None:
    material = surface_material(name, None, np.random.default_rng(5))
    whole = material.finish(patch(0, 0)).albedo
    part = material.finish(patch(40 * STEP, 24 * STEP, size=64)).albedo
    assert np.abs(whole[24:88, 40:104] - part).max() < 0.02


@pytest.mark.parametrize("name", SURFACES)
def test_albedo_is_physical_and_not_flat(name: str) -> None:
    albedo = surface_material(name, None, np.random.default_rng(5)).finish(patch(0, 0)).albedo
    assert albedo.min() >= 0
    assert albedo.max() < 1.05
    assert albedo.std(axis=(0, 1)).max() > 0.002


@pytest.mark.parametrize("name", PAINTED)
def test_walls_take_their_color(name: str) -> None:
    albedo = wall_material(name, "#336699", np.random.default_rng(1)).finish(patch(0, 0)).albedo
    mean = albedo.mean((0, 1))
    wanted = linear("#336699")
    assert mean.argmax() == 2
    assert mean.argmin() == 0
    assert np.abs(mean - wanted).max() < 0.15


def test_bricks_are_as_large_as_bricks() -> None:
    """Courses of 6.5 cm and joints of 1 cm: the rows' brightness repeats every 7.5 cm."""
    brick = wall_material("brick", "#402018", np.random.default_rng(1))
    rows = brick.finish(patch(0, 0, size=900, step=0.1)).albedo.mean((1, 2))
    spectrum = np.abs(np.fft.rfft(rows - rows.mean()))
    assert 90 / np.argmax(spectrum) == pytest.approx(7.5, abs=0.35)


def test_planks_are_as_wide_as_planks() -> None:
    oak = surface_material("oak", None, np.random.default_rng(3))
    rows = oak.finish(patch(0, 0, size=1200, step=0.05)).albedo.mean((1, 2))
    gaps = np.flatnonzero(rows < 0.6 * np.median(rows)) * 0.05
    starts = gaps[np.concatenate([[True], np.diff(gaps) > 1])]
    assert len(starts) >= 3
    assert all(9 <= width <= 14 for width in np.diff(starts))


def test_linen_has_threads_of_a_millimeter() -> None:
    linen = surface_material("linen", None, np.random.default_rng(3))
    albedo = linen.finish(patch(0, 0, size=512, step=0.0125)).albedo[..., 1]
    spectrum = np.abs(np.fft.rfft(albedo - albedo.mean(), axis=1)).mean(0)
    spectrum[:30] = 0  # slower than 2 mm: the threads' unevenness
    assert 512 * 0.0125 / np.argmax(spectrum) == pytest.approx(0.1, abs=0.01)


def test_detail_below_a_pixel_is_averaged_away() -> None:
    linen = surface_material("linen", None, np.random.default_rng(3))
    near = linen.finish(patch(0, 0, step=0.02)).albedo
    far = linen.finish(patch(0, 0, step=0.5)).albedo
    assert far.std() < near.std()


def test_paving_stones_are_twenty_by_ten() -> None:
    paving = surface_material("paving", None, np.random.default_rng(1))
    rows = paving.finish(patch(0, 0, size=1200, step=0.1)).albedo.mean((1, 2))
    spectrum = np.abs(np.fft.rfft(rows - rows.mean()))
    assert 120 / np.argmax(spectrum) == pytest.approx(10.1, abs=0.4)
