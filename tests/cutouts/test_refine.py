from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from prodimages.choices import FailureKind
from prodimages.cutouts.refinement.confidence import assess
from prodimages.cutouts.refinement.doubt import doubt_of
from prodimages.cutouts.refinement.foreground import estimate_foreground
from prodimages.cutouts.refinement.refine import refine
from prodimages.cutouts.refinement.regions import close_gaps
from prodimages.exceptions import JobFailure
from prodimages.pipeline.steps.fidelity import LEAST_CONFIDENCE
from tests.cutouts.scenes import SIDE, background, blurred, mug, overlap, photo, product_colors

RED, WHITE, NAVY = (0.75, 0.2, 0.15), (0.93, 0.93, 0.92), (0.12, 0.16, 0.4)


@pytest.mark.parametrize("kind", ["white", "gray", "brick", "grass", "gravel"])
def test_agrees_with_the_true_alpha(kind):
    true = mug()
    alpha = refine(photo(true, product_colors(RED), background(kind)), blurred(true))
    assert alpha.dtype == np.float32
    assert overlap(alpha, true) > 0.985


def test_a_mean_overlap_over_colors_and_backgrounds():
    true = mug()
    scores = [
        overlap(refine(photo(true, product_colors(color), background(kind)), blurred(true)), true)
        for color in (WHITE, NAVY)
        for kind in ("gray", "grass", "gravel")
    ]
    assert np.mean(scores) > 0.99


def test_the_edge_is_sharp_again():
    true = mug()
    coarse = blurred(true)
    alpha = refine(photo(true, product_colors(RED), background("gray")), coarse)
    soft = (alpha > 0.05) & (alpha < 0.95)
    assert soft.sum() < 0.4 * ((coarse > 0.05) & (coarse < 0.95)).sum()


def test_the_shadow_stays_out():
    true = mug()
    alpha = refine(photo(true, product_colors(RED), background("white")), blurred(true))
    far = ~ndimage.binary_dilation(true > 0.01, iterations=4)
    assert alpha[far].max() < 0.05


def test_the_handle_stays_open():
    true = mug(hole=True)
    alpha = refine(photo(true, product_colors(RED), background("white")), blurred(true))
    assert alpha[round(0.55 * SIDE), round(0.67 * SIDE)] < 0.02


def barred(gaps: list[tuple[int, int]]) -> np.ndarray:
    """How far gaps over the whole width of a box are filled, of which a backend saw a trace in two
    thirds of each, and whose colors tell little."""
    belief = np.zeros((200, 240), dtype=np.float32)
    belief[20:180, 40:200] = 1
    for top, bottom in gaps:
        belief[top:bottom] = 0
    prior = belief.copy()
    for top, bottom in gaps:
        prior[top:bottom, 40:148] = 0.12
    closed = close_gaps(belief, prior, np.full_like(belief, -1.5))
    return np.array([closed[top:bottom, 44:196].mean() for top, bottom in gaps])


def test_a_row_of_stripes_is_closed_out_to_the_outline():
    assert barred([(36 + 26 * number, 44 + 26 * number) for number in range(5)]).min() > 0.95


def test_gaps_that_are_no_row_stay_open():
    assert barred([(36, 44), (90, 96)]).max() == 0
    assert barred([(36, 44), (70, 74), (100, 114)]).max() == 0


def test_an_undecided_interior_is_made_solid():
    true = mug()
    coarse = blurred(true)
    coarse[200:300, 150:240] = 0.45
    alpha = refine(photo(true, product_colors(RED), background("grass")), coarse)
    assert alpha[205:295, 155:235].min() > 0.98


def test_an_undecided_patch_of_background_is_emptied():
    true = mug()
    coarse = blurred(true)
    coarse[20:90, 300:420] = 0.55
    alpha = refine(photo(true, product_colors(RED), background("grass")), coarse)
    assert alpha[25:85, 305:415].max() < 0.02


def test_specks_are_dropped():
    true = mug()
    coarse = blurred(true)
    coarse[30:36, 30:36] = 1
    alpha = refine(photo(true, product_colors(RED), background("gray")), coarse)
    assert alpha[20:50, 20:50].max() == 0


def test_the_other_shoe_of_a_pair_stays():
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    left = np.hypot((x - 0.28) / 0.14, (y - 0.5) / 0.3) < 1
    right = np.hypot((x - 0.72) / 0.14, (y - 0.5) / 0.25) < 1
    true = ndimage.gaussian_filter((left | right).astype(np.float32), 0.8)
    alpha = refine(photo(true, product_colors(NAVY), background("gravel")), blurred(true))
    assert overlap(alpha, true) > 0.985


def test_nothing_found_is_said_in_words():
    rgb = photo(mug() * 0, product_colors(RED), background("gray"))
    with pytest.raises(JobFailure, match="No product") as failure:
        refine(rgb, np.full((SIDE, SIDE), 0.02, dtype=np.float32))
    assert failure.value.kind == FailureKind.NO_PRODUCT


def test_a_product_that_fills_the_frame():
    rgb = photo(np.ones((SIDE, SIDE)), product_colors(RED), background("gray"))
    alpha = refine(rgb, np.full((SIDE, SIDE), 0.99, dtype=np.float32))
    assert alpha.min() == 1
    confidence, reasons = assess(rgb, alpha)
    assert confidence < 0.8
    assert any("fills" in reason for reason in reasons)


def test_full_size_is_sharper_than_the_working_size():
    true = np.kron(mug(), np.ones((4, 4), dtype=np.float32))
    true = ndimage.gaussian_filter((true > 0.5).astype(np.float32), 1)
    mixed = true[..., None] * np.array(RED) + (1 - true[..., None]) * 0.9
    rgb = np.rint(mixed * 255).astype(np.uint8)
    alpha = refine(rgb, ndimage.gaussian_filter(true, 14))
    assert overlap(alpha, true) > 0.99
    soft = ((alpha > 0.05) & (alpha < 0.95)).sum() / ((true > 0.05) & (true < 0.95)).sum()
    assert soft < 2.5


@pytest.mark.parametrize("behind", [(0, 0, 0), (1, 1, 1), (1, 0, 1)])
def test_the_rim_is_free_of_the_old_background(behind):
    """A red product photographed on ``behind`` shows no trace of it on a new ground."""
    true = ndimage.gaussian_filter(mug(), 1.5)
    colors = np.broadcast_to(np.array(RED), (SIDE, SIDE, 3))
    mixed = colors * true[..., None] + np.array(behind) * (1 - true[..., None])
    rgb = np.rint(mixed * 255).astype(np.uint8)
    foreground = estimate_foreground(rgb, true)
    rim = (true > 0.1) & (true < 0.99)
    error = np.abs(foreground[rim].astype(int) - np.array(RED) * 255)
    assert error.mean() < 3
    assert np.percentile(error, 99) < 12


@pytest.mark.parametrize(
    ("color", "least"), [((0.42, 0.41, 0.33), 0.979), ((0.5, 0.45, 0.4), 0.9875)]
)
def test_the_outline_does_not_follow_the_blocks_of_a_jpeg(color, least):
    true = mug()
    rgb = photo(true, product_colors(color), background("gray"))
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=70, subsampling="4:2:0")
    assert overlap(refine(np.asarray(Image.open(file)), blurred(true)), true) > least


def test_solid_pixels_keep_the_photos_colors():
    true = mug()
    rgb = photo(true, product_colors(RED), background("grass"))
    foreground = estimate_foreground(rgb, true)
    assert np.array_equal(foreground[true >= 0.995], rgb[true >= 0.995])
    assert not np.array_equal(foreground, rgb)


def test_a_clean_cut_out_is_trusted():
    true = mug()
    confidence, reasons = assess(photo(true, product_colors(RED), background("gray")), true)
    assert (confidence, reasons) == (1.0, [])


def test_white_on_white_is_doubted():
    true = mug()
    rgb = np.full((SIDE, SIDE, 3), 243, dtype=np.uint8)
    confidence, reasons = assess(rgb, true)
    assert confidence < 0.8
    assert any("stands out" in reason for reason in reasons)


def test_a_soft_interior_is_doubted():
    true = mug()
    soft = true.copy()
    soft[220:300, 150:240] = 0.5
    rgb = photo(true, product_colors(RED), background("gray"))
    assert assess(rgb, soft)[0] < assess(rgb, true)[0]


def test_doubt_is_about_patches_and_not_about_the_outline():
    true = mug()
    alike = photo(true, product_colors(WHITE), np.full((SIDE, SIDE, 3), 0.9))
    coarse = ndimage.gaussian_filter(true, 2)
    assert doubt_of(alike, coarse) == 0
    coarse[200:300, 150:240] = 0.5
    patch = 100 * 90 / np.count_nonzero(true > 0.5)
    assert 0.3 * patch < doubt_of(alike, coarse) < 1.2 * patch


def test_colors_that_belong_to_one_side_settle_most_of_a_doubt():
    true = mug()
    coarse = ndimage.gaussian_filter(true, 2)
    coarse[200:300, 150:240] = 0.5
    alike, clear = (
        doubt_of(photo(true, product_colors(color), background("gray")), coarse)
        for color in ((0.55, 0.55, 0.55), RED)
    )
    assert 0 < clear < 0.5 * alike


def blended(colors, behind, alpha):
    """(H, W, 3) uint8, without the shadow that ``photo`` draws."""
    return np.rint((colors * alpha + behind * (1 - alpha)) * 255).astype(np.uint8)


def test_a_stretch_of_outline_in_the_background_s_color_lowers_confidence():
    true, behind = mug()[..., None], background("gray")
    colors = product_colors(RED)
    plain, _reasons = assess(blended(colors, behind, true), true[..., 0])
    colors[370:] = behind[370:]  # the foot, as a white sole on a white floor
    rgb = blended(colors, behind, true)
    lost, reasons = assess(rgb, true[..., 0])
    assert lost < plain
    assert any("background's color" in reason for reason in reasons)


def test_a_filled_ear_is_doubted_where_the_background_shows_in_it():
    shows = photo(mug(), product_colors(RED), background("gray"))
    confidence, reasons = assess(shows, mug(hole=False))
    assert confidence < LEAST_CONFIDENCE
    assert any("openings" in reason for reason in reasons)
    filled = photo(mug(hole=False), product_colors(RED), background("gray"))
    assert assess(filled, mug(hole=False)) == (1.0, [])


def test_a_loop_of_a_strap_that_shows_the_background_is_remarked_on():
    rows, columns = np.mgrid[:SIDE, :SIDE]
    loop = np.hypot(rows - 264, columns - 200) < 11  # six thousandths of the mug
    rgb = photo(mug(hole=False) * ~loop, product_colors(RED), background("gray"))
    _confidence, reasons = assess(rgb, mug(hole=False))
    assert any("openings" in reason for reason in reasons)


def test_the_backends_doubt_lowers_confidence():
    true = mug()
    rgb = photo(true, product_colors(RED), background("gray"))
    some, much = assess(rgb, true, 0.06), assess(rgb, true, 0.2)
    assert 1 > some[0] > much[0]
    assert len(much[1]) == 2
