from __future__ import annotations

import numpy as np
import pytest

from prodimages.engines.studio.camera import Camera
from prodimages.engines.studio.silhouette import Silhouette, contact_row, silhouette
from tests.engines.studio.products import product

BOX = (144, 168, 336, 384)


def measured(alpha: np.ndarray, elevation: float = 16.0) -> Silhouette:
    contact = contact_row(alpha, BOX)
    camera = Camera.facing(BOX, (480, 480), elevation=elevation, width_cm=12.0, contact=contact)
    return silhouette(alpha, BOX, camera)


def corner(recede: float) -> np.ndarray:
    """A box seen over its corner: both lower edges rise ``recede`` rows a column."""
    y, x = np.mgrid[:480, :480] + 0.5
    lower = 384 - recede * np.abs(x - 240)
    return ((np.abs(x - 240) < 96) & (y > 168) & (y < lower)).astype(np.float32)


def test_a_strap_that_hangs_lower_bears_nothing() -> None:
    alpha = product(shape="box").alpha
    alpha[374:384, :] = 0
    alpha[374:384, 300:306] = 1
    assert contact_row(alpha, BOX) == 374


def test_thin_legs_bear_the_product() -> None:
    alpha = product(shape="box").alpha
    alpha[300:384, 150:330] = 0
    assert contact_row(alpha, BOX) == 384


def test_nothing_at_all_has_its_box_s_edge_as_contact() -> None:
    assert contact_row(np.zeros((480, 480), np.float32), BOX) == 384


def test_receding_edges_touch_the_ground_over_their_whole_length() -> None:
    body = measured(corner(0.25))
    assert np.isfinite(body.front).mean() > 0.95
    assert body.front[len(body.front) // 2] == pytest.approx(0, abs=0.1)
    assert body.front[3] > 3


def test_a_slice_shows_nothing_beside_the_outline() -> None:
    body = measured(corner(0.25))
    x = np.linspace(-7, 7, 141)[None, :]
    z = np.linspace(-3, 14, 171)[:, None]
    share = body.slice_at(0.5, x, z)
    columns, rows = body.camera.project(x, 0.5, z)
    taken = share > 0.5
    alpha = corner(0.25)
    seen = alpha[
        np.clip(np.broadcast_to(rows, share.shape)[taken].astype(int) - 3, 0, 479),
        np.clip(columns[taken].astype(int), 0, 479),
    ]
    assert taken.any()
    assert seen.mean() > 0.97


def test_narrow_feet_touch_less_deep_than_wide_ones() -> None:
    feet = product(shape="box").alpha
    feet[300:384, 156:324] = 0
    narrow, wide = measured(feet), measured(product(shape="box").alpha)
    assert np.nanmax(narrow.far) < 0.6 * np.nanmax(wide.far)


def test_the_shadow_climbs_a_near_wall_away_from_the_light() -> None:
    from prodimages.engines.base import GenerationRequest, View
    from prodimages.engines.studio.ground import product_shadow, wall_lamp
    from prodimages.engines.studio.scenes import Scene
    from prodimages.engines.studio.shot import Shot
    from prodimages.engines.studio.staging import stage_for

    request = GenerationRequest(
        task="background", prompt="", seed=1, width=480, height=480, product=product()
    )
    scene = Scene(family="", light="left", shadow="hard", pattern="window")
    shot = Shot.of(request, scene, stage_for(View()))
    shadow = product_shadow(shot)
    x = np.linspace(-25, 25, 101)[None, :]
    y = np.linspace(0, 20, 41)[:, None]
    lamp = wall_lamp(shot, shadow, x, y, 12.0)
    dark = np.argwhere(lamp < 0.5)
    assert len(dark) > 20
    assert x[0, dark[:, 1]].mean() > 3
    assert lamp[:, x[0] < -8].min() > 0.95


def test_the_ground_is_never_above_the_middle_of_the_box() -> None:
    alpha = np.zeros((480, 480), np.float32)
    alpha[170:174, 200:204] = 1
    assert contact_row(alpha, BOX) == (168 + 384) / 2
