"""A running job's page shows what is painted, as it is painted, and nothing once it is done."""

from __future__ import annotations

import threading

import pytest

from tests.browser.test_admin import expect, log_in
from tests.factories import make_job
from tests.testapp.engines import ShowingEngine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MIDDLE = """image => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.drawImage(image, 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture
def showing(shop, flat, settings, monkeypatch):
    monkeypatch.setattr(ShowingEngine, "seen", [threading.Event(), threading.Event()])
    engine = {"BACKEND": "tests.testapp.engines.ShowingEngine"}
    settings.PRODIMAGES = flat | {"ENGINES": {"flat": engine}}
    yield
    for event in ShowingEngine.seen:
        event.set()


def shows(page, color: tuple[int, int, int]) -> None:
    """Wait until the look has ``color``, but for what JPEG makes of it."""
    look = page.locator("#job-status .pi-look img")
    expect(look).to_be_visible(timeout=20_000)
    for _try in range(100):
        found = look.evaluate(MIDDLE)
        if max(abs(one - other) for one, other in zip(found, color, strict=True)) < 8:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"The look has the color {found}, not {color}.")


def test_a_running_job_shows_what_it_paints(chromium, shop, showing, worker):
    job = make_job()
    page = chromium.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, shop)
    worker.set()
    page.goto(f"{shop}/admin/prodimages/generationjob/{job.pk}/change/")
    shows(page, ShowingEngine.colors[0])
    ShowingEngine.seen[0].set()
    shows(page, ShowingEngine.colors[1])
    ShowingEngine.seen[1].set()
    expect(page.locator("#job-status")).to_contain_text("succeeded", timeout=20_000)
    expect(page.locator(".pi-look")).to_have_count(0)
    assert not errors
    page.close()
