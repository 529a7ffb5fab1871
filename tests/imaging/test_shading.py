"""The side of the light, on products that were rendered under a light of known side."""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from scipy import ndimage

from prodimages.imaging.shading import key_light
from shop_integration.demo.rendering.photo import RenderedProduct, photograph

ROUND = ("flask", "lamp", "mug", "vase")
FLAT_OR_BOXY = ("journal", "tote", "tshirt")


@cache
def lit(slug: str, azimuth: float) -> RenderedProduct:
    """A demo product, the window ``azimuth`` degrees right of the camera."""
    scene = import_module(f"shop_integration.demo.rendering.scenes.{slug}").SCENE
    return photograph(dataclasses.replace(scene, light=(azimuth, 38.0)), 200, 0)


@pytest.mark.parametrize("slug", ROUND)
@pytest.mark.parametrize("azimuth", [-50, 50])
def test_the_side_is_that_of_the_window(slug: str, azimuth: float) -> None:
    photo = lit(slug, azimuth)
    found = key_light(photo.rgb, photo.alpha)
    assert found is not None
    assert found.side == ("left" if azimuth < 0 else "right")
    assert 1.5 < found.ratio < 5
    assert not found.is_hard


@pytest.mark.parametrize("slug", ROUND)
@pytest.mark.parametrize("azimuth", [0, 180])
def test_light_from_ahead_and_from_behind_is_unclear(slug: str, azimuth: float) -> None:
    photo = lit(slug, azimuth)
    assert key_light(photo.rgb, photo.alpha) is None


@pytest.mark.parametrize("slug", FLAT_OR_BOXY)
@pytest.mark.parametrize("azimuth", [-65, 0, 65])
def test_what_hardly_bulges_is_right_or_unclear(slug: str, azimuth: float) -> None:
    photo = lit(slug, azimuth)
    found = key_light(photo.rgb, photo.alpha)
    assert found is None or found.side == ("left" if azimuth < 0 else "right")


def ball(across: float, fill: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x in -1..1, alpha and linear light of a matte ball lit from ``across`` by a small lamp."""
    y, x = np.mgrid[-1.2:1.2:240j, -1.2:1.2:240j]
    z = np.sqrt(np.maximum(1 - x * x - y * y, 0))
    towards = np.array([across, -0.5, 0.6]) / np.linalg.norm([across, -0.5, 0.6])
    lamp = np.maximum(x * towards[0] + y * towards[1] + z * towards[2], 0)
    return x, (np.hypot(x, y) < 1).astype(np.float32), fill + (1 - fill) * lamp


def developed(light: np.ndarray) -> np.ndarray:
    gray = np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=-1)


def test_a_lamp_without_fill_is_hard() -> None:
    _, alpha, light = ball(1.4, fill=0.03)
    found = key_light(developed(0.6 * light), alpha)
    assert found is not None
    assert found.side == "right"
    assert found.is_hard


def test_paint_is_not_taken_for_shading() -> None:
    """Two tones under flash: the dark half is no shaded half."""
    x, alpha, light = ball(0.0, fill=0.5)
    assert key_light(developed(np.where(x < 0.1, 0.7, 0.15) * light), alpha) is None


def test_two_tones_do_not_turn_the_light_around() -> None:
    x, alpha, light = ball(1.4, fill=0.2)
    found = key_light(developed(np.where(x < -0.2, 0.75, 0.3) * light), alpha)
    assert found is None or found.side == "right"


def test_a_pattern_is_unclear() -> None:
    _, alpha, light = ball(1.4, fill=0.2)
    checks = np.indices(alpha.shape).sum(0) // 4 % 2
    assert key_light(developed(np.where(checks, 0.8, 0.2) * light), alpha) is None


def test_grain_and_blur_do_not_hide_the_side() -> None:
    _, alpha, light = ball(-1.4, fill=0.2)
    noisy = 0.6 * ndimage.gaussian_filter(light, 2)
    noisy = noisy + np.random.default_rng(1).normal(0, 0.02, light.shape)
    found = key_light(developed(noisy), alpha)
    assert found is not None
    assert found.side == "left"


def test_nothing_to_see_is_unclear() -> None:
    rgb = np.zeros((40, 40, 3), np.uint8)
    assert key_light(rgb, np.zeros((40, 40), np.float32)) is None
    assert key_light(rgb, np.ones((40, 40), np.float32)) is None
