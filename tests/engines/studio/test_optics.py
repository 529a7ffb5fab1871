from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from prodimages.engines import EnginePicture, View
from prodimages.engines.studio.color import encode, encoded, linear, roll_off
from prodimages.engines.studio.pixels import blur_by_row
from tests.engines.studio.products import product


def test_colors_come_back_from_linear_light() -> None:
    for color in ("#000000", "#0a0b0c", "#808080", "#c0ffee", "#ffffff"):
        assert np.abs(encode(linear(color)) - encoded(color)).max() < 1e-6


def test_highlights_roll_off_below_one_and_in_order() -> None:
    light = np.linspace(0, 4, 200, dtype=np.float32)
    bent = roll_off(light)
    assert bent.max() <= 1
    assert (np.diff(bent) >= 0).all()
    assert np.array_equal(bent[light < 0.7], light[light < 0.7])


def test_only_rows_out_of_focus_are_blurred() -> None:
    image = np.random.default_rng(0).random((90, 40, 3), dtype=np.float32)
    sigmas = np.concatenate([np.linspace(4, 0, 30), np.zeros(60)])
    out = blur_by_row(image, sigmas)
    assert np.array_equal(out[31:], image[31:])
    assert out[:8].std() < 0.3 * image[:8].std()


def test_a_wall_is_out_of_focus_and_the_table_at_the_product_is_not(
    shoot: Callable[..., EnginePicture],
) -> None:
    rgb = shoot(product(640, 640), scene="brick-loft", wall="concrete", surface="concrete").rgb

    def detail(rows: slice) -> float:
        part = rgb[rows, 20:150].mean(-1)
        return float(np.abs(np.diff(part, axis=1)).mean())

    assert detail(slice(490, 530)) > 1.25 * detail(slice(60, 260))


def test_a_gradient_has_no_bands(shoot: Callable[..., EnginePicture]) -> None:
    """Between neighbors of a smoothed seamless backdrop no step reaches an 8-bit level."""
    rgb = shoot(scene="gradient", shadow="none").rgb
    columns = rgb[:, 10:60].mean((1, 2))
    smooth = np.convolve(columns, np.ones(9) / 9, mode="valid")
    assert np.abs(np.diff(smooth, 2)).max() < 0.5 / 255


def test_the_reflection_is_below_the_product_only(shoot: Callable[..., EnginePicture]) -> None:
    dry = shoot(scene="oak-table", reflection=False).rgb
    glossy = shoot(scene="oak-table", reflection=True).rgb
    change = np.abs(glossy - dry).max(-1)
    assert change[390:410, 180:300].mean() > 0.01
    assert change[:300].max() < 1e-6
    assert change[390:, :100].max() < 1e-3


def test_a_light_s_color_tints_the_scene(shoot: Callable[..., EnginePicture]) -> None:
    view = View(elevation=90)
    warm, cool = (
        shoot(scene="sweep", temperature=name, view=view).rgb[:50].mean((0, 1))
        for name in ("warm", "cool")
    )
    assert warm[0] / warm[2] > 1.1 * cool[0] / cool[2]


@pytest.mark.parametrize("scene", ["sweep", "podium", "oak-table"])
@pytest.mark.parametrize("view", [View(), View(elevation=90)])
def test_a_window_s_pattern_falls_on_every_scene(
    shoot: Callable[..., EnginePicture], scene: str, view: View
) -> None:
    plain, patterned = (
        shoot(scene=scene, pattern=pattern, shadow="hard", view=view).rgb
        for pattern in ("none", "window")
    )
    assert np.abs(patterned - plain).max(-1)[:, :140].mean() > 0.01
