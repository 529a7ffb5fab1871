"""Glass, lace and chrome from the photo to the file: planner, network, studio and checks."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from prodimages.exceptions import JobFailure
from prodimages.services.direct import DirectPicture, make_picture
from prodimages.services.shipped import shipped_styles
from prodimages.shops.base import ProductInfo
from tests.cutouts import scenes
from tests.imaging import goods
from tests.imaging.files import saved

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="no package with the weights for it"
)
SIDE = 640


def made(content: bytes, category: str, style: str) -> DirectPicture:
    chosen = {known.slug: known for known in shipped_styles()}[style]
    info = ProductInfo(key="1", name="Product", category=category)
    return make_picture(content, chosen, info=info, seed=7, size=SIDE, format="png")


def of(good: goods.Good) -> bytes:
    return saved(goods.photo(good), "PNG")


def product(picture: DirectPicture) -> np.ndarray:
    """(h, w, 3) uint8: the part of the picture that the product takes."""
    whole = Image.open(io.BytesIO(picture.content)).convert("RGB")
    left, top, right, bottom = picture.details["fidelity"]["box"]
    box = round(left * SIDE), round(top * SIDE), round(right * SIDE), round(bottom * SIDE)
    return np.asarray(whole.crop(box)).astype(float)


def words(picture: DirectPicture) -> str:
    checks = picture.details["fidelity"]["checks"]
    return " ".join([*picture.notices, *(check["message"] for check in checks)])


def test_oak_is_seen_through_a_clear_bottle_and_its_label_stays():
    picture = made(of(goods.bottle()), "kitchen/bottles/glass", "oak-table")
    assert picture.details["fidelity"]["passed"]
    shown = product(picture)
    high, wide = shown.shape[:2]
    glass = shown[round(0.86 * high) : round(0.93 * high), round(0.6 * wide) : round(0.8 * wide)]
    assert np.median(glass[..., 0] - glass[..., 2]) > 30  # oak; the photo's background was gray
    label = shown[round(0.59 * high) : round(0.63 * high), round(0.4 * wide) : round(0.6 * wide)]
    assert np.abs(np.median(label, axis=(0, 1)) - np.array([184, 26, 31])).max() < 12
    assert "needs a look" in words(picture)  # its rim has the background's color here and there


def test_an_empty_wine_glass_is_shown_and_its_outline_doubted_in_words():
    picture = made(of(goods.wine_glass()), "kitchen/wine glasses", "oak-table")
    assert "needs a look" in words(picture)
    assert "has the background's color" in words(picture)


def test_a_scene_is_seen_through_the_meshes_of_lace():
    picture = made(of(goods.lace()), "fashion/lace tops", "walnut-table")
    assert picture.details["fidelity"]["passed"]
    shown = product(picture)
    middle = shown[shown.shape[0] // 4 : -shown.shape[0] // 4].reshape(-1, 3)
    reddish = middle[:, 0] - middle[:, 1]
    threads, meshes = middle[reddish > 80], middle[reddish < 40]
    assert min(len(threads), len(meshes)) > 0.1 * len(middle)
    assert np.median(meshes) < 150  # walnut; the photo's background was 235


def test_lace_before_a_texture_is_refused_in_words():
    colors, behind = scenes.product_colors((0.5, 0.1, 0.1)), scenes.background("brick")
    content = saved(scenes.photo(scenes.mug(), colors, behind), "PNG")
    with pytest.raises(JobFailure, match="plain light wall"):
        made(content, "fashion/lace", "walnut-table")


def test_a_chrome_kettle_is_shown_in_a_calm_scene_and_the_wish_answered_in_words():
    picture = made(of(goods.kettle()), "kitchen/kettles", "brick-loft")
    assert picture.plan.locked["scene"] == "sweep"
    assert "mirrors its surroundings" in words(picture)
    assert picture.details["fidelity"]["passed"]
    shown = product(picture)
    assert np.percentile(shown, 5) < 60  # the floor is mirrored still
    # The window in it has the photo's background's color: half seen, taken away, and told.
    assert "not clear everywhere what belongs to the product" in words(picture)
