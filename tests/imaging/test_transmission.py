from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.composite import composite, solid_mask
from prodimages.imaging.fidelity import interior_difference, seen_through_difference
from prodimages.imaging.transmission import backdrop, through_cloth, through_glass
from prodimages.imaging.types import PlacedProduct
from tests.imaging import goods

DARK = (
    np.linspace(0.1, 0.5, goods.SIDE)[:, None, None] * np.ones((1, goods.SIDE, 3)) * (1, 0.8, 0.6)
)
GOODS = {
    "clear bottle": (goods.bottle(), through_glass),
    "green bottle": (goods.bottle((0.75, 0.97, 0.8)), through_glass),
    "wine glass": (goods.wine_glass(), through_glass),
    "lace": (goods.lace(), through_cloth),
}


def keyed(name: str) -> tuple[goods.Good, PlacedProduct]:
    good, key = GOODS[name]
    photo, alpha = goods.photo(good), good.alpha.astype(np.float32)
    behind = backdrop(photo, alpha)
    assert behind is not None
    product = PlacedProduct(
        rgb=photo,
        alpha=alpha,
        box=(0, 0, goods.SIDE, goods.SIDE),
        scale=1.0,
        seen_through=key(photo, alpha, behind),
        behind=behind.rgb,
    )
    return good, product


@pytest.mark.parametrize("name", GOODS)
def test_another_scene_shows_through_as_in_truth(name):
    good, product = keyed(name)
    picture = composite(DARK.astype(np.float32), product, seed=1)
    error = np.abs(picture / 255 - good.before(DARK)).max(axis=-1)[good.alpha > 0.99]
    untouched = np.abs(product.rgb / 255 - good.before(DARK)).max(axis=-1)[good.alpha > 0.99]
    assert error.mean() < 5 / 255  # as it was photographed: 50 and more
    assert untouched.mean() > 40 / 255


@pytest.mark.parametrize("name", GOODS)
def test_before_its_own_background_the_product_is_the_photo(name):
    _good, product = keyed(name)
    own = np.broadcast_to(np.float32(product.behind) / 255, product.rgb.shape)
    picture = composite(own, product, seed=1)
    assert np.abs(picture.astype(int) - product.rgb)[product.alpha == 1].max() <= 1


def test_the_bounds_hold_for_what_is_solid_and_for_what_is_seen_through():
    _good, product = keyed("clear bottle")
    background = DARK.astype(np.float32)
    picture = composite(background, product, seed=1)
    assert solid_mask(product).any()
    assert interior_difference(picture, product).largest <= 1 / 255
    assert seen_through_difference(picture, background, product) <= 1 / 255
    picture[220:240, 200:280] = 0  # somebody painted on the glass
    assert seen_through_difference(picture, background, product) > 0.1


def test_cap_and_label_stay_solid_with_their_letters():
    good, product = keyed("clear bottle")
    assert product.seen_through is not None
    solid = (good.passes.max(axis=-1) == 0) & (good.alpha > 0)
    assert np.mean(product.seen_through.max(axis=-1)[solid] < 0.2) > 0.97


@pytest.mark.parametrize("kind", ["dark", "pattern", "no room"])
def test_a_background_that_is_not_of_one_light_color_is_none(kind):
    good = goods.wine_glass()
    alpha = good.alpha.astype(np.float32)
    photo = goods.photo(good, (0.15, 0.15, 0.15) if kind == "dark" else (0.9, 0.9, 0.9))
    if kind == "pattern":
        photo[:, ::8] = photo[:, 1::8] = photo[:, 2::8] = (120, 90, 60)
    if kind == "no room":
        alpha = np.ones_like(alpha)
    assert backdrop(photo, alpha) is None


def test_white_lace_on_white_is_left_as_it_is():
    white = goods.Good(
        goods.lace().alpha, np.full((*goods.lace().alpha.shape, 3), 0.94), 0 * goods.lace().passes
    )
    photo, alpha = goods.photo(white), white.alpha.astype(np.float32)
    behind = backdrop(photo, alpha)
    assert behind is not None
    assert not through_cloth(photo, alpha, behind).any()
