"""The product in the photo: found once, kept, and left to a person where it is not clear."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.alpha import alpha_to_png
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.prepare import Prepare
from tests.cutouts.scenes import background, mug, photo, product_colors
from tests.imaging.files import saved
from tests.pipeline.steps.job import (
    NAVY,
    MemoryCutouts,
    finished,
    make_context,
    mug_photo,
    run,
)

pytestmark = pytest.mark.usefixtures("flat")


def test_a_photo_that_is_none_fails_in_words():
    with pytest.raises(JobFailure) as failure:
        run(make_context(b"no photo"), Prepare)
    assert failure.value.kind == FailureKind.PHOTO_INVALID


def test_the_backend_runs_once_and_its_cut_out_is_kept(monkeypatch):
    cutouts = MemoryCutouts()
    first = run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"]
    assert list(cutouts.kept) == [first.key]
    assert cutouts.details[0]["confidence"] == first.confidence

    def fail(*arguments):
        raise AssertionError("the backend ran again")

    monkeypatch.setattr("tests.testapp.cutouts.DarkIsProduct.alpha", fail)
    again = run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"]
    assert np.array_equal(again.alpha, first.alpha)
    assert np.array_equal(again.foreground, first.foreground)
    assert (again.key, again.confidence, again.reasons) == (
        first.key,
        first.confidence,
        first.reasons,
    )


def test_staff_have_the_last_word():
    mask = np.zeros((480, 480), dtype=np.float32)
    mask[100:200, 50:150] = 1
    cutouts = MemoryCutouts(alpha_to_png(mask))
    cutout = run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"]
    assert cutout.key.startswith("staff")
    assert (cutout.alpha[110:190, 60:140] == 1).all()
    assert (cutout.alpha[:80] == 0).all()
    assert cutouts.kept == {}


@pytest.fixture
def undecided(monkeypatch):
    """A backend that knows half of the mug only."""

    def alpha(self, rgb):
        found = (rgb.mean(axis=2) < 128).astype(np.float32)
        found[180:320, 120:260] *= 0.5
        return found

    monkeypatch.setattr("tests.testapp.cutouts.DarkIsProduct.alpha", alpha)


def test_doubt_outlives_the_first_run(undecided, settings):
    settings.PRODIMAGES = settings.PRODIMAGES | {"CUTOUT_MIN_CONFIDENCE": 0.0}
    cutouts = MemoryCutouts()
    first = run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"]
    again = run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"]
    assert first.confidence < 0.8
    assert (again.confidence, again.reasons) == (first.confidence, first.reasons)


def test_a_doubtful_cut_out_stops_the_job_until_a_person_answers_for_it(undecided, settings):
    # The mug's colors are clear, so that little of the doubt is left: a strict shop stops.
    settings.PRODIMAGES = settings.PRODIMAGES | {"CUTOUT_MIN_CONFIDENCE": 0.8}
    cutouts = MemoryCutouts()
    for _run in ("that makes it", "that finds it stored"):
        with pytest.raises(JobFailure, match="not clear everywhere") as failure:
            run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)
        assert failure.value.kind == FailureKind.CHECK_CUTOUT
    assert len(cutouts.kept) == 1
    cutouts.mask = next(iter(cutouts.kept.values()))
    assert run(make_context(mug_photo(), cutouts=cutouts), Prepare, CutOut)["cutout"].reasons


def test_the_photos_own_alpha_is_taken():
    image = Image.fromarray(photo(mug(), product_colors(NAVY), background("white")))
    image.putalpha(Image.fromarray((mug() * 255).astype(np.uint8)))
    cutouts = MemoryCutouts()
    context = run(make_context(saved(image, "PNG"), cutouts=cutouts), Prepare, CutOut)
    assert context["cutout"].key == "photo"
    assert np.abs(context["cutout"].alpha - mug()).max() < 0.01
    assert cutouts.kept == {}


@pytest.mark.parametrize("source", ["photo", "mask"])
def test_an_empty_cut_out_stops_the_job(source):
    if source == "photo":
        context = make_context(saved(Image.new("RGB", (200, 200), "white"), "PNG"))
    else:
        empty = alpha_to_png(np.zeros((480, 480), dtype=np.float32))
        context = make_context(mug_photo(), cutouts=MemoryCutouts(empty))
    with pytest.raises(JobFailure) as failure:
        run(context, Prepare, CutOut)
    assert failure.value.kind == FailureKind.NO_PRODUCT


@pytest.mark.parametrize("side, is_product", [(1, False), (15, False), (16, True)])
def test_a_speck_is_no_product(side, is_product):
    """As a mask with nothing but a stray stroke, or a photo whose alpha is damaged, would have."""
    mask = np.zeros((480, 480), dtype=np.float32)
    mask[200 : 200 + side, 200:203] = 1
    image = Image.fromarray(photo(mug(), product_colors(NAVY), background("white")))
    image.putalpha(Image.fromarray((mask * 255).astype(np.uint8)))
    context = make_context(saved(image, "PNG"))
    if is_product:
        assert run(context, Prepare, CutOut)["cutout"].key == "photo"
        return
    with pytest.raises(JobFailure) as failure:
        run(context, Prepare, CutOut)
    assert failure.value.kind == FailureKind.NO_PRODUCT


def test_a_product_that_fills_the_frame_works_and_says_so():
    dark = np.random.default_rng(1).integers(20, 90, (300, 300, 3)).astype(np.uint8)
    context = finished(make_context(saved(dark, "PNG")))
    assert any("fills" in reason for reason in context["cutout"].reasons)
    assert context["placed"].bleeds == {"left", "top", "right", "bottom"}
    assert "touches_frame" in {check["code"] for check in context["fidelity"][0]["checks"]}
