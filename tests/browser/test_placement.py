"""The placement page in a real browser: what is dragged is what is ordered."""

from __future__ import annotations

import pytest

from prodimages.models import GenerationJob, ProductSettings
from prodimages.services import execution
from tests.browser.test_admin import expect, log_in
from tests.factories import make_job, make_product, make_style, photo_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(shop) -> GenerationJob:
    """A job that has run, of a product that takes half of a square picture."""
    product = make_product(photo=photo_bytes((800, 600)))
    made = make_job(product, make_style(size=512, parameters={"fill": 0.5}), seed=190)
    execution.run_next(["prodimages"])
    return made


def open_page(page, shop: str, job: GenerationJob) -> dict[str, float]:
    """From the job to the page; returns where the stage is on the screen."""
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/generationjob/{job.pk}/change/")
    page.click("text=Place differently…")
    page.wait_for_selector("#placement-stage[data-ready=true]")
    return page.locator("#placement-stage").bounding_box()


def drag(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def middle_of(page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def number(page, name: str) -> float:
    return float(page.input_value(f"#id_{name}") or 0)


def ready(page) -> None:
    page.wait_for_selector("#placement-stage[data-ready=true]")


def test_drag_size_turn_and_generate(chromium, shop, job):
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    stage = open_page(page, shop, job)
    x, y = middle_of(page, ".pi-place-frame")
    drag(page, (x, y), (x + 0.1 * stage["width"], y - 0.15 * stage["height"]))
    assert number(page, "x") == pytest.approx(10, abs=0.3)
    assert number(page, "y") == pytest.approx(-15, abs=0.3)
    ready(page)
    assert middle_of(page, ".pi-place-frame") == pytest.approx(
        (x + 0.1 * stage["width"], y - 0.15 * stage["height"]), abs=2
    )

    middle, corner = middle_of(page, ".pi-place-frame"), middle_of(page, "[data-handle=se]")
    inward = [m + 0.8 * (c - m) for m, c in zip(middle, corner, strict=True)]
    drag(page, corner, inward)
    assert number(page, "scale") == pytest.approx(80, abs=1)
    ready(page)
    middle, top = middle_of(page, ".pi-place-frame"), middle_of(page, "[data-handle=turn]")
    reach = middle[1] - top[1]
    drag(page, top, (middle[0] + 0.5 * reach, middle[1] - 0.866 * reach))
    assert number(page, "rotation") == pytest.approx(30, abs=1)
    ready(page)
    page.check("input[name=light][value='']")
    placed = {name: number(page, name) for name in ("x", "y", "scale", "rotation")}

    page.click("text=Generate with this placement")
    expect(page.locator(".messagelist")).to_contain_text("1 job is queued.")
    plan = GenerationJob.objects.latest("pk").plan["placement"]
    assert {name: plan[name] * (1 if name == "rotation" else 100) for name in placed} == (
        pytest.approx(placed, abs=0.01)
    )
    assert not errors
    page.close()


def test_everything_by_keyboard_and_reset(chromium, shop, job):
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    open_page(page, shop, job)
    page.focus(".pi-place-frame")
    for key in ("ArrowRight", "Shift+ArrowDown", "-", "-", "]", "]", "["):
        page.keyboard.press(key)
    assert number(page, "x") == 0.5
    assert number(page, "y") == 5
    assert number(page, "scale") == pytest.approx(100 / 1.02**2, abs=0.2)
    assert number(page, "rotation") == 0.5
    page.focus(".pi-place-ground")
    page.keyboard.press("Shift+ArrowUp")
    assert number(page, "ground") > 10
    ready(page)
    page.click("text=Remember for this product")
    expect(page.locator(".messagelist")).to_contain_text("Every later job of this product")
    assert ProductSettings.objects.get().placement["y"] == 0.05
    ready(page)
    page.click("text=Reset")
    assert {number(page, name) for name in ("x", "y", "scale", "rotation", "ground")} == {0}
    page.close()


def test_what_is_dragged_out_of_the_picture_comes_back(chromium, shop, job):
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    stage = open_page(page, shop, job)
    x, y = middle_of(page, ".pi-place-frame")
    drag(page, (x, y), (x + 0.45 * stage["width"], y))
    ready(page)
    expect(page.locator("#placement-status")).to_contain_text("does not stick out")
    assert number(page, "x") == pytest.approx(25, abs=1)
    page.fill("#id_scale", "900")
    expect(page.locator("#placement-status")).to_contain_text("less than or equal to 200")
    page.close()


def test_without_scripts_the_fields_and_a_button_do_it(chromium, shop, job):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, shop)
    page.goto(f"{shop}/admin/prodimages/generationjob/{job.pk}/change/")
    page.click("text=Place differently…")
    page.fill("#id_x", "-9")
    with page.expect_response(lambda answer: "x=-9" in answer.url) as seen:
        page.click("button[name=_preview]")
    assert "/placement/preview/" in seen.value.url
    assert seen.value.headers["content-type"] == "image/jpeg"
    page.click("button.default[name=_generate]")
    expect(page.locator(".messagelist")).to_contain_text("1 job is queued.")
    assert GenerationJob.objects.latest("pk").plan["placement"] == {"x": -0.09}
    context.close()
