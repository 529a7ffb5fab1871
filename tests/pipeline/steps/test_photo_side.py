"""The steps from the photo to the encoded picture, one by one and as a chain."""

from __future__ import annotations

import dataclasses
import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import FailureKind, SourceType
from prodimages.exceptions import JobCanceled, JobFailure
from prodimages.imaging.alpha import alpha_to_png
from prodimages.imaging.composite import eroded_mask
from prodimages.imaging.xmp import read_source_type
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from prodimages.services import reasons
from tests.cutouts.scenes import background, mug, photo, product_colors
from tests.imaging.files import saved
from tests.pipeline.steps.job import SIZE, MemoryCutouts, generated, make_context

pytestmark = pytest.mark.usefixtures("flat")

NAVY = (0.12, 0.16, 0.4)


def mug_photo(**options) -> bytes:
    return saved(photo(mug(), product_colors(NAVY), background("white")), "PNG", **options)


def run(context, *steps, **parameters):
    for step in steps:
        step().run(context, parameters)
    return context


def finished(context, level=1.0, **parameters):
    context["generated"] = generated(context, level)
    return run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark, **parameters)


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


def test_a_product_that_fills_the_frame_works_and_says_so():
    dark = np.random.default_rng(1).integers(20, 90, (300, 300, 3)).astype(np.uint8)
    context = finished(make_context(saved(dark, "PNG")))
    assert any("fills" in reason for reason in context["cutout"].reasons)
    assert context["placed"].bleeds == {"left", "top", "right", "bottom"}
    assert "touches_frame" in {check["code"] for check in context["fidelity"][0]["checks"]}


def test_placing_follows_its_parameters():
    context = run(make_context(mug_photo()), Prepare, CutOut)
    run(context, Place, fill=0.5, align="ground", ground=0.75)
    placed = context["placed"]
    left, top, right, bottom = placed.box
    assert bottom == round(0.75 * SIZE)
    assert max(right - left, bottom - top) == SIZE // 2
    assert placed.width_cm == 9.5
    assert context.notices == []


@pytest.mark.parametrize("product", [{"length_cm": 12.0}, {"width_cm": None, "length_cm": 12.0}])
def test_the_longer_side_is_as_long_as_the_category_has_it(product):
    context = run(make_context(mug_photo(), product=product), Prepare, CutOut)
    run(context, Place, fill=0.5)
    placed = context["placed"]
    left, top, right, bottom = placed.box
    longest = placed.width_cm * max(right - left, bottom - top) / (right - left)
    assert longest == pytest.approx(12.0, rel=0.02)


def test_nobody_guesses_the_width_of_a_thing_of_no_known_category():
    context = run(make_context(mug_photo(), product={"category": "sample"}), Prepare, CutOut)
    run(context, Place)
    assert context["placed"].width_cm is None


def test_a_small_photo_makes_a_smaller_product_and_a_notice():
    context = make_context(mug_photo(), width=1600, height=1600)
    run(context, Prepare, CutOut)
    run(context, Place, fill=0.85)
    assert context["placed"].scale == 1.5
    assert len(context.notices) == 1
    assert "too small" in context.notices[0]


@pytest.mark.parametrize("level", [1.0, 0.41])
def test_the_product_is_sacred(level):
    context = finished(make_context(mug_photo()), level)
    inside = eroded_mask(context["placed"].alpha)
    assert inside.sum() > 5000
    for index in (0, 1):
        composed = context["composed"][index]
        assert np.array_equal(composed[inside], context["placed"].rgb[inside])
        report = context["fidelity"][index]
        assert report["passed"]
        assert report["difference_max"] == 0
        assert report["delta_e_p95"] < 3
        assert report["structure"] > 0.95


def test_a_changed_product_does_not_pass():
    context = finished(make_context(mug_photo()), 0.41)
    context["composed"][0] = (context["composed"][0] * 0.9).astype(np.uint8)
    run(context, Fidelity)
    report = context["fidelity"][0]
    assert not report["passed"]
    assert report["difference_max"] > 1 / 255
    assert "product_changed" in {check["code"] for check in report["checks"]}
    assert context["fidelity"][1]["passed"]


def test_a_color_shift_of_the_placed_product_does_not_pass():
    context = finished(make_context(mug_photo()), 0.41)
    placed = context["placed"]
    shifted = np.where(placed.alpha[..., None] > 0, placed.rgb + np.array([25, 0, 0]), 0)
    context["placed"] = dataclasses.replace(placed, rgb=shifted.clip(0, 255).astype(np.uint8))
    run(context, Compose, Fidelity)
    report = context["fidelity"][0]
    assert report["difference_max"] == 0
    assert report["delta_e_mean"] > 2
    assert not report["passed"]


def test_a_product_lost_in_its_background_is_flagged():
    context = make_context(mug_photo())
    lost = finished(context, level=0.17)["fidelity"][0]["checks"]
    assert "edge_contrast" in {check["code"] for check in lost}
    seen = finished(make_context(mug_photo()))["fidelity"][0]["checks"]
    assert "edge_contrast" not in {check["code"] for check in seen}


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_encoded_pictures_are_marked_and_white(format):
    context = finished(make_context(mug_photo()), format=format, quality=85)
    for index in (0, 1):
        encoded = context["encoded"][index]
        assert encoded.sha256 == hashlib.sha256(encoded.content).hexdigest()
        assert (encoded.width, encoded.height, encoded.format) == (SIZE, SIZE, format)
        assert encoded.source_type == SourceType.COMPOSITE_SYNTHETIC
        for content in (encoded.content, encoded.thumbnail):
            assert read_source_type(content) == "compositeSynthetic"
        decoded = np.asarray(Image.open(io.BytesIO(encoded.content)).convert("RGB"))
        for border in (decoded[0], decoded[-1], decoded[:, 0], decoded[:, -1]):
            assert (border == 255).all()
    assert context.notices == []


def test_nothing_of_the_photos_metadata_or_the_prompt_is_published():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    context = make_context(mug_photo(exif=exif), prompt="SecretPrompt")
    content = finished(context)["encoded"][0].content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
    for secret in (b"SecretCamera", b"SecretPrompt", b"Exif", b"GPS"):
        assert secret not in content


def test_the_same_job_gives_the_same_bytes():
    first = finished(make_context(mug_photo()), 0.53)["encoded"]
    again = finished(make_context(mug_photo()), 0.53)["encoded"]
    assert first[0].sha256 == again[0].sha256
    assert first[0].thumbnail == again[0].thumbnail
    assert first[0].sha256 != first[1].sha256


def test_only_the_wanted_pictures_are_made():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    context.indexes = [1]
    run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark)
    for artifact in ("composed", "fidelity", "encoded"):
        assert set(context[artifact]) == {1}


@pytest.mark.parametrize("step", [Compose, Fidelity, Mark])
def test_a_canceled_job_stops_between_pictures(step):
    context = finished(make_context(mug_photo()))
    context.is_canceled = lambda: True
    with pytest.raises(JobCanceled):
        run(context, step)


def test_each_step_gives_what_it_declares():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    for step in (Prepare, CutOut, Place, Compose, Fidelity, Mark):
        assert step.needs <= set(context.artifacts)
        step().run(context, {})
        assert step.gives <= set(context.artifacts)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_white_packshot_is_verified_after_encoding(format):
    report = finished(make_context(mug_photo()), format=format, quality=60)["fidelity"][0]
    assert report["white"] == {"border": 4 * SIZE - 4, "off": 0, "chroma": "4:4:4"}
    assert {"white_border", "chroma"}.isdisjoint(check["code"] for check in report["checks"])


def test_a_packshot_that_is_not_white_along_its_border_says_so():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    context["generated"][0].rgb[0, :5] = 0.99
    done = run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark, format="png")
    report = done["fidelity"][0]
    assert report["white"]["off"] == 5
    (check,) = (check for check in report["checks"] if check["code"] == "white_border")
    assert "5 of 1276 pixels" in check["message"]
    assert reasons.of_picture({"fidelity": report, "passed": True})["reasons"] == ",other,"


def test_a_colored_packshot_is_not_held_to_white():
    assert "white" not in finished(make_context(mug_photo()), level=0.8)["fidelity"][0]
