"""The width of a category's products, set in a real browser, and the bricks that it changes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.models import CategoryView, GenerationJob
from prodimages.services import execution
from tests.browser.test_admin import expect, log_in
from tests.conftest import FLAT
from tests.factories import make_job, make_product, make_style, photo_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STUDIO = {"BACKEND": "prodimages.engines.studio.StudioEngine"}
BRICK_CM = 6.5
"""How high a brick of the wall is, without its mortar."""


@pytest.fixture
def job(shop, settings) -> GenerationJob:
    """A job that has run, of a product that takes half of a picture before a brick wall."""
    settings.PRODIMAGES = FLAT | {"ENGINES": {"studio": STUDIO}}
    product = make_product(photo=photo_bytes((800, 600)), category="Things/Odd")
    look = {"scene": "brick-loft", "fill": 0.5, "shadow": "soft"}
    made = make_job(product, make_style(engine="studio", size=512, parameters=look), seed=3)
    execution.run_next(["prodimages"])
    return made


def remembered(page, width: str) -> np.ndarray:
    """Say on the page how wide all products of the category are; returns the stage after it."""
    page.select_option("select[name=support]", "wall")
    page.fill("input[name=width_cm]", width)
    page.select_option("select[name=reach]", "things")
    page.click("button[name=_view]")
    expect(page.locator(".messagelist")).to_contain_text("all products of “things” use this")
    stage = page.locator("#placement-stage[data-ready=true]")
    stage.wait_for()
    shown = Image.open(io.BytesIO(stage.screenshot())).convert("RGB")
    return np.asarray(shown, dtype=np.float32)


def course(stage: np.ndarray) -> float:
    """Height in pixels of one course of bricks, by the gray joints beside the product."""
    red = (stage[..., 0] - stage[..., 1])[:, : stage.shape[1] // 6].mean(axis=1)
    joint = red < (red.min() + red.max()) / 2
    tops = np.flatnonzero(joint[1:] & ~joint[:-1])
    return float(np.median(np.diff(tops)))


def test_a_width_set_for_a_category_gives_the_bricks_their_size(chromium, shop, job):
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/generationjob/{job.pk}/change/")
    page.click("text=Place differently…")
    page.wait_for_selector("#placement-stage[data-ready=true]")
    for width in (60.0, 120.0):
        stage = remembered(page, str(width))
        high = course(stage) * width / (stage.shape[1] / 2)  # the product takes half of it
        assert BRICK_CM < high < 1.4 * BRICK_CM
    assert CategoryView.objects.get().width_cm == 120
    page.close()
