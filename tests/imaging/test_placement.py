from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.alpha import bounding_box
from prodimages.imaging.placement import ByHand, place, plan_placement

NONE: frozenset[str] = frozenset()


def asymmetric(width=160, height=240):
    """A product that is red on the left and blue on the right, with a notch at its top left."""
    rgb = np.zeros((300, 300, 3), dtype=np.uint8)
    alpha = np.zeros((300, 300), dtype=np.float32)
    box = np.s_[30 : 30 + height, 50 : 50 + width]
    alpha[box] = 1
    alpha[30:60, 50:90] = 0
    rgb[box] = (30, 30, 200)
    rgb[:, : 50 + width // 2][alpha[:, : 50 + width // 2] > 0] = (200, 30, 30)
    return rgb, alpha


@pytest.mark.parametrize("product", [(1000, 700), (300, 900), (640, 640), (1600, 37)])
@pytest.mark.parametrize("canvas", [(1024, 1024), (1600, 900), (777, 1201)])
def test_the_limiting_side_takes_exactly_its_share(product, canvas):
    placement = plan_placement(product, canvas, fill=0.85)
    left, top, right, bottom = placement.box
    assert placement.wanted_scale == placement.scale
    shares = (right - left) / canvas[0], (bottom - top) / canvas[1]
    assert max(shares) == pytest.approx(0.85, abs=0.6 / min(canvas))
    assert abs((left + right) - canvas[0]) <= 1
    assert abs((top + bottom) - canvas[1]) <= 1


def test_standing_on_the_ground():
    placement = plan_placement((500, 500), (1000, 1000), fill=0.6, align="ground", ground=0.8)
    assert placement.box == (200, 200, 800, 800)


def test_a_tall_product_on_the_ground_keeps_headroom():
    placement = plan_placement((100, 900), (1000, 1000), fill=0.9, align="ground", ground=0.8)
    assert placement.box[3] == 800
    assert placement.box[1] == pytest.approx(40, abs=1)


def test_enlargement_is_capped():
    placement = plan_placement((100, 100), (1000, 1000), fill=0.8)
    assert placement.scale == 1.5
    assert placement.wanted_scale == 8.0
    assert placement.box == (425, 425, 575, 575)


@pytest.mark.parametrize(
    ("bleeds", "flush"), [("left", 0), ("top", 1), ("right", 2), ("bottom", 3)]
)
def test_a_cut_product_bleeds_off_the_same_edge(bleeds, flush):
    placement = plan_placement((700, 800), (1000, 900), fill=0.8, bleeds=frozenset({bleeds}))
    assert placement.box[flush] == (0, 0, 1000, 900)[flush]


def test_a_product_cut_on_both_sides_spans_the_canvas():
    both = frozenset({"left", "right"})
    placement = plan_placement((900, 300), (1000, 1000), fill=0.8, bleeds=both)
    assert (placement.box[0], placement.box[2]) == (0, 1000)
    assert not placement.shows_cuts


@pytest.mark.parametrize(
    ("product", "why"), [((400, 300), "few pixels"), ((900, 1100), "higher than the canvas")]
)
def test_two_cuts_that_the_canvas_cannot_hold_apart_are_told(product, why):
    both = frozenset({"left", "right"})
    placement = plan_placement(product, (1000, 1000), fill=0.8, bleeds=both)
    assert placement.shows_cuts, why
    one = plan_placement(product, (1000, 1000), fill=0.8, bleeds=frozenset({"left"}))
    assert not one.shows_cuts


def test_the_placed_product_has_its_box_and_is_not_mirrored():
    rgb, alpha = asymmetric()
    placement = plan_placement((160, 240), (400, 400), fill=0.8)
    placed = place(rgb, alpha, (400, 400), placement, width_cm=12.5)
    assert bounding_box(placed.alpha, 0.5) == placed.box
    left, top, right, bottom = placed.box
    middle = (top + bottom) // 2
    assert tuple(placed.rgb[middle, left + 10]) == (200, 30, 30)
    assert tuple(placed.rgb[middle, right - 10]) == (30, 30, 200)
    assert placed.alpha[top + 5, left + 5] == 0
    assert placed.alpha[top + 5, right - 5] == 1
    assert placed.width_cm == 12.5


def test_a_product_over_the_edge_is_clipped():
    rgb, alpha = asymmetric()
    placement = plan_placement((160, 240), (200, 240), fill=1.0, bleeds=frozenset({"left"}))
    placed = place(rgb, alpha, (200, 240), placement)
    assert placed.alpha.shape == (240, 200)
    assert placed.alpha[200, 0] == 1


def test_an_empty_cut_out_is_an_error():
    rgb, alpha = asymmetric()
    placement = plan_placement((160, 240), (400, 400), fill=0.8)
    with pytest.raises(ValueError, match="no product"):
        place(rgb, alpha * 0, (400, 400), placement)


def by_hand(**values):
    return plan_placement((400, 300), (1000, 800), fill=0.5, by_hand=ByHand(**values))


def test_an_offset_moves_the_product_by_its_share_of_the_canvas():
    before, after = by_hand(), by_hand(x=0.12, y=-0.1)
    assert [b - a for a, b in zip(before.box, after.box, strict=True)] == [120, -80, 120, -80]
    assert after.offset == (0.12, -0.1)
    assert not after.was_moved


def test_the_centroid_of_the_pixels_moves_by_the_stated_amount():
    rgb, alpha = asymmetric()
    centers = []
    for hand in (ByHand(), ByHand(x=-0.1, y=0.05)):
        placement = plan_placement((160, 240), (400, 400), fill=0.5, by_hand=hand)
        placed = place(rgb, alpha, (400, 400), placement).alpha
        y, x = np.mgrid[:400, :400]
        centers.append(np.array([(x * placed).sum(), (y * placed).sum()]) / placed.sum())
    assert centers[1] - centers[0] == pytest.approx([-40, 20], abs=0.01)


@pytest.mark.parametrize("factor", [0.25, 0.8, 1.2])
def test_a_factor_scales_about_the_middle(factor):
    before, after = by_hand(), by_hand(factor=factor)
    assert after.scale == pytest.approx(before.scale * factor)
    assert after.middle == pytest.approx(before.middle, abs=1)


def test_a_factor_on_the_ground_leaves_the_feet_on_the_line():
    placement = plan_placement(
        (100, 200), (1000, 1000), fill=0.6, align="ground", ground=0.9, by_hand=ByHand(factor=0.5)
    )
    assert placement.box[3] == 900


def test_the_cap_on_enlargement_counts_by_hand_too():
    placement = plan_placement((100, 100), (1000, 1000), fill=0.1, by_hand=ByHand(factor=2))
    assert placement.scale == 1.5
    assert placement.wanted_scale == 2.0


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (-0.5, -0.5), (0.5, 0.0)])
def test_a_product_is_kept_inside_the_canvas(x, y):
    placement = by_hand(x=x, y=y)
    left, top, right, bottom = placement.box
    assert 0 <= left < right <= 1000
    assert 0 <= top < bottom <= 800
    assert placement.was_moved
    assert placement.offset == pytest.approx((x / 2, y * (800 - 375) / 800), abs=0.002)


def test_a_product_too_large_for_the_canvas_is_made_to_fit():
    placement = plan_placement((500, 400), (600, 600), fill=0.9, by_hand=ByHand(factor=2))
    assert placement.box[0] == 0
    assert placement.box[2] == 600
    assert placement.was_shrunk


@pytest.mark.parametrize("x", [-0.3, 0.3])
def test_a_cut_product_never_shows_where_it_was_cut(x):
    cut = frozenset({"left"})
    placement = plan_placement((300, 300), (600, 600), fill=0.5, bleeds=cut, by_hand=ByHand(x=x))
    left, _top, right, _bottom = placement.box
    assert left <= 0
    assert right >= 150  # half of it is still seen
    assert placement.was_moved == (x > 0 or left == -150)


def test_a_product_cut_on_both_sides_covers_the_canvas_wherever_it_is_put():
    both = frozenset({"left", "right"})
    placement = plan_placement(
        (900, 300), (1000, 1000), fill=0.8, bleeds=both, by_hand=ByHand(x=0.2, factor=0.5)
    )
    assert placement.box[0] <= 0
    assert placement.box[2] >= 1000
