"""The gray point in a real browser: a click on the photo says where it is."""

from __future__ import annotations

import pytest

from prodimages.models import SourcePhoto
from prodimages.services import execution
from tests.browser.test_admin import expect, log_in
from tests.factories import make_job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_click_on_the_photo_picks_its_gray_point(chromium, shop):
    make_job()
    execution.run_next(["prodimages"])
    photo = SourcePhoto.objects.get()
    page = chromium.new_page()
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/sourcephoto/{photo.pk}/change/")
    picture = page.locator(".pi-original img")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.1, "y": box["height"] * 0.9})
    page.click("text=Use as gray point")
    expect(page.locator(".messagelist")).to_contain_text("balanced by the gray point")
    photo.refresh_from_db()
    assert photo.corrections["gray"] == pytest.approx([0.1, 0.9], abs=0.01)
    page.click("text=Undo correction")
    expect(page.locator(".messagelist")).to_contain_text("keep its colors")
    photo.refresh_from_db()
    assert photo.corrections == {"mode": "off"}
