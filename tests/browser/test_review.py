"""Reviewing without a mouse, comparing, and a proof of a large order, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.admin.images import GeneratedImageAdmin
from prodimages.choices import ImageState
from prodimages.models import GeneratedImage, GenerationJob
from tests.admin.helpers import FIDELITY, finished_job, published
from tests.browser.test_admin import expect, log_in, order_for
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "admin:prodimages_generatedimage_changelist"


@pytest.fixture
def page(chromium, shop):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, shop)
    yield page
    page.close()
    assert not errors


def state(image) -> str:
    return GeneratedImage.objects.values_list("state", flat=True).get(pk=image.pk)


def test_twelve_pictures_without_a_mouse(page, shop):
    jobs = [finished_job(style=make_style(), count=4) for _each in range(3)]
    images = list(GeneratedImage.objects.order_by("-pk"))
    GeneratedImage.objects.filter(pk=images[3].pk).update(passed=False)
    page.goto(f"{shop}{reverse(LIST)}?state__exact=pending")
    cards = page.locator(".pi-picture")
    expect(cards).to_have_count(12)

    page.keyboard.press("?")
    expect(page.locator("#pi-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("f")  # one at a time
    expect(page.locator(".pi-picture:visible")).to_have_count(1)

    page.keyboard.press("a")
    expect(cards.nth(1)).to_be_focused(timeout=10_000)
    expect(page.locator("#pi-live")).to_contain_text("approved and published")
    page.keyboard.press("r")
    expect(page.locator("#pi-reasons")).to_be_visible()
    page.keyboard.press("6")
    expect(cards.nth(2)).to_be_focused(timeout=10_000)
    expect(page.locator("#pi-live")).to_contain_text("rejected")
    assert state(images[1]) == ImageState.REJECTED
    assert GeneratedImage.objects.get(pk=images[1].pk).reject_code == "light"

    # Both decisions are taken back, the newest first, and the shop gives its picture back.
    page.keyboard.press("z")
    expect(cards.nth(1)).to_be_focused(timeout=10_000)
    assert state(images[1]) == ImageState.PENDING
    page.keyboard.press("z")
    expect(cards.first).to_be_focused(timeout=10_000)
    assert state(images[0]) == ImageState.PENDING
    assert sum(published(job.product) for job in jobs) == 0
    page.keyboard.press("z")
    expect(page.locator("#pi-live")).to_contain_text("nothing to undo")

    for place in range(12):
        expect(cards.nth(place)).to_be_focused(timeout=10_000)
        if place == 3:
            page.keyboard.press("a")
            expect(page.locator("#pi-live")).to_contain_text("can't be approved")
        if place % 4 == 3:
            page.keyboard.press("r")
            page.keyboard.press("9")
        else:
            page.keyboard.press("a")
    expect(page.locator(".pi-is-pending")).to_have_count(0, timeout=10_000)
    states = list(GeneratedImage.objects.order_by("-pk").values_list("state", flat=True))
    assert states == (["published"] * 3 + ["rejected"]) * 3
    assert GeneratedImage.objects.filter(reject_code="other").count() == 3

    page.keyboard.press("n")  # the list has moved up, and is empty
    expect(page.locator(".results")).to_contain_text("There are no pictures here.")


@pytest.fixture
def pages_of_thirty(monkeypatch):
    monkeypatch.setattr(GeneratedImageAdmin, "list_per_page", 30)


@pytest.mark.usefixtures("pages_of_thirty")
def test_a_hundred_pictures_over_three_pages_without_a_mouse(page, shop):
    """Every fifth is rejected, two are compared, four decisions undone; the rest is approved."""
    style = make_style()
    for _each in range(25):
        finished_job(style=style, count=4)
    order = list(GeneratedImage.objects.order_by("-pk").values_list("pk", flat=True))
    page.goto(f"{shop}{reverse(LIST)}?state__exact=pending")
    page.keyboard.press("j")
    focused = page.locator(".pi-picture:focus")
    pending, pages = page.locator(".pi-is-pending"), 1
    for place, key in enumerate(order):
        if page.locator(f"#picture-{key}").count() == 0:
            expect(pending).to_have_count(0, timeout=10_000)
            with page.expect_navigation():
                page.keyboard.press("n")
            pages += 1
            if pages == 2:  # the last decision of the page before, taken back from this one
                expect(focused).to_have_id(f"picture-{key}", timeout=10_000)
                with page.expect_navigation():
                    page.keyboard.press("z")
                expect(focused).to_have_id(f"picture-{order[place - 1]}", timeout=10_000)
                decide(page, place - 1)
        expect(focused).to_have_id(f"picture-{key}", timeout=10_000)
        if place in (3, 70):  # a closer look, and back to the same picture
            page.keyboard.press("c")
            page.wait_for_url(f"**/{key}/compare/**")
            page.keyboard.press("Escape")
            expect(focused).to_have_id(f"picture-{key}", timeout=10_000)
        decide(page, place)
        if place in (7, 52, 99):  # a second thought
            expect(page.locator(f"#picture-{key}.pi-is-pending")).to_have_count(0, timeout=10_000)
            page.keyboard.press("z")
            expect(page.locator(f"#picture-{key}.pi-is-pending")).to_be_focused(timeout=10_000)
            decide(page, place)
    expect(page.locator(".pi-is-pending")).to_have_count(0, timeout=10_000)
    assert pages == 3
    rejected = GeneratedImage.objects.filter(state=ImageState.REJECTED, reject_code="color")
    assert set(rejected.values_list("pk", flat=True)) == set(order[::5])
    assert GeneratedImage.objects.filter(state=ImageState.PUBLISHED).count() == 80


def decide(page, place: int) -> None:
    if place % 5:
        page.keyboard.press("a")
    else:
        page.keyboard.press("r")
        page.keyboard.press("3")  # color or shape changed


def test_the_original_shows_for_as_long_as_its_key_is_held(page, shop):
    job = finished_job()
    page.goto(f"{shop}{reverse(LIST)}")
    page.keyboard.press("j")
    picture = page.locator(".pi-open img")
    made = picture.get_attribute("src")
    page.keyboard.down("o")
    shown = reverse("admin:prodimages_sourcephoto_preview", args=[job.photo_id])
    expect(picture).to_have_attribute("src", shown)
    page.keyboard.up("o")
    expect(picture).to_have_attribute("src", str(made))


def test_compare_by_keyboard_and_by_pointer(page, shop):
    image = finished_job().images.get()
    boxes = {"box": [0.2, 0.2, 0.8, 0.8], "photo_box": [0.3, 0.3, 0.7, 0.8]}
    GeneratedImage.objects.update(fidelity=FIDELITY | boxes, width=400, height=400)
    page.goto(f"{shop}{reverse(LIST)}")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#pi-stage")).to_have_class("pi-slide")
    assert f"/{image.pk}/compare/" in page.url

    def cut() -> int:
        return int(page.locator("#pi-cut").input_value())

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert 50 < cut() < 60
    expect(page.locator("#pi-cut")).to_be_focused()
    page.keyboard.press("Home")
    assert cut() == 0
    box = page.locator("#pi-stage").bounding_box()
    page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 20)
    assert 78 <= cut() <= 82
    page.keyboard.down("o")
    expect(page.locator("#pi-stage")).to_have_class("pi-slide pi-only-original")
    page.keyboard.up("o")

    page.click("[data-mode=sides]")
    panes = page.locator(".pi-pane")
    lies = """() => {
        const middle = (pane) => (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth;
        const [photo, made] = [...document.querySelectorAll(".pi-pane")].map(middle);
        return [photo, made];
    }"""
    panes.nth(1).evaluate("pane => { pane.firstElementChild.style.minWidth = '3000px'; }")
    panes.nth(0).evaluate("pane => { pane.firstElementChild.style.minWidth = '2000px'; }")
    page.click("[data-mode=sides]")
    # The product's middle lies in the middle of both, and so does every other point of it.
    photo, made = page.evaluate(lies)
    assert (photo, made) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01))
    panes.nth(1).evaluate("pane => pane.scrollTo(0.65 * 3000 - pane.clientWidth / 2, 0)")
    page.wait_for_function("() => document.querySelector('.pi-pane').scrollLeft > 800")
    photo, made = page.evaluate(lies)
    assert (photo, made) == (pytest.approx(0.6, abs=0.01), pytest.approx(0.65, abs=0.01))

    page.keyboard.press("Escape")
    expect(page.locator(".pi-picture")).to_be_focused()


def test_a_proof_of_twelve_products(page, shop, worker):
    products, style = [make_product() for _each in range(12)], make_style()
    page.reload()
    order_for(page, products)
    assert page.is_checked("#id_proof")
    page.click("button[name=_generate]")
    expect(page.locator(".pi-proof-lead")).to_contain_text("9 jobs are held")
    worker.set()
    expect(page.locator(".pi-proof .pi-picture")).to_have_count(3, timeout=30_000)
    expect(page.locator(".pi-badge.pi-succeeded")).to_have_count(3, timeout=10_000)
    assert GenerationJob.objects.filter(style=style, state="held").count() == 9

    expect(page.locator("#proofs[hx-get]")).to_have_count(0, timeout=10_000)
    rows = [proof.bounding_box()["y"] for proof in page.locator(".pi-proof").all()]
    assert len(set(rows)) < 3  # beside each other, to be compared at a glance

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("8")
    expect(page.locator(".pi-proof .pi-picture").first).to_contain_text("wrong style")
    page.click("text=Cancel the rest")
    expect(page.locator(".messagelist")).to_contain_text("9 jobs were canceled.")
    assert GenerationJob.objects.filter(state="canceled").count() == 9


def test_one_reason_for_all_that_are_ticked(page, shop):
    finished_job(count=3)
    page.goto(f"{shop}{reverse(LIST)}")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "reject_images")
    page.select_option("#changelist-form select[name=code]", "contrast")
    page.click("button[name=index]")
    expect(page.locator(".messagelist")).to_contain_text("3 pictures were rejected.")
    assert set(GeneratedImage.objects.values_list("reject_code", flat=True)) == {"contrast"}
