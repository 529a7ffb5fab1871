"""What a try-on may repaint, painted in a real browser on a house model's photo."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.imaging.regions import KEPT, OLD
from prodimages.services.try_on import regions
from tests.browser.test_admin import expect, log_in
from tests.browser.test_storefront import findings
from tests.services.test_house_models import make_model

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def levels(row) -> np.ndarray:
    row.refresh_from_db()
    return np.asarray(Image.open(io.BytesIO(regions.stored(row))))


def test_what_stays_is_painted_and_kept(chromium, shop):
    row = make_model()
    marks = np.zeros((480, 360), np.uint8)
    marks[140:300, 120:240] = OLD
    out = io.BytesIO()
    Image.fromarray(marks).save(out, "PNG")
    regions.found(row, out.getvalue(), {})
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/modelphoto/{row.pk}/change/")
    shown = page.locator("img.pi-region")
    shown.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img.pi-region').naturalWidth > 0")
    page.get_by_role("link", name="Paint: What stays").click()
    page.wait_for_selector("#cutout-editor[data-ready=true]")
    assert page.get_by_role("button", name="Save as a draft").count() == 0
    page.click("text=100 %")
    expect(page.locator("#cutout-zoom")).to_have_text("100 %")
    assert findings(page) == []
    box = page.locator("#cutout-canvas").bounding_box()
    left = box["x"] + round((round(box["width"]) - 360) / 2)
    top = box["y"] + round((round(box["height"]) - 480) / 2)
    page.mouse.move(left + 170, top + 220)
    page.mouse.down()
    page.mouse.move(left + 190, top + 220, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Save and use").click()
    page.wait_for_url(f"{shop}/admin/prodimages/modelphoto/{row.pk}/change/")
    painted = levels(row)
    assert painted[220, 180] == KEPT
    assert painted[150, 130] == OLD
    assert row.region_by_staff
    expect(page.get_by_text("Painted by staff.")).to_be_visible()
    assert mistakes == []
