"""A garment on a person: nothing but the region changes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import FailureKind, Task
from prodimages.diffusion.tasks.try_on import TryOnTask
from prodimages.engines.base import TryOn
from prodimages.exceptions import JobFailure
from prodimages.imaging.regions import KEPT
from tests.diffusion.asking import ask, generate, picture

SIDE = 64


def wish(**values) -> TryOn:
    random = np.random.default_rng(0)
    region = np.zeros((SIDE, SIDE), bool)
    region[20:45, 13:50] = True
    given = {
        "person": random.integers(0, 256, (SIDE, SIDE, 3), np.uint8),
        "garment": random.integers(0, 256, (40, 30, 3), np.uint8),
        "region": region,
    }
    return TryOn(**(given | values))


def asked(**values):
    return ask(Task.TRY_ON, product=None, prompt="a red coat", try_on=wish(**values))


def assert_only_the_region_changed(made, tried: TryOn) -> None:
    eight = np.rint(made.rgb * 255).astype(np.uint8)
    assert np.array_equal(eight[~tried.region], tried.person[~tried.region])
    assert (eight[tried.region] != tried.person[tried.region]).mean() > 0.5


def test_klein_paints_the_region_only(engine_for, klein):
    request = asked()
    assert_only_the_region_changed(
        picture(engine_for(klein, "flux2-klein"), request), request.try_on
    )


def test_what_the_person_wears_is_hidden_and_the_garment_is_looked_at(engine_for, klein):
    engine = engine_for(klein, "flux2-klein")
    region = wish().region
    other = wish().person.copy()
    other[region] = 7
    first = picture(engine, asked()).rgb
    assert np.array_equal(first, picture(engine, asked(person=other)).rgb)
    green = np.full((40, 30, 3), (20, 120, 60), np.uint8)
    assert np.abs(first - picture(engine, asked(garment=green)).rgb).max() > 1e-5


def still(monkeypatch, moved: int):
    """As if the editor kept the person, but moved it down by so many pixels."""
    original = TryOnTask.fault

    def fault(self, brief, painted, model):
        person = brief.request.try_on.person.astype(np.float32) / 255
        return original(self, brief, np.roll(person, moved, axis=0), model)

    monkeypatch.setattr(TryOnTask, "fault", fault)


def test_an_editor_without_a_mask_is_held_to_the_region(
    engine_for, qwen_edit, small_looks, monkeypatch
):
    still(monkeypatch, 0)
    request = asked()
    made = picture(engine_for(qwen_edit, "qwen-image-edit"), request)
    assert_only_the_region_changed(made, request.try_on)


def test_an_editor_that_moves_the_person_is_refused(
    engine_for, qwen_edit, small_looks, monkeypatch
):
    still(monkeypatch, 3)
    engine = engine_for(qwen_edit, "qwen-image-edit")
    (failure,) = generate(engine, ask_once())
    assert isinstance(failure, JobFailure)
    assert "moved the person" in str(failure)


def ask_once():
    return ask(
        Task.TRY_ON, product=None, prompt="a red coat", try_on=wish(), parameters={"retries": 0}
    )


@pytest.mark.parametrize(
    "values, words",
    [
        ({"try_on": None}, "needs a person"),
        ({"try_on": wish(person=np.zeros((8, 8, 3), np.uint8))}, "size of the picture"),
        ({"try_on": wish(region=np.zeros((SIDE, SIDE), bool))}, "nothing or everything"),
        ({"try_on": wish(region=np.ones((SIDE, SIDE), bool))}, "nothing or everything"),
        ({"try_on": wish(), "parameters": {"strength": 0.5}}, "means nothing here"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_words(engine_for, klein, values, words):
    given = {"product": None, "prompt": "a red coat"} | values
    (failure,) = generate(engine_for(klein, "flux2-klein"), ask(Task.TRY_ON, **given))
    assert isinstance(failure, JobFailure)
    assert failure.kind == FailureKind.ENGINE
    assert words in str(failure)


def test_a_model_that_can_not_look_at_a_garment_says_so(engine_for, nine):
    engine = engine_for(nine, "sd-inpaint")
    assert Task.TRY_ON not in engine.tasks
    (failure,) = generate(engine, asked())
    assert "can't do “try_on”" in str(failure)


def test_the_whole_chain_with_a_model_changes_the_region_alone(
    engine_for, klein, settings, monkeypatch
):
    """Garment's photo and person's photo in, a finished picture out; an engine is an engine."""
    from prodimages.models import Style
    from prodimages.services import direct
    from prodimages.shops.base import ProductInfo
    from tests.conftest import FLAT
    from tests.wearing import encoded, person_bytes, top

    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 0.0, "MIN_SIZE": 64}
    engine = engine_for(klein, "flux2-klein")
    for module in ("prodimages.services.direct", "prodimages.pipeline.planner"):
        monkeypatch.setattr(f"{module}.get_engine", lambda alias: engine)

    taken_out = np.zeros((480, 360), np.uint8)
    taken_out[180:260, 140:220] = KEPT
    chest = encoded(Image.fromarray(taken_out), "PNG")

    class Sitter:
        is_shopper = False
        is_edited = False
        landmarks = {}
        faces = None
        is_front = True

        def read(self):
            return person_bytes("PNG")

        def found(self, landmarks, *, faces):
            self.landmarks = landmarks

        def painted(self):
            return None

        def marked(self, png, landmarks):
            pass

        def edits(self):
            return chest if self.is_edited else None

        def outlined(self, png, landmarks):
            pass

    style = Style(slug="s", name="S", task=Task.TRY_ON, engine="flat", prompt="a tee", size=256)

    def make(sitter):
        info = ProductInfo(key="1", name="Tee", category="clothing/t-shirts")
        return direct.make_picture(encoded(top(), "PNG"), style, info=info, person=sitter)

    made = make(Sitter())
    report = made.details["fidelity"]
    assert report["passed"]
    assert report["outside_max"] == 0
    assert 0.05 < report["region"] < 0.6
    assert [check["code"] for check in report["checks"]] == ["imagined"]
    assert made.details["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    # What a shopper takes out of the region, a model does not paint either.
    edited = Sitter()
    edited.is_edited = True
    less = make(edited).details["fidelity"]
    assert less["outside_max"] == 0
    assert less["region"] == pytest.approx(report["region"] - 80 * 80 / (360 * 480), abs=0.003)
