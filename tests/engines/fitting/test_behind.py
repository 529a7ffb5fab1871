"""Views from behind are told by colors where they can be, and never from the front."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.engines.fitting.behind import is_from_behind
from prodimages.engines.fitting.landmarks.find import find_pose
from tests.engines.fitting.test_fitting import seen
from tests.wearing import person

SKINS = {
    "light": (224, 184, 160),
    "tan": (188, 140, 112),
    "brown": (126, 86, 66),
    "dark": (74, 50, 40),
}
HAIRS = {
    "black": (28, 25, 24),
    "brown": (84, 60, 44),
    "red": (150, 80, 40),
    "blond": (190, 160, 104),
    "gray": (176, 176, 178),
}


def looks_behind(rgb: np.ndarray, alpha: np.ndarray) -> bool:
    pose = find_pose(alpha)
    return is_from_behind(rgb, alpha, pose.in_pixels(rgb.shape[1], rgb.shape[0]))


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("hair", [*HAIRS, "bald"])
@pytest.mark.parametrize("arms", ["away", "hips"])
def test_nobody_from_the_front_is_taken_for_one_from_behind(skin, hair, arms):
    color = HAIRS.get(hair, SKINS[skin])
    assert not looks_behind(*seen(person(skin=SKINS[skin], hair=color, arms=arms)))


@pytest.mark.parametrize(
    ("skin", "hair"),
    [
        *(("light", hair) for hair in ("black", "brown", "red")),
        *(("tan", hair) for hair in ("black", "brown", "gray")),
        *(("brown", hair) for hair in ("black", "blond", "gray")),
        *(("dark", hair) for hair in ("red", "blond", "gray")),
    ],
)
def test_hair_in_place_of_a_face_is_a_view_from_behind(skin, hair):
    image = person(skin=SKINS[skin], hair=HAIRS[hair], is_behind=True)
    assert looks_behind(*seen(image))


@pytest.mark.parametrize("skin", SKINS)
def test_a_bald_head_leaves_it_open(skin):
    assert not looks_behind(*seen(person(skin=SKINS[skin], hair=SKINS[skin], is_behind=True)))


def test_hidden_hands_leave_it_open():
    rgb, alpha = seen(person(is_behind=True))
    rgb = rgb.copy()
    rgb[250:330] = (90, 90, 96)  # gloves
    assert not looks_behind(rgb, alpha)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("skin", "hair", "long_hair"),
    [
        ((0.75, 0.55, 0.45), (0.09, 0.05, 0.03), True),
        ((0.11, 0.06, 0.04), (0.45, 0.45, 0.46), False),
    ],
    ids=["light skin, long brown hair", "dark skin, short gray hair"],
)
def test_rendered_figures_are_told_apart(skin, hair, long_hair):
    from prodimages.cutouts.refinement.refine import refine
    from prodimages.cutouts.registry import cutout_backend
    from shop_integration.demo.rendering.figure import Figure, scene_of
    from shop_integration.demo.rendering.photo import photograph

    told = []
    for is_turned in (False, True):
        figure = Figure(
            skin=skin,
            hair=hair,
            long_hair=long_hair,
            elbow=(29.0, 112.0, -1.0),
            wrist=(37.0, 90.0, 2.0),
            is_turned=is_turned,
        )
        image = Image.fromarray(photograph(scene_of(figure), 300, 1).rgb)
        image = image.crop((60, 0, 240, 186)).resize((540, 558))
        rgb = np.asarray(image)
        told.append(looks_behind(rgb, refine(rgb, cutout_backend().alpha(rgb))))
    assert told == [False, True]
