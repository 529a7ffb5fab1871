"""What is seen through a product stays where it was seen, however the product is placed."""

from __future__ import annotations

import numpy as np
import pytest

from prodimages.imaging.alpha import alpha_to_png
from prodimages.imaging.placement import place
from prodimages.pipeline.spec import PlannedStep
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.enlarge import Enlarge
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from prodimages.pipeline.steps.see_through import SeeThrough
from tests.imaging import goods
from tests.imaging.files import saved
from tests.pipeline.steps.job import MemoryCutouts, generated, make_context

DARK = 0.3


@pytest.fixture
def _smooth(settings):
    settings.PRODIMAGES = {
        **settings.PRODIMAGES,
        "ENLARGER": {"BACKEND": "tests.testapp.enlargers.SmoothEnlarger"},
    }


def before_dark(good: goods.Good, surface: str, *, canvas: int = 480, stride: int = 1, **place):
    """A context with the product's picture before dark gray."""
    enlargement = {"enlargement": "learned" if stride > 1 else "smooth"}
    steps = [
        PlannedStep(name="enlarge", version=1, parameters=enlargement),
        PlannedStep(name="place", version=2, parameters=place),
    ]
    context = make_context(
        saved(smaller(goods.photo(good), stride), "PNG"),
        cutouts=MemoryCutouts(alpha_to_png(smaller(good.alpha, stride))),
        product={"surface": surface},
        steps=steps,
        width=canvas,
        height=canvas,
    )
    context.indexes = [0]
    context["generated"] = generated(context, DARK)
    own = {step.name: step.parameters for step in steps}
    for step in (Prepare, CutOut, SeeThrough, Enlarge, Place, Compose, Fidelity):
        step().run(context, own.get(step.name, {}))
    return context


def smaller(plane: np.ndarray, stride: int) -> np.ndarray:
    side = plane.shape[0] // stride
    mean = plane.reshape(side, stride, side, stride, -1).mean(axis=(1, 3)).squeeze()
    return np.rint(mean).astype(np.uint8) if plane.dtype == np.uint8 else mean.astype(np.float32)


def error_of(context, good: goods.Good, stride: int = 1) -> float:
    """Mean error in levels against the product as it is before dark gray in truth."""
    placed, placement = context["placed"], context["placement"]
    truth = good.before(np.full((goods.SIDE, goods.SIDE, 3), DARK))
    there = place(
        np.rint(smaller(truth, stride) * 255).astype(np.uint8),
        smaller(good.alpha, stride),
        placed.alpha.shape[::-1],
        placement,
    )
    inside = (placed.alpha > 0.99) & (there.alpha > 0.99)
    error = np.abs(context["composed"][0].astype(int) - there.rgb).max(axis=-1)
    return float(error[inside].mean())


GOODS = {"bottle": (goods.bottle, "glass"), "glass": (goods.wine_glass, "glass")}
GOODS["lace"] = (goods.lace, "sheer")


@pytest.mark.parametrize("name", GOODS)
@pytest.mark.parametrize(
    "by_hand", [{}, {"rotation": 24.0}, {"x": 0.1, "y": -0.06, "scale": 0.7}], ids=str
)
def test_glass_and_lace_may_be_turned_moved_and_scaled(name, by_hand):
    make, surface = GOODS[name]
    context = before_dark(make(), surface, fill=0.8, **by_hand)
    assert context["placed"].seen_through is not None
    assert error_of(context, make()) < 8
    report = context["fidelity"][0]
    assert report["seen_through_max"] <= 1 / 255
    assert report["passed"]


@pytest.mark.usefixtures("_smooth")
@pytest.mark.parametrize("rotation", [0.0, 15.0])
def test_a_small_photo_of_glass_may_be_enlarged(rotation):
    good = goods.bottle()
    context = before_dark(good, "glass", canvas=640, stride=4, fill=0.8, rotation=rotation)
    assert context["placed"].learned > 1
    assert context["placed"].seen_through.max() > 0.8
    assert error_of(context, good, stride=4) < 9
    assert context["fidelity"][0]["passed"]
