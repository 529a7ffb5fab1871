from __future__ import annotations

import numpy as np
import pytest

from prodimages.engines.studio.camera import Camera
from prodimages.engines.studio.flat_shadow import flat_shadow
from prodimages.engines.studio.light import Build, light_for
from prodimages.engines.studio.scenes import Scene
from prodimages.engines.studio.shadow import Map, standing_shadow
from prodimages.engines.studio.silhouette import Silhouette, silhouette
from tests.engines.studio.products import product


def body(shape: str, elevation: float = 14.0) -> Silhouette:
    placed = product(shape=shape)
    height, width = placed.alpha.shape
    camera = Camera.facing(
        placed.box, (width, height), elevation=elevation, width_cm=12.0, contact=placed.box[3]
    )
    return silhouette(placed.alpha, placed.box, camera)


def centroid(field: Map) -> tuple[float, float]:
    rows, columns = np.indices(field.values.shape)
    total = field.values.sum()
    return (
        field.origin[0] + field.step * float((columns * field.values).sum() / total),
        field.origin[1] + field.step * float((rows * field.values).sum() / total),
    )


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_the_cast_shadow_lies_away_from_the_light(side: str, sign: int) -> None:
    light = light_for(Scene(family="", light=side), standing=True)
    x, _ = centroid(standing_shadow(body("cylinder"), light).cast)
    assert sign * x > 1.5


def test_a_slim_product_gets_a_smaller_lamp_and_a_packshot_s_shadow_fits_its_margin() -> None:
    scene = Scene(family="", light="left")
    slim = light_for(scene, standing=True, build=Build(slimness=0.25))
    assert slim.size == pytest.approx(light_for(scene, standing=True).size / 2)
    packshot = Scene(family="packshot", light="left")
    runs = [
        light_for(packshot, standing=True, build=Build(margin=margin)).run[0]
        for margin in (0.05, 0.15, 0.8)
    ]
    assert runs == sorted(runs)
    assert runs[0] < 0.2 < runs[2] < 0.4  # of the product's height


def test_light_from_behind_throws_the_shadow_forward() -> None:
    standing = body("cylinder")
    depths = [
        centroid(
            standing_shadow(standing, light_for(Scene(family="", light=side), standing=True)).cast
        )[1]
        for side in ("back", "top", "front")
    ]
    assert depths == sorted(depths)


def test_the_contact_is_dark_under_feet_and_not_between_them() -> None:
    contact = standing_shadow(body("bridge"), light_for(Scene(family=""), standing=True)).contact
    z = np.array([[0.1]])
    under_foot, under_arch = contact.at(np.array([[-5.0]]), z), contact.at(np.array([[0.0]]), z)
    assert under_foot > 0.6
    assert under_arch < 0.02


def test_a_round_base_touches_deeper_at_its_sides() -> None:
    standing = body("cylinder")
    touching = np.flatnonzero(np.isfinite(standing.front))
    middle = len(standing.x) // 2
    assert standing.front[middle] == pytest.approx(0, abs=0.2)
    assert standing.front[touching[0]] > 1.0


def test_a_body_is_as_tall_as_it_looks() -> None:
    standing = body("box")
    assert standing.height == pytest.approx(12 * 216 / 192, rel=0.12)


def test_a_lying_product_shades_the_side_away_from_the_light() -> None:
    alpha = np.zeros((300, 300), np.float32)
    alpha[100:200, 100:200] = 1
    light = light_for(Scene(family="", light="left"), standing=False)
    shadow = flat_shadow(alpha, px_per_cm=10, thickness=1.5, light=light)
    assert shadow.cast[150, 205] > 0.25 > 0.1 > shadow.cast[150, 90]
    assert shadow.cast[205, 150] > shadow.cast[95, 150]
    assert shadow.contact[150, 260] < 0.001
