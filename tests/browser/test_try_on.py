"""A shopper's try-on in a real browser: mouse, keys alone, a phone, no script."""

from __future__ import annotations

import pytest

from prodimages.models import ShopperPhoto
from tests.browser.test_admin import expect
from tests.browser.test_storefront import findings
from tests.storefront.test_try_on import FITTING
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


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 1100, "height": 900}},
        {"viewport": {"width": 375, "height": 740}, "has_touch": True, "is_mobile": True},
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
    make = page.get_by_role("button", name="Make the preview")
    expect(make).to_be_visible(timeout=PATIENT)
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
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    make.click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".prodimages-preview-label")).to_have_text("Preview")
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
    make = page.get_by_role("button", name="Make the preview")
    expect(make).to_be_visible(timeout=PATIENT)
    assert findings(page) == []
    make.click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
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
    make = page.get_by_role("button", name="Make the preview")
    expect(make).to_be_focused(timeout=PATIENT)
    handle = page.locator(".prodimages-handle[data-name='neck']")
    handle.focus()
    before = float(page.locator("input[name='neck-x']").input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator("input[name='neck-x']").input_value()) == pytest.approx(before + 5.5)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
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
    make.click()
    expect(page.get_by_role("img", name="Preview of the garment")).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Erase my photo and the preview").click()
    expect(page.get_by_text("are erased")).to_be_visible()
    assert not ShopperPhoto.objects.exists()
    page.context.close()
