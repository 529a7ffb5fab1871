"""What the photo side does with what shops should not send, but do."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.composite import eroded_mask
from prodimages.imaging.types import PreparedPhoto
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from prodimages.services.reasons import of_picture
from tests.conftest import FLAT
from tests.cutouts.goods import ellipse, line, photo, polygon
from tests.imaging.files import png_header, saved
from tests.pipeline.steps.job import SIZE, MemoryCutouts, generated, make_context

pytestmark = pytest.mark.usefixtures("flat")
real = pytest.mark.skipif(sys.version_info >= (3, 13), reason="no package with the weights for it")
U2NETP = {"BACKEND": "prodimages.cutouts.u2netp.U2NetpCutout", "OPTIONS": {}}
RIM, CLEAR = "#c9cdd0", "#f1f3f4"
WINE_GLASS = (
    (ellipse(50, 32, 15, 20), RIM),
    (ellipse(50, 31, 14.2, 19), CLEAR),
    (line((50, 52), (50, 80), width=1.2), RIM),
    (ellipse(50, 82, 12, 2.4), RIM),
    (ellipse(50, 81.8, 11, 1.8), CLEAR),
)
BOX = polygon((28, 24), (68, 24), (68, 78), (28, 78))


def rendered(*layers: Any, behind: str = "#dcd9d2") -> bytes:
    return saved(photo(*layers, behind=behind)[0], "PNG")


def made(content: bytes, **placing: Any) -> StepContext:
    context = make_context(content)
    context["generated"] = generated(context, 0.6)
    for step in (Prepare, CutOut, Place, Compose, Fidelity, Mark):
        step().run(context, placing if step is Place else {})
    return context


def codes(context: StepContext) -> set[str]:
    return {check["code"] for check in context["fidelity"][0]["checks"]}


@pytest.fixture
def u2netp(flat, settings):
    settings.PRODIMAGES = FLAT | {"CUTOUT": U2NETP}


@pytest.mark.slow
@real
@pytest.mark.usefixtures("u2netp")
def test_two_products_are_flagged_in_words():
    bottle = polygon((12, 30), (38, 30), (38, 78), (12, 78))
    tin = polygon((58, 36), (88, 36), (88, 74), (58, 74))
    context = made(rendered((bottle, "#b8382f"), (tin, "#27345e")))
    assert any("two products" in reason for reason in context["cutout"].reasons)
    assert "cutout" in codes(context)
    pair = made(rendered((bottle, "#27345e"), (tin, "#27345e")))
    assert not any("two products" in reason for reason in pair["cutout"].reasons)


@real
@pytest.mark.usefixtures("u2netp")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: saved(data.astronaut(), "PNG"), id="a person wearing it"),
        pytest.param(lambda: rendered((BOX, "#141416"), behind="#0e0e0f"), id="black on black"),
        pytest.param(lambda: rendered((BOX, "#f4f4f3"), behind="#f9f9f9"), id="white on white"),
        pytest.param(lambda: rendered(*WINE_GLASS, behind="#f7f7f6"), id="wine glass on white"),
    ],
)
def test_what_nobody_could_cut_out_stops_for_a_look(content):
    with pytest.raises(JobFailure, match="needs a look") as failure:
        made(content())
    assert failure.value.kind == FailureKind.CHECK_CUTOUT
    assert len(str(failure.value).split(". ")) > 1  # and why


def packaging() -> np.ndarray:
    """(480, 480, 3) uint8: a box with words, of which none reads the same mirrored."""
    image = Image.new("RGB", (480, 480), "#dcd9d2")
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((140, 90, 339, 419), fill="#1f4d39")
    font = ImageFont.load_default(24)
    for row, text in enumerate(("ORGANIC", "green tea", "25 bags", "NET 50 g", "b d p q")):
        canvas.text((152, 110 + 58 * row), text, fill="#6f9d83", font=font)
    return np.asarray(image)


def test_words_on_a_packaging_stay_to_the_pixel_and_are_not_mirrored():
    context = made(saved(packaging(), "PNG"), fill=0.7)
    placed, prepared = context["placed"], context["prepared"]
    inside = eroded_mask(placed.alpha)
    composed = context["composed"][0]
    assert np.array_equal(composed[inside], placed.rgb[inside])
    assert context["fidelity"][0]["passed"]
    left, top, right, bottom = placed.box
    words = _gray(prepared, (140, 90, 340, 420), (right - left, bottom - top))
    shown = composed[top:bottom, left:right].mean(-1)
    middle = np.s_[6:-6, 6:-6]
    assert np.abs(shown - words)[middle].mean() < 3
    assert np.abs(shown - words[:, ::-1])[middle].mean() > 6


def _gray(photo: PreparedPhoto, box: tuple[int, int, int, int], size: tuple[int, int]) -> Any:
    part = Image.fromarray(photo.rgb).crop(box).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(part).astype(np.float32).mean(-1)


def test_a_photo_that_its_file_says_is_mirrored_is_shown_as_the_camera_saw_it():
    mirrored = saved(np.ascontiguousarray(packaging()[:, ::-1]), "JPEG", exif=_orientation(2))
    upright = made(saved(packaging(), "JPEG"))["composed"][0].astype(int)
    assert np.abs(made(mirrored)["composed"][0] - upright).mean() < 1.5


def _orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


CUT = {
    "right": polygon((55, 30), (100, 30), (100, 76), (55, 76)),
    "left bottom": polygon((0, 40), (56, 40), (56, 100), (0, 100)),
    "top right": polygon((44, 0), (100, 0), (100, 60), (44, 60)),
}


@pytest.mark.parametrize("edges", CUT)
@pytest.mark.parametrize(
    "by_hand", [{}, {"x": 0.3, "y": -0.1}, {"x": -0.4, "y": 0.1, "rotation": 20}]
)
def test_a_cut_product_bleeds_off_the_edges_that_cut_it_and_off_no_other(edges, by_hand):
    context = made(rendered((CUT[edges], "#27345e")), **by_hand)
    alpha = context["placed"].alpha
    on = {"left": alpha[:, 0], "top": alpha[0], "right": alpha[:, -1], "bottom": alpha[-1]}
    assert {name for name, line in on.items() if line.max() > 0.5} == set(edges.split())
    assert "touches_frame" in codes(context)


SLEEVE_TIPS = {
    "right": (
        polygon((40, 30), (80, 30), (80, 76), (40, 76)),
        polygon((78, 34), (101, 40), (101, 44), (78, 46)),
    ),
    "bottom": (BOX, polygon((44, 76), (52, 76), (50, 102), (47, 102))),
}


@pytest.mark.parametrize("edge", SLEEVE_TIPS)
@pytest.mark.parametrize("by_hand", [{}, {"x": -0.2, "y": -0.05, "rotation": 8, "scale": 1.1}])
def test_a_product_that_is_cut_at_its_very_tip_bleeds_there_too(edge, by_hand):
    context = made(rendered(*((part, "#27345e") for part in SLEEVE_TIPS[edge])), **by_hand)
    alpha = context["placed"].alpha
    on = {"left": alpha[:, 0], "top": alpha[0], "right": alpha[:, -1], "bottom": alpha[-1]}
    assert {name for name, line in on.items() if line.max() > 0.5} == {edge}
    assert "touches_frame" in codes(context)


BOTH_SLEEVES = (
    (polygon((30, 30), (70, 30), (70, 90), (30, 90)), "#27345e"),
    (polygon((0, 34), (100, 34), (100, 40), (0, 40)), "#27345e"),
)


def test_cuts_on_two_sides_that_the_picture_cannot_hold_apart_stop_for_a_look():
    small = Image.fromarray(photo(*BOTH_SLEEVES, behind="#dcd9d2")[0])
    small = small.resize((160, 160), Image.Resampling.LANCZOS)
    content = saved(np.asarray(small), "PNG")
    with pytest.raises(JobFailure, match="two opposite sides") as failure:
        made(content)
    assert failure.value.kind == FailureKind.CHECK_CUTOUT
    cutouts = MemoryCutouts()
    nobody = make_context(content, cutouts=cutouts)
    nobody.stops_for_staff = False
    for step in (Prepare, CutOut, Place):
        step().run(nobody, {})
    assert any("two opposite sides" in notice for notice in nobody.notices)
    approved = make_context(content, cutouts=MemoryCutouts(next(iter(cutouts.kept.values()))))
    approved["generated"] = generated(approved, 0.6)
    for step in (Prepare, CutOut, Place, Compose, Fidelity):
        step().run(approved, {})
    assert "shows_cuts" in codes(approved)
    assert "touches_frame" not in codes(approved)
    assert of_picture({"fidelity": approved["fidelity"][0]})["reasons"] == ",cut,enlarged,"


def test_cuts_on_two_sides_of_a_large_photo_lie_at_both_sides_of_the_picture():
    alpha = made(rendered(*BOTH_SLEEVES))["placed"].alpha
    assert alpha[:, 0].max() > 0.5
    assert alpha[:, -1].max() > 0.5
    assert alpha[0].max() == alpha[-1].max() == 0


def test_a_cut_out_photo_trimmed_to_its_product_is_not_cut():
    image = Image.fromarray(photo((BOX, "#27345e"), behind="#dcd9d2")[0]).convert("RGBA")
    mask = Image.new("L", image.size)
    shares = zip((28, 24, 68, 78), 2 * image.size, strict=True)
    box = [round(share * side / 100) for share, side in shares]
    ImageDraw.Draw(mask).rounded_rectangle((*box[:2], box[2] - 1, box[3] - 1), 90, fill=255)
    image.putalpha(mask)
    context = made(saved(image.crop(tuple(box)), "PNG"))
    assert context["cutout"].key == "photo"
    assert context["placed"].bleeds == frozenset()
    assert context["placed"].alpha[0].max() == context["placed"].alpha[-1].max() == 0
    assert not any("edge cuts" in reason for reason in context["cutout"].reasons)
    assert not {"touches_frame", "shows_cuts"} & codes(context)


def test_a_photo_of_200_pixels_is_shown_smaller_and_says_so():
    small = Image.fromarray(packaging()).resize((200, 200), Image.Resampling.LANCZOS)
    context = made(saved(np.asarray(small), "PNG"), fill=0.9)
    assert context["placed"].scale == 1.5
    assert max(np.subtract(context["placed"].box[2:], context["placed"].box[:2])) < 0.75 * SIZE
    assert any("too small" in notice for notice in context.notices)
    assert "enlarged" in codes(context)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_photo_of_100_megapixels_is_refused_before_it_is_decoded():
    with pytest.raises(JobFailure, match="megapixels") as failure:
        made(png_header(10_000, 10_000))
    assert failure.value.kind == FailureKind.PHOTO_INVALID
