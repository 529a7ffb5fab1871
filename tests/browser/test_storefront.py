"""A shopper's walk: choose a scene, see that it is being made, see it swapped in."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from prodimages.models import GenerationJob, StorefrontCount
from tests.factories import make_product, make_style
from tests.storefront.conftest import make_published, make_scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

PATIENCE = 60_000
"""Milliseconds for what takes a second on a machine with nothing else to do."""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PORTRAIT = {"requires_review": False, "aspect": "4:5", "size": 512}
NOTE = ".prodimages-note"
READY = 'picture[data-prodimages="ready"]'


@pytest.fixture
def store(shop, settings):
    """The demo's storefront with one product in two scenes, under a strict policy."""
    settings.PRODIMAGES = settings.PRODIMAGES | {"STOREFRONT_WIDTHS": [128, 256]}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.csp.strict"]
    product = make_product(name="Tide mug", slug="tide-mug", color="sea green")
    make_published(product, requires_review=True)
    for slug in ("oak", "marble"):
        make_scene(slug, style=make_style(**PORTRAIT))
    return f"{shop}/products/tide-mug/"


@contextmanager
def opened(chromium, viewport=DESK, expected="", **options):
    context = chromium.new_context(viewport=viewport, **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert [text for text in problems if not (expected and expected in text)] == []


def findings(page) -> list[str]:
    """What axe calls serious or critical, in words."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def shift(page) -> float:
    """How much of the page moved while it was looked at, as browsers count it."""
    return page.evaluate(
        """() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve(sum), 300);
        })"""
    )


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_choose_a_scene_see_it_pending_and_see_it_swapped_in(chromium, store, worker, viewport):
    with opened(chromium, viewport) as page:
        page.goto(store)
        page.get_by_label("Oak").check(force=True)
        note = page.locator(NOTE)
        note.wait_for()
        assert "being made" in note.inner_text()
        assert page.url.endswith("?scene=oak")
        image = page.locator("#scene-picture img")
        page.wait_for_function("document.querySelector('#scene-picture img').complete")
        before = image.bounding_box()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        worker.set()
        page.locator(READY).wait_for()
        assert "ready" in note.inner_text()
        assert "pending" not in image.evaluate("image => image.currentSrc")
        assert "f=avif" in image.evaluate("image => image.currentSrc")
        assert image.bounding_box() == before
        assert before["height"] == pytest.approx(before["width"] * 5 / 4, abs=2)
        assert shift(page) < 0.01
        page.reload()
        assert page.locator(READY).count() == 1
        assert page.locator(NOTE).count() == 0


def test_without_javascript_the_picture_is_there_at_the_next_look(chromium, store, worker):
    with opened(chromium, java_script_enabled=False) as page:
        page.goto(store)
        page.locator('input[value="marble"]').check(force=True)
        page.get_by_role("button", name="Show").click()
        assert page.url.endswith("?scene=marble")
        assert "Reload the page" in page.locator(NOTE).inner_text()
        end = time.monotonic() + PATIENCE / 1000
        ordered = GenerationJob.objects.filter(submission__client="storefront")
        while not ordered.count():  # the browser asks for the picture when it is done with the page
            assert time.monotonic() < end
            page.wait_for_timeout(100)
        assert ordered.count() == 1
        worker.set()
        while not page.locator(READY).count():
            assert time.monotonic() < end
            page.wait_for_timeout(300)
            page.reload()
        assert "f=avif" in page.locator(f"{READY} source").first.get_attribute("srcset")


def test_by_keyboard_alone(chromium, store, worker):
    with opened(chromium) as page:
        page.goto(store)
        worker.set()
        page.keyboard.press("Tab")
        assert "Skip" in page.evaluate("document.activeElement.textContent")
        for _press in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "scene":
                break
        assert page.evaluate("document.activeElement.value") == ""
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.value") == "oak"
        page.locator(READY).wait_for()
        assert page.evaluate("document.activeElement.value") == "oak"  # the focus stayed


@pytest.mark.parametrize("path", ["", "?scene=oak"], ids=["product", "pending"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(chromium, store, path, viewport):
    with opened(chromium, viewport) as page:
        page.goto(store + path)
        assert findings(page) == []


def test_axe_finds_nothing_serious_in_the_list_or_in_chinese(chromium, store, shop):
    with opened(chromium) as page:
        page.goto(shop)
        assert findings(page) == []
        page.get_by_role("button", name="简体中文").click()
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        assert findings(page) == []


def test_a_page_that_is_left_asks_nothing_and_goes_on_when_it_is_seen_again(
    chromium, store, worker
):
    with opened(chromium) as page:
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url) if one.method == "HEAD" else None)
        with page.expect_request(lambda one: one.method == "HEAD"):
            page.goto(f"{store}?scene=oak")
        leave = "new PageTransitionEvent('pagehide', { persisted: true })"
        page.evaluate(f"dispatchEvent({leave})")
        page.wait_for_timeout(300)
        before = len(asked)
        assert before >= 1
        page.wait_for_timeout(4000)
        assert len(asked) == before
        worker.set()
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
        page.locator(READY).wait_for()


def test_the_script_stops_where_nobody_answers(chromium, store):
    with opened(chromium, expected="ERR_FAILED") as page:
        page.clock.install()
        page.goto(f"{store}?scene=oak")
        page.route("**/image/*", lambda route: route.abort())
        for _question in range(5):
            page.clock.run_for(20_000)
            page.wait_for_timeout(400)
        note = page.locator(f'{NOTE}[data-state="later"]')
        note.wait_for()
        assert "Look again later" in note.inner_text()


def test_what_was_seen_and_chosen_is_counted(chromium, store, worker):
    with opened(chromium) as page:
        page.goto(store)
        worker.set()
        page.get_by_label("Oak").check(force=True)
        page.locator(READY).wait_for()
        with page.expect_response(lambda one: "beacon" in one.url) as response:
            page.wait_for_timeout(2500)
            page.goto("about:blank")
        assert response.value.status == 204
        end = time.monotonic() + 10
        while time.monotonic() < end:
            row = StorefrontCount.objects.filter(key="oak").first()
            if row and row.shown and row.chosen:
                break
            time.sleep(0.2)
        assert (row.shown, row.chosen) == (1, 1)
