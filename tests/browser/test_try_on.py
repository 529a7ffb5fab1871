"""A shopper's try-on in a real browser: mouse, keys alone, a phone, no script."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from prodimages.imaging.regions import KEPT
from prodimages.models import ShopperPhoto, TryOn
from prodimages.storage import shopper_storage
from tests.browser.test_admin import expect
from tests.browser.test_storefront import findings
from tests.storefront.shoppers import FITTING
from tests.wearing import make_top, person_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENT = 60_000


@pytest.fixture
def product(settings, shop, worker):
    settings.PRODIMAGES = FITTING
    settings.ROOT_URLCONF = "tests.browser.try_on_urls"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.browser.csp.strict"]
    worker.set()
    return make_top()


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "me.jpg"
    path.write_bytes(person_bytes())
    return str(path)


def levels(file) -> np.ndarray:
    with shopper_storage().open(file.name) as stored:
        return np.asarray(Image.open(stored))


def opened(chromium, **options):
    context = chromium.new_context(**options)
    page = context.new_page()
    page.mistakes = []
    page.on("pageerror", lambda error: page.mistakes.append(str(error)))
    page.on(
        "console",
        lambda line: page.mistakes.append(line.text) if "Security Policy" in line.text else None,
    )
    return page


def agree_and_send(page, photo):
    page.get_by_label("Your photo:").set_input_files(photo)
    page.get_by_label("I agree that").check()
    page.get_by_label("The photo shows me").check()
    page.get_by_role("button", name="Send").click()


PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True, "is_mobile": True}


def go_on(page) -> None:
    """Nobody drawn has a face that is found."""
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("status")).to_contain_text("Say whether")
    page.get_by_label("Yes, from the front").check()
    page.get_by_role("button", name="Continue").click()
    page.locator("[data-region][data-ready='true']").wait_for(timeout=PATIENT)


def stroke(page, start, end) -> None:
    """Over the photo, places in shares of it."""
    canvas = page.locator("[data-region] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()

    def at(place):
        return [box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]]

    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=5)
    page.mouse.up()


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 1100, "height": 900}},
        PHONE,
    ],
    ids=["desk", "phone"],
)
def test_from_upload_to_handles_to_picture_to_erasure(chromium, shop, product, photo, options):
    page = opened(chromium, **options)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{shop}/bare/{product.pk}/")
    page.get_by_role("button", name="Try it on").click()
    agree_and_send(page, photo)
    expect(page.get_by_role("button", name="Continue")).to_be_visible(timeout=PATIENT)
    handle = page.locator(".prodimages-handle[data-name='left_shoulder']")
    handle.scroll_into_view_if_needed()
    before = handle.bounding_box()
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 10, y + 4, steps=3)
    page.mouse.up()
    after = handle.bounding_box()
    assert after["x"] < before["x"] - 5
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) <= 0
    go_on(page)
    assert page.evaluate(wide) <= 0
    stroke(page, (0.5, 0.1), (0.5, 0.2))  # over the face, which stays
    undo = page.get_by_role("button", name="Undo")
    found = page.get_by_role("button", name="As it was found")
    expect(undo).to_be_enabled()
    page.get_by_role("button", name="Take out").click()
    stroke(page, (0.46, 0.46), (0.54, 0.46))
    expect(found).to_be_enabled()
    page.get_by_role("button", name="Make the preview").click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".prodimages-preview-label")).to_have_text("Preview")
    edits = levels(TryOn.objects.get().edits)
    assert edits[221, 180] == KEPT
    assert (edits[40:110, 165:195] == 0).all()
    page.get_by_role("button", name="Erase my photo and the preview").click()
    expect(page.get_by_role("status")).to_contain_text("erased")
    assert not ShopperPhoto.objects.exists()
    token = page.evaluate("sessionStorage.getItem('prodimages-try-on-token')")
    assert token is None
    assert all("token" not in address for address in requests)
    assert page.mistakes == []
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_on_the_demo_s_own_page_from_one_product_to_another(
    chromium, shop, product, photo, language
):
    """The dialog goes on where it was closed, and asks before it uses the photo again."""
    other = make_top(name="Blue tee", sku="BLUE")
    page = opened(chromium, viewport={"width": 1100, "height": 900})
    page.context.add_cookies([{"name": "django_language", "value": language, "url": shop}])
    page.goto(f"{shop}/products/{product.slug}/")
    step = "[data-try-on] [data-step='{}']:not([hidden])".format
    page.locator("[data-open]").click()
    page.locator(step("photo")).wait_for()
    assert findings(page) == []
    page.locator("input[type='file']").set_input_files(photo)
    for box in page.locator("dialog input[type='checkbox']").all():
        box.check()
    page.locator("dialog button[type='submit']").click()
    page.locator(step("placing")).wait_for(timeout=PATIENT)
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-open]").click()
    page.locator(step("placing")).wait_for()
    page.locator("[name='front_view'][value='yes']").check()
    page.locator("[data-continue]").click()
    page.locator(step("painting")).wait_for(timeout=PATIENT)
    page.locator("[data-region][data-ready='true']").wait_for()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-open]").click()
    page.locator(step("painting")).wait_for()  # the region, where it was left
    page.locator("[data-back]").click()
    page.locator(step("placing")).wait_for()
    page.locator("[data-continue]").click()
    page.locator(step("painting")).wait_for(timeout=PATIENT)
    page.locator("[data-region][data-ready='true']").wait_for()
    page.locator("[data-make]").click()
    page.locator(step("done")).wait_for(timeout=PATIENT)
    assert findings(page) == []
    drawn = page.locator("canvas[data-result]").evaluate("one => one.width * one.height")
    assert drawn > 100_000
    page.goto(f"{shop}/products/{other.slug}/")
    page.locator("[data-open]").click()
    page.locator(step("kept")).wait_for()
    assert findings(page) == []
    page.locator("[data-reuse]").click()
    page.locator(step("painting")).wait_for(timeout=PATIENT)
    page.locator("[data-region][data-ready='true']").wait_for()
    page.locator("[data-make]").click()
    page.locator(step("done")).wait_for(timeout=PATIENT)
    assert ShopperPhoto.objects.count() == 1
    page.locator(step("done")).locator("[data-erase]").click()
    page.locator(step("photo")).wait_for()
    assert not ShopperPhoto.objects.exists()
    assert page.locator("canvas[data-result]").evaluate("one => one.width") == 0
    assert page.mistakes == []
    page.context.close()


def test_axe_finds_nothing_serious_on_the_plain_page(chromium, shop, product, photo):
    page = opened(chromium, viewport={"width": 390, "height": 844})
    page.goto(f"{shop}/api/v1/storefront/try-on/new/{product.pk}/")
    assert findings(page) == []
    agree_and_send(page, photo)
    on = page.get_by_role("button", name="Continue")
    expect(on).to_be_visible(timeout=PATIENT)
    assert findings(page) == []
    page.get_by_label("Yes, from the front").check()
    on.click()
    page.locator("[data-region][data-ready='true']").wait_for(timeout=PATIENT)
    assert findings(page) == []
    page.get_by_role("button", name="Take out").click()
    stroke(page, (0.46, 0.46), (0.54, 0.46))
    page.get_by_role("button", name="Make the preview").click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
    assert levels(TryOn.objects.get().edits)[221, 180] == KEPT
    assert findings(page) == []
    assert page.mistakes == []
    page.context.close()


def test_with_keys_alone(chromium, shop, product, photo):
    page = opened(chromium, viewport={"width": 1100, "height": 900})
    page.goto(f"{shop}/bare/{product.pk}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    agree_and_send(page, photo)
    expect(page.get_by_role("button", name="Continue")).to_be_focused(timeout=PATIENT)
    handle = page.locator(".prodimages-handle[data-name='neck']")
    handle.focus()
    before = float(page.locator("input[name='neck-x']").input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator("input[name='neck-x']").input_value()) == pytest.approx(before + 5.5)
    go_on(page)
    expect(page.get_by_role("button", name="Make the preview")).to_be_focused()
    page.locator("[data-region] canvas").focus()
    for key in ("r", "]", "Enter", "Shift+ArrowDown", "Control+z"):
        page.keyboard.press(key)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()  # one stroke, taken back
    expect(page.get_by_role("button", name="Take out")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(undo).to_be_enabled()
    page.get_by_role("button", name="As it was found").click()
    expect(page.get_by_role("button", name="As it was found")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.mistakes == []
    page.context.close()


def test_what_looks_like_a_photo_from_behind_is_refused_until_somebody_objects(
    chromium, shop, product, tmp_path
):
    path = tmp_path / "back.jpg"
    path.write_bytes(person_bytes(is_behind=True))
    page = opened(chromium, viewport={"width": 1100, "height": 900})
    page.goto(f"{shop}/bare/{product.pk}/")
    page.get_by_role("button", name="Try it on").click()
    agree_and_send(page, str(path))
    said = page.get_by_role("status")
    expect(said).to_contain_text("seems to be taken from behind", timeout=PATIENT)
    assert findings(page) == []
    page.get_by_role("button", name="Look at the points").click()
    go_on(page)
    assert page.mistakes == []
    page.context.close()


def test_a_photo_from_behind_is_refused_in_words(chromium, shop, product, photo):
    page = opened(chromium, **PHONE)
    page.goto(f"{shop}/bare/{product.pk}/")
    page.get_by_role("button", name="Try it on").click()
    agree_and_send(page, photo)
    on = page.get_by_role("button", name="Continue")
    expect(on).to_be_visible(timeout=PATIENT)
    page.get_by_label("No, from behind").check()
    on.click()
    expect(page.get_by_role("status")).to_contain_text("Take one from the front")
    assert ShopperPhoto.objects.get().confirmed_at is None
    assert page.mistakes == []
    page.context.close()


def test_without_a_script(chromium, shop, product, photo):
    page = opened(chromium, java_script_enabled=False)
    page.goto(f"{shop}/bare/{product.pk}/")
    page.get_by_role("button", name="Try it on").click()
    agree_and_send(page, photo)
    make = page.get_by_role("button", name="Make the preview")
    expect(make).to_be_visible(timeout=PATIENT)
    page.locator("input[name='neck-y']").fill("28")
    page.get_by_label("Yes, from the front").check()
    make.click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Erase my photo and the preview").click()
    expect(page.get_by_text("are erased")).to_be_visible()
    assert not ShopperPhoto.objects.exists()
    page.context.close()
