"""Which edges of the photo cut the product, and which it merely reaches."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prodimages.cutouts.refinement.frame import cutting_edges, is_trimmed, touched_edges

TURNS = {"right": 0, "top": 1, "left": 2, "bottom": 3}


def shape(*points: tuple[float, float]) -> np.ndarray:
    """(400, 400) alpha of a body in the middle, and of the polygon of ``points`` at its right."""
    image = Image.new("L", (1600, 1600))
    draw = ImageDraw.Draw(image)
    draw.rectangle((400, 300, 1000, 1300), fill=255)
    if points:
        draw.polygon([(4 * x, 4 * y) for x, y in points], fill=255)
    small = image.resize((400, 400), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32) / 255


SLEEVE = (240, 150), (430, 190), (430, 240), (240, 230)
STRAP = (240, 198), (430, 198), (430, 204), (240, 204)
WIDENING = (240, 195), (430, 160), (430, 240), (240, 205)
CUFF = (240, 150), (401.5, 190), (374, 240), (240, 230)
HEM = (240, 120), (401.8, 110), (370, 280), (240, 280)


@pytest.mark.parametrize("edge", TURNS)
@pytest.mark.parametrize("part", [SLEEVE, STRAP, WIDENING])
def test_what_has_no_end_before_the_edge_is_cut_by_it(part, edge):
    alpha = np.rot90(shape(*part), TURNS[edge])
    assert cutting_edges(alpha) == {edge}
    assert touched_edges(alpha) == {edge}


@pytest.mark.parametrize("edge", TURNS)
@pytest.mark.parametrize("part", [CUFF, HEM])
def test_a_corner_that_just_reaches_the_edge_is_not_cut(part, edge):
    alpha = np.rot90(shape(*part), TURNS[edge])
    assert cutting_edges(alpha) == frozenset()
    assert touched_edges(alpha) == {edge}


@pytest.mark.parametrize(("missing", "is_cut"), [(2, False), (12, True)])
def test_how_much_of_a_tip_is_missing_decides(missing, is_cut):
    tip = (240, 150), (400 + missing, 200), (240, 250)
    assert (cutting_edges(shape(*tip)) == {"right"}) == is_cut


def test_a_tip_is_judged_by_itself_however_wide_another_contact_is():
    alpha = shape(*CUFF)
    alpha[300:306, 240:] = 1
    assert cutting_edges(alpha) == {"right"}


def test_several_edges_and_none():
    both = np.maximum(shape(*SLEEVE), np.rot90(shape(*SLEEVE), 3))
    assert cutting_edges(both) == touched_edges(both) == {"right", "bottom"}
    for nothing in (shape(), shape() * 0, shape(*SLEEVE) * 0.3):
        assert cutting_edges(nothing) == touched_edges(nothing) == frozenset()
    assert cutting_edges(np.ones((20, 30))) == {"left", "top", "right", "bottom"}


def test_few_pixels_of_contact_are_noise():
    alpha = shape()
    alpha[200:202, 240:] = 1
    assert touched_edges(alpha) == frozenset()


def test_a_photo_without_background_may_be_trimmed_to_its_product():
    body = shape()[75:325, 100:250]
    assert not is_trimmed(body)  # all of it is solid: nobody has cut anything out
    body = body.copy()
    body[:20, :20] = 0
    assert is_trimmed(body)
    assert not is_trimmed(np.pad(body, 1))
