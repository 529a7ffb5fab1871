from __future__ import annotations

import math
from functools import cache
from importlib import import_module

import numpy as np
import pytest
from scipy import ndimage

from shop_integration.demo.products import PRODUCTS
from shop_integration.demo.rendering import SLUGS, RenderedProduct, render
from shop_integration.demo.rendering.photo import camera_of

SIZE = 120


@cache
def small(slug: str) -> RenderedProduct:
    return render(slug, SIZE)


def gaps(alpha: np.ndarray) -> list[int]:
    """Sizes in pixels of the regions that the product surrounds without covering them."""
    regions, count = ndimage.label(alpha < 0.5)
    border = set(np.concatenate([regions[0], regions[-1], regions[:, 0], regions[:, -1]]))
    return [int((regions == n).sum()) for n in range(1, count + 1) if n not in border]


@pytest.mark.parametrize("slug", SLUGS)
def test_alpha_is_one_product_well_inside_the_frame(slug):
    alpha = small(slug).alpha
    assert alpha.shape == (SIZE, SIZE)
    assert alpha.dtype == np.float32
    assert alpha.min() == 0
    assert 0.999 < alpha.max() <= 1
    assert ndimage.label(alpha > 0.5)[1] == 1
    frame = np.ones_like(alpha, bool)
    frame[SIZE // 20 : -SIZE // 20, SIZE // 20 : -SIZE // 20] = False
    assert alpha[frame].max() == 0


@pytest.mark.parametrize("slug", SLUGS)
def test_the_photo_is_neither_flat_nor_blown_out(slug):
    photo = small(slug)
    assert photo.rgb.dtype == np.uint8
    product = photo.rgb[photo.alpha > 0.99].astype(float)
    assert product.std() > 5
    assert (product > 252).mean() < 0.02
    assert (product < 3).mean() < 0.02


@pytest.mark.parametrize("slug", ["mug", "tote"])
def test_light_and_table_show_through_the_handle(slug):
    assert max(gaps(small(slug).alpha)) > 0.004 * SIZE**2


def test_a_vase_has_no_hole():
    assert gaps(small("vase").alpha) == []


def test_edges_are_anti_aliased():
    alpha = small("vase").alpha
    partial = alpha[(alpha > 0.02) & (alpha < 0.98)]
    assert len(np.unique(partial.round(2))) > 20


def test_rendering_twice_gives_the_same_picture():
    again = render("mug", SIZE)
    np.testing.assert_array_equal(again.rgb, small("mug").rgb)
    np.testing.assert_array_equal(again.alpha, small("mug").alpha)


def test_the_seed_changes_the_noise_only():
    other = render("mug", SIZE, seed=1)
    np.testing.assert_array_equal(other.alpha, small("mug").alpha)
    difference = np.abs(other.rgb.astype(int) - small("mug").rgb)
    assert 0 < difference.mean() < 4


def test_the_side_to_the_window_is_the_brighter_one():
    photo = small("vase")
    assert photo.light[0] < 0
    columns = np.flatnonzero((photo.alpha > 0.99).any(axis=0))
    left, right = np.array_split(columns, 2)
    solid = photo.alpha > 0.99
    brightness = photo.rgb.mean(axis=2)
    assert (
        brightness[:, left][solid[:, left]].mean()
        > 1.2 * brightness[:, right][solid[:, right]].mean()
    )


@pytest.mark.parametrize("product", [p for p in PRODUCTS if p.rendered], ids=lambda p: p.slug)
def test_the_data_of_a_product_agrees_with_its_photo(product):
    photo = small(product.slug)
    assert photo.elevation == product.elevation
    assert photo.width_cm == product.width_cm
    assert np.linalg.norm(photo.light) == pytest.approx(1)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_width_in_cm_is_that_of_the_silhouette(slug):
    scene = import_module(f"shop_integration.demo.rendering.scenes.{slug}").SCENE
    camera = camera_of(scene)
    reach = math.tan(math.radians(camera.field_of_view / 2)) * camera.distance
    # Coverage adds up to fractions of a pixel where counting columns would not.
    columns = small(slug).alpha.max(axis=0).sum() * 2 * reach / SIZE
    assert columns == pytest.approx(scene.width_cm, rel=0.04)


def test_every_scene_is_sold():
    assert {p.slug for p in PRODUCTS if p.rendered} == set(SLUGS)


def test_an_unknown_product_is_named_in_the_error():
    with pytest.raises(KeyError, match="teapot"):
        render("teapot")
