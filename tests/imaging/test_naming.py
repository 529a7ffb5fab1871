from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.naming import NAMES, color_names
from prodimages.pipeline.color_words import CHINESE


def shaded(color, height=60, width=40):
    """A body of ``color`` in the middle, lit from the left and dark on its right, on green."""
    rgb = np.full((height, width, 3), (20, 200, 20), np.uint8)
    alpha = np.zeros((height, width), np.float32)
    alpha[10:-10, 8:-8] = 1
    light = np.linspace(1.0, 0.55, width - 16)[None, :, None]
    rgb[10:-10, 8:-8] = (np.array(color) * light).astype(np.uint8)
    return rgb, alpha


@pytest.mark.parametrize(
    "color, name",
    [
        ((250, 250, 248), "white"),
        ((25, 25, 27), "black"),
        ((140, 140, 142), "gray"),
        ((200, 40, 40), "red"),
        ((40, 80, 190), "blue"),
        ((30, 45, 85), "navy"),
        ((240, 205, 60), "yellow"),
        ((60, 140, 70), "green"),
        ((125, 85, 55), "brown"),
        ((235, 165, 185), "pink"),
    ],
)
def test_a_shaded_body_has_the_name_of_its_color(color, name):
    assert color_names(*shaded(color))[0] == name


def test_a_second_color_is_named_where_it_covers_enough():
    rgb, alpha = shaded((200, 40, 40))
    rgb[30:50, 8:-8] = 250
    assert set(color_names(rgb, alpha)) == {"red", "white"}
    rgb[30:48, 8:-8] = (200, 40, 40)
    assert color_names(rgb, alpha) == ["red"]


def test_nothing_opaque_has_no_color():
    rgb, alpha = shaded((200, 40, 40))
    assert color_names(rgb, alpha * 0.5) == []


def test_every_name_is_known_in_chinese():
    assert set(NAMES) == set(CHINESE)
