"""The step that corrects the product's colors, and what fidelity makes of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from prodimages.imaging.alpha import alpha_to_png
from prodimages.imaging.color import ciede2000, lab, linear_of, to_srgb
from prodimages.pipeline.registry import CHAINS, get_step
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.correct import Correct
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from tests.cutouts.scenes import SIDE, mug, product_colors
from tests.imaging.files import saved
from tests.pipeline.steps.job import MemoryCutouts, generated, make_context

pytestmark = pytest.mark.usefixtures("flat")

CAST = np.array((1.07, 0.99, 0.86))


def on_sheet(color=(0.12, 0.16, 0.4)) -> np.ndarray:
    alpha = mug()[..., None]
    return np.rint((product_colors(color) * alpha + 0.93 * (1 - alpha)) * 255).astype(np.uint8)


def with_cast(photo: np.ndarray) -> np.ndarray:
    return np.rint(to_srgb(linear_of(photo) * CAST) * 255).astype(np.uint8)


def context_of(photo: np.ndarray, **values):
    cutouts = MemoryCutouts(alpha_to_png(mug()))
    context = make_context(saved(photo, "PNG"), cutouts=cutouts, **values)
    for step in (Prepare, CutOut):
        step().run(context, {})
    return context


def corrected(context, **parameters):
    Correct().run(context, parameters)
    return context["corrected"]


def error(context, truth: np.ndarray) -> float:
    solid = context["cutout"].alpha > 0.99
    return float(ciede2000(lab(context["cutout"].foreground[solid]), lab(truth[solid])).mean())


def test_a_cast_is_taken_out_of_the_product():
    context = context_of(with_cast(on_sheet()))
    before = error(context, on_sheet())
    record = corrected(context)
    assert record["mode"] == "auto"
    assert record["applied"]
    assert error(context, on_sheet()) < 0.3 * before


def test_off_leaves_every_pixel_but_tells_what_auto_would_do():
    context = context_of(with_cast(on_sheet()))
    before = context["cutout"].foreground
    record = corrected(context, correction="off")
    assert np.array_equal(context["cutout"].foreground, before)
    assert not record["applied"]
    assert record["found"]["gains"] != [1.0, 1.0, 1.0]
    assert record["delta_e_mean"] > 1


@pytest.mark.parametrize(
    "style, staff, applied", [("off", "auto", True), ("auto", "off", False), ("off", "", False)]
)
def test_the_photos_own_choice_counts_more_than_the_styles(style, staff, applied):
    context = context_of(with_cast(on_sheet()))
    context.corrections = {"mode": staff}
    assert corrected(context, correction=style)["applied"] is applied


def test_a_gray_point_of_the_staff_is_not_capped():
    photo = on_sheet()
    photo[:, :60] = (150, 90, 60)
    context = context_of(photo)
    context.corrections = {"mode": "auto", "gray": [30 / SIDE, 0.5]}
    record = corrected(context, most_color_shift=1.0)
    assert record["mode"] == "gray point"
    assert record["delta_e_p95"] > 1.0


def test_a_gray_point_that_tells_nothing_is_passed_over_in_words():
    photo = on_sheet()
    photo[:60, :60] = 0
    context = context_of(photo)
    context.corrections = {"mode": "auto", "gray": [0.02, 0.02]}
    assert corrected(context)["mode"] == "auto"
    assert "too dark or too bright" in context.notices[0]


def test_the_automatic_shift_stays_within_the_styles_bound():
    context = context_of(with_cast(on_sheet((0.7, 0.7, 0.7))))
    record = corrected(context, most_color_shift=1.5)
    assert record["applied"]
    assert record["delta_e_p95"] <= 1.55


@pytest.mark.parametrize("support, flat", [("wall", True), ("surface", False)])
def test_only_what_lies_in_the_backgrounds_plane_loses_its_falloff(support, flat):
    ramp = np.linspace(1.0, 0.75, SIDE)[None, :, None]
    shaded = np.rint(to_srgb(linear_of(on_sheet()) * ramp) * 255).astype(np.uint8)
    context = context_of(shaded, view={"elevation": 12.0, "support": support})
    assert bool(corrected(context)["found"]["falloff"]) is flat


def test_a_corrected_product_passes_and_its_shift_from_the_photo_is_told():
    context = context_of(with_cast(on_sheet((0.7, 0.7, 0.7))))
    corrected(context)
    context["generated"] = generated(context, 0.41)
    for step in (Place, Compose, Fidelity):
        step().run(context, {})
    report = context["fidelity"][0]
    assert report["passed"]
    assert report["difference_max"] == 0
    assert report["delta_e_mean"] > 2
    assert report["delta_e_mean"] == pytest.approx(report["correction"]["delta_e_mean"], abs=0.4)


def test_what_nobody_recorded_does_not_pass():
    context = context_of(with_cast(on_sheet()))
    corrected(context)
    context["generated"] = generated(context, 0.41)
    Place().run(context, {})
    placed = context["placed"]
    changed = np.where(placed.alpha[..., None] > 0, placed.rgb + np.array([25, 0, 0]), 0)
    rgb = changed.clip(0, 255).astype(np.uint8)
    context["placed"] = dataclasses.replace(placed, rgb=rgb)
    for step in (Compose, Fidelity):
        step().run(context, {})
    assert not context["fidelity"][0]["passed"]


def test_plans_from_before_the_step_still_run():
    context = context_of(on_sheet())
    context["generated"] = generated(context, 0.41)
    for step in (Place, Compose, Fidelity):
        step().run(context, {})
    assert context["fidelity"][0]["passed"]
    assert "correction" not in context["fidelity"][0]


def test_every_chain_corrects_between_cutting_out_and_placing():
    """Or laying on, where a garment goes on a person: staff choose a gray point for the photo."""
    for names in filter(lambda names: "cutout" in names, CHAINS.values()):
        goes_on = "place" if "place" in names else "garment"
        assert names.index("cutout") < names.index("correct") < names.index(goes_on)
        assert get_step("correct").gives == {"corrected"}


def test_the_placed_product_carries_what_a_scene_has_to_match():
    context = context_of(with_cast(on_sheet()))
    corrected(context, correction="off")
    Place().run(context, {})
    measured = context["placed"].measured
    assert measured.light[0] > 1 > measured.light[2]
    assert measured.blur is not None
    corrected(context, correction="auto")
    Place().run(context, {})
    assert context["placed"].measured.light == pytest.approx((1, 1, 1), abs=0.02)
