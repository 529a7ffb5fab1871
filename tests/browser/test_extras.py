"""Extras on the cut-out page in a real browser: hatched, asked about, removed, kept."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.models import Cutout, GenerationJob
from prodimages.services import execution
from tests.browser.test_admin import expect, log_in
from tests.conftest import FLAT
from tests.cutouts.goods import hung_shirt
from tests.factories import make_job, make_product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hung(shop, settings) -> GenerationJob:
    settings.PRODIMAGES = FLAT
    job = make_job(make_product(photo=hung_shirt()))
    execution.run_next(["prodimages"])
    job.refresh_from_db()
    return job


def address(shop: str, job: GenerationJob) -> str:
    return f"{shop}/admin/prodimages/sourcephoto/{job.photo_id}/cut-out/"


def hatched_rows(page) -> np.ndarray:
    """In which rows of the canvas pure hatching red is seen."""
    canvas = page.locator("#cutout-canvas").screenshot()
    red, green, blue = np.moveaxis(np.asarray(Image.open(io.BytesIO(canvas)).convert("RGB")), -1, 0)
    return np.flatnonzero(((red == 214) & (green == 40) & (blue == 60)).any(axis=1))


def test_a_hanger_is_hatched_and_removed_at_a_click(chromium, shop, hung):
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, shop)
    page.goto(address(shop, hung))
    page.wait_for_selector("#cutout-editor[data-ready=true]")
    page.click("text=Black")
    rows = hatched_rows(page)
    height = page.locator("#cutout-canvas").bounding_box()["height"]
    assert rows.size
    assert rows.max() < height / 2
    page.click("text=Original")
    assert not hatched_rows(page).size

    expect(page.locator(".pi-extra")).to_contain_text("Hanger")
    page.click("role=button[name='Remove the hanger']")
    expect(page.locator(".messagelist")).to_contain_text("uses the new version")
    expect(page.locator(".pi-extra")).to_have_count(0)
    expect(page.locator(".pi-version").first).to_contain_text("boss removed from version 1: hanger")
    assert Cutout.objects.in_force(hung.photo).removed == ["hanger"]
    page.wait_for_selector("#cutout-editor[data-ready=true]")
    page.click("text=Black")
    assert not hatched_rows(page).size

    page.locator(".pi-version", has_text="Version 1").locator("text=Use this version").click()
    expect(page.locator(".messagelist")).to_contain_text("uses this version")
    assert Cutout.objects.in_force(hung.photo).removed == []
    assert not errors
    page.close()


def test_without_scripts_it_is_seen_and_kept(chromium, shop, hung):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, shop)
    page.goto(address(shop, hung))
    picture = page.locator(".pi-extras img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 480
    page.click("role=button[name='Keep the hanger']")
    expect(page.locator(".messagelist")).to_contain_text("won't be proposed again")
    expect(page.locator(".pi-extra")).to_contain_text("belongs to the product, says boss")
    expect(picture).to_have_count(0)
    context.close()
