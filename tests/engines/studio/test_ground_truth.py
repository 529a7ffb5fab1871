"""Finished scenes with and without shadow: what the product takes from the light, and where."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prodimages.choices import Task
from prodimages.engines import EnginePicture, PlacedProduct, View
from prodimages.engines.studio.camera import Camera
from prodimages.engines.studio.silhouette import silhouette
from prodimages.imaging.composite import composite
from tests.engines.studio.products import product

Shoot = Callable[..., EnginePicture]
SIDE = 480
GROUND = 394
"""The row under the heel's and the sole's lowest pixels."""


def drawn(*outlines: list[tuple[int, int]], width_cm: float = 24.0) -> PlacedProduct:
    """A product of polygons in pixels of a SIDE x SIDE canvas."""
    image = Image.new("L", (4 * SIDE, 4 * SIDE))
    for outline in outlines:
        ImageDraw.Draw(image).polygon([(4 * x, 4 * y) for x, y in outline], fill=255)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    alpha = np.asarray(small, dtype=np.float32) / 255
    rows, columns = np.nonzero(alpha > 0.5)
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    rgb = np.zeros((SIDE, SIDE, 3), np.uint8)
    rgb[alpha > 0] = (120, 40, 40)
    return PlacedProduct(rgb=rgb, alpha=alpha, box=box, scale=1.0, width_cm=width_cm)


def heel() -> PlacedProduct:
    """A pump from the side: sole from column 110 to 220, arch, heel from 372 to 388."""
    upper = [(96, 380), (110, 360), (190, 340), (270, 280), (330, 200), (360, 140), (392, 140)]
    under = [(388, GROUND), (372, GROUND), (350, 290), (310, 290), (220, GROUND), (110, GROUND)]
    return drawn([*upper, *under])


def taken(shoot: Shoot, placed: PlacedProduct, **wishes: str) -> np.ndarray:
    """(H, W) share 0..1 of the brightness that the product's shadow takes."""
    lit, bare = (
        shoot(placed, scene="sweep", shadow=shadow, **wishes).rgb.mean(-1)
        for shadow in (wishes.pop("shadow", "soft"), "none")
    )
    return np.asarray(1 - lit / bare)


def test_the_shadow_s_centroid_lies_away_from_the_light(shoot: Shoot) -> None:
    placed = product(shape="cylinder")
    middle = (placed.box[0] + placed.box[2]) / 2
    centroids = {}
    for side in ("left", "right", "front", "back"):
        dark = np.where(placed.alpha > 0, 0, np.maximum(taken(shoot, placed, light=side), 0))
        rows, columns = np.indices(dark.shape)
        centroids[side] = (rows * dark).sum() / dark.sum(), (columns * dark).sum() / dark.sum()
    assert centroids["left"][1] > middle + 40
    assert centroids["right"][1] < middle - 40
    assert centroids["back"][0] > centroids["front"][0] + 10


def test_the_ground_under_a_heel_s_arch_is_lit(shoot: Shoot) -> None:
    dark = taken(shoot, heel(), light="front")
    below = dark[GROUND : GROUND + 2]
    assert below[:, 130:200].mean() > 0.18
    assert below[:, 374:386].mean() > 0.12
    assert dark[GROUND - 4 : GROUND + 3, 270:330].mean() < 0.08


@pytest.mark.parametrize("light", ["left", "front", "right"])
def test_no_gap_shows_between_sole_and_shadow(shoot: Shoot, light: str) -> None:
    """Within two pixels below each column of the sole the ground is darker already."""
    dark = taken(shoot, heel(), light=light)
    near = dark[GROUND : GROUND + 2, 114:216]
    assert near.max(axis=0).min() > 0.15


def test_the_ear_of_a_mug_does_not_touch_the_ground() -> None:
    body = [(120, 200), (300, 200), (300, 370), (270, 392), (150, 392), (120, 370)]
    ear = [(300, 240), (360, 250), (370, 340), (300, 356), (300, 338), (346, 326), (340, 270)]
    placed = drawn(body, ear, width_cm=12.0)
    camera = Camera.facing(
        placed.box, (SIDE, SIDE), elevation=20, width_cm=12.0, contact=placed.box[3]
    )
    front = silhouette(placed.alpha, placed.box, camera).front
    touching = np.isfinite(front)
    assert touching[160 - placed.box[0] : 260 - placed.box[0]].all()
    assert not touching[310 - placed.box[0] :].any()


def test_a_shadow_ends_before_a_packshot_s_border(shoot: Shoot) -> None:
    """It fades: from pixel to pixel along a row it never drops by more than a little."""
    placed = product(shape="cylinder", box=(0.08, 0.2, 0.92, 0.9))
    rgb = shoot(placed, task=Task.PACKSHOT, light="left").rgb[..., 0]
    right = rgb[:, placed.box[2] + 1 :]
    assert (rgb[:, -1] == 1).all()
    assert right.min() < 0.97
    assert np.abs(np.diff(right, axis=1)).max() < 0.06


def test_a_hanging_product_has_no_contact_s_dark_rim(shoot: Shoot) -> None:
    placed = product(shape="box", width_cm=40.0)
    left, _, _, bottom = placed.box
    view = View(support="wall")
    lit, bare = (
        shoot(placed, scene="sweep", light="left", shadow=shadow, view=view).rgb.mean(-1)
        for shadow in ("soft", "none")
    )
    dark = 1 - lit / bare
    right = placed.box[2]
    assert dark[250:330, right + 2].mean() > dark[250:330, left - 3].mean() + 0.05
    assert dark[250:330, left - 3].mean() < 0.15
    assert dark[bottom + 2, 200:280].mean() > 0.02


@pytest.mark.parametrize("elevation", [8.0, 20.0, 45.0])
def test_a_checker_floor_is_seen_from_within_half_a_degree(elevation: float) -> None:
    """The squares' width falls to nothing at the horizon, which gives the elevation away."""
    camera = Camera.facing(
        (300, 350, 720, 800), (1024, 1024), elevation=elevation, width_cm=21.0, contact=800
    )
    widths = []
    rows = np.arange(820, 1024, 12) + 0.5
    columns = np.arange(-1000, 1000) + 0.5
    for across, z in zip(*camera.floor(rows), strict=True):
        checks = (np.floor(across * columns) + np.floor(z)) % 2
        edges = np.flatnonzero(np.diff(checks))
        widths.append((edges[-1] - edges[0]) / (len(edges) - 1))
    slope, offset = np.polyfit(rows, widths, 1)
    seen = np.degrees(np.arctan((camera.center[1] + offset / slope) / camera.focal))
    assert seen == pytest.approx(elevation, abs=0.5)


def test_a_finished_gradient_has_no_bands(shoot: Shoot) -> None:
    """In 8 bits, too: rounded, the same sweep shows wide steps, which grain does not hide."""
    placed = product()
    rgb = shoot(placed, scene="gradient", shadow="none").rgb
    calm = np.repeat(rgb.mean(axis=1, keepdims=True), SIDE, axis=1)  # its grain averaged out
    kernel = np.ones(15) / 15
    calm[:, :, :] = np.apply_along_axis(np.convolve, 0, calm[:, 0], kernel, mode="same")[:, None]
    wanted = 255 * calm[20:150, 0, 1]
    finished = composite(calm, placed, seed=4)[20:150, :140, 1]
    rounded = np.rint(wanted)
    assert np.abs(rounded - wanted).max() > 0.4
    assert np.abs(finished.mean(axis=1) - wanted).max() < 0.2


@pytest.mark.parametrize("scene", ["sweep", "podium", "oak-table", "garden"])
def test_the_shade_of_a_product_of_unknown_view_falls_to_no_side(shoot: Shoot, scene: str) -> None:
    placed = product(shape="box")
    left, top, right, bottom = placed.box
    view = View(elevation=0, support="none")
    lit, bare = (
        shoot(placed, scene=scene, light="left", shadow=shadow, view=view).rgb.mean(-1)
        for shadow in ("soft", "none")
    )
    dark = 1 - lit / bare
    middle = slice(260, 300), slice(220, 260)
    beside = [dark[middle[0], left - 3].mean(), dark[middle[0], right + 2].mean()]
    along = [dark[top - 3, middle[1]].mean(), dark[bottom + 2, middle[1]].mean()]
    assert min(beside + along) > 0.02
    assert max(beside + along) - min(beside + along) < 0.03


def test_no_horizon_shows_behind_a_product_of_unknown_view(shoot: Shoot) -> None:
    rgb = shoot(scene="oak-table", view=View(elevation=0, support="none")).rgb.mean(-1)
    down = rgb[:, :100].mean(1)
    assert np.abs(np.diff(down)).max() < 0.01
