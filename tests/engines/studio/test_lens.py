"""The scene gets the blur, the grain and the black of the product's photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from prodimages.choices import Task
from prodimages.engines import EnginePicture, PlacedProduct
from prodimages.engines.studio.lens import Lens
from prodimages.imaging.measure import Measured
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
CLEAR: dict[str, Any] = {"blur": 0.0, "grain": 0.0, "black": 0.0, "light": None}


def photographed(scale: float = 1.0, **faults: Any) -> PlacedProduct:
    measured = Measured(**(CLEAR | faults))
    return dataclasses.replace(product(), measured=measured, scale=scale)


def grain_of(picture: EnginePicture) -> float:
    """Deviation of luma in 8-bit levels over plain paper, of what is finer than 6 pixels."""
    paper = picture.rgb[20:160, 20:460].mean(-1) * 255
    return float((paper - ndimage.gaussian_filter(paper, 6)).std())


def test_grain_follows_the_photo(shoot: Shoot) -> None:
    clean, noisy = (
        grain_of(shoot(photographed(grain=grain), scene="sweep", color="#4a4d52"))
        for grain in (0, 4)
    )
    assert clean < 0.2
    assert 1.5 < noisy < 4.5


def test_a_soft_photo_gets_a_soft_table(shoot: Shoot) -> None:
    def detail(placed: PlacedProduct) -> float:
        rows = shoot(placed, scene="oak-table", shadow="none").rgb[400:470, :120].mean(-1)
        return float(np.abs(np.diff(rows, axis=0)).mean())

    assert detail(photographed(blur=2.0)) < 0.8 * detail(photographed())


def test_veiled_black_lifts_the_scene_s_black(shoot: Shoot) -> None:
    deep, veiled = (
        shoot(photographed(black=black), scene="evening").rgb[:150] for black in (0.0, 0.006)
    )
    assert np.percentile(veiled, 1) > np.percentile(deep, 1) + 0.01


def test_a_pale_product_lifts_no_black_beyond_the_bound() -> None:
    assert Lens.of(photographed(black=0.3)).black < 0.01


def test_the_faults_are_scaled_with_the_product() -> None:
    small, large = (Lens.of(photographed(scale, blur=2.0, grain=3.0)) for scale in (0.3, 0.9))
    assert small.blur < 0.5 * large.blur
    assert small.grain < 0.5 * large.grain
    assert Lens.of(photographed(1.5, grain=3.0)).grain == pytest.approx(3.0)


def test_faults_are_bounded() -> None:
    worst = Lens.of(photographed(1.5, blur=30.0, grain=40.0))
    assert worst.blur <= 0.004 * 480
    assert worst.grain <= 4


def test_enlarged_grain_keeps_its_strength_and_is_coarser() -> None:
    random = np.random.default_rng(3)
    fine, coarse = (
        Lens(grain=2.0, grain_size=size).noise((400, 400), random) for size in (0.0, 0.9)
    )
    assert fine.std() * 255 == pytest.approx(2.0, rel=0.03)
    assert coarse.std() * 255 == pytest.approx(2.0, rel=0.1)
    assert np.abs(np.diff(coarse)).mean() < 0.8 * np.abs(np.diff(fine)).mean()


def test_a_noisy_photo_s_packshot_stays_exactly_white(shoot: Shoot) -> None:
    picture = shoot(photographed(blur=2.0, grain=6.0, black=0.05), task=Task.PACKSHOT)
    border = [picture.rgb[0], picture.rgb[-1], picture.rgb[:, 0], picture.rgb[:, -1]]
    assert all((edge == 1).all() for edge in border)
    assert (picture.rgb[:120] == 1).all()


def test_the_seed_decides_the_grain(shoot: Shoot) -> None:
    placed = photographed(grain=3.0)
    one, again, other = (shoot(placed, scene="sweep", seed=seed).rgb for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
