"""From ticked products to the shop's media, in a real browser, with and without scripts."""

from __future__ import annotations

import re

import pytest

from prodimages.models import GenerationJob
from tests.admin.helpers import published
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def log_in(page, shop: str) -> None:
    page.goto(f"{shop}/admin/prodimages_catalogue/product/")
    page.fill("#id_username", "boss")
    page.fill("#id_password", "open sesame")
    page.press("#id_password", "Enter")


def order_for(page, products) -> None:
    for product in products:
        page.check(f"input.action-select[value='{product.pk}']")
    page.select_option("select[name=action]", "generate_images")
    with page.expect_navigation():  # ... and its deferred scripts
        page.click("button[name=index]")


@pytest.fixture
def slow_style():
    """Slow enough to be seen running."""
    return make_style(name="Slow", parameters={"sleep": 1.5})


def test_order_watch_and_approve_by_keyboard(chromium, shop, worker, slow_style):
    first, second = make_product(name="First mug"), make_product(name="Second mug")
    page = chromium.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log_in(page, shop)
    order_for(page, [first, second])

    page.fill("#id_prompt", "unheard words")
    expect(page.locator("#preview")).to_contain_text("Not honored by this engine: unheard.")
    page.click("button[name=_generate]")
    expect(page.locator(".messagelist")).to_contain_text("2 jobs are queued.")
    expect(page.locator(".messagelist")).to_contain_text("No worker has been seen")
    expect(page.locator("#result_list")).to_contain_text("queued")

    worker.set()
    page.click("text=First mug")
    expect(page.locator("#job-status")).to_contain_text("running", timeout=10_000)
    expect(page.locator("#job-status")).to_contain_text("succeeded", timeout=20_000)
    picture = page.locator(".pi-picture")
    expect(picture).to_have_count(1)

    page.keyboard.press("j")
    expect(picture).to_be_focused()
    page.keyboard.press("a")
    expect(picture).to_contain_text("was approved and published", timeout=10_000)
    assert published(first) == 1
    page.goto(f"{shop}/admin/prodimages_catalogue/product/{first.pk}/change/")
    expect(page.locator(".inline-group")).to_contain_text("First mug")
    expect(page.locator("select[name$=kind] option[selected][value=generated]")).to_have_count(1)
    assert not errors
    page.close()


def test_list_of_jobs_brings_itself_up_to_date(chromium, shop, worker):
    page = chromium.new_page()
    products, style = [make_product(), make_product()], make_style()
    assert style.pk
    log_in(page, shop)
    order_for(page, products)
    page.click("button[name=_generate]")
    expect(page.locator(".pi-badge.pi-queued")).to_have_count(2)
    asked = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    worker.set()
    expect(page.locator(".pi-badge.pi-succeeded")).to_have_count(2, timeout=20_000)
    expect(page.locator("#job-poll")).to_have_count(0)
    polls = [url for kind, url in asked if kind in {"xhr", "fetch"}]
    assert polls
    assert all("/live/?jobs=" in url for url in polls)  # one for the page, none for a row
    page.close()


def test_reject_with_a_reason_by_keyboard_in_the_grid(chromium, shop, worker):
    page = chromium.new_page()
    product, style = make_product(), make_style()
    log_in(page, shop)
    order_for(page, [product])
    page.fill("#id_count", "2")
    page.click("button[name=_generate]")
    worker.set()
    expect(page.locator("#job-status")).to_contain_text("succeeded", timeout=20_000)
    page.goto(f"{shop}/admin/prodimages/generatedimage/")
    pictures = page.locator(".pi-picture")
    page.keyboard.press("j")
    pictures.first.locator(".pi-code").select_option("light")
    pictures.first.locator(".pi-reason").focus()
    page.keyboard.type("shadow a r j")  # letters in a field are letters
    page.keyboard.press("Enter")
    said = "Rejected because: light or view does not match: shadow a r j"
    expect(pictures.first).to_contain_text(said)
    expect(pictures.nth(1)).to_be_focused()  # on to the next one to judge
    page.keyboard.press("x")
    expect(page.locator("tr.selected")).to_have_count(1)
    job = GenerationJob.objects.get(style=style)
    assert sorted(job.images.values_list("state", flat=True)) == ["pending", "rejected"]
    page.close()


def test_everything_works_without_scripts(chromium, shop, worker):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    product, style = make_product(name="Plain mug"), make_style()
    log_in(page, shop)
    order_for(page, [product])
    page.fill("#id_prompt", "unheard words")
    page.click("button[name=_preview]")
    expect(page.locator("#preview")).to_contain_text("Not honored by this engine: unheard.")
    page.click("button[name=_generate]")
    expect(page.locator("#job-status")).to_contain_text("queued")
    assert re.search(r"/generationjob/\d+/change/", page.url)

    worker.set()
    for _look in range(40):
        page.reload()
        if "succeeded" in (page.locator("#job-status").text_content() or ""):
            break
        page.wait_for_timeout(250)
    page.click("button[name=approve]")
    expect(page.locator(".messagelist")).to_contain_text("1 picture was approved and published.")
    page.click("text=Unpublish…")
    page.click("text=Yes, unpublish")
    expect(page.locator(".messagelist")).to_contain_text("taken out of the shop")
    page.fill(".pi-reason", "not now")
    page.select_option(".pi-code", "style")
    page.click("button[name=reject]")
    expect(page.locator(".pi-picture")).to_contain_text("Rejected because: wrong style: not now")
    assert published(product) == 0
    assert style.jobs.count() == 1
    context.close()


def test_a_queued_job_is_canceled_after_a_question(chromium, shop):
    page = chromium.new_page()
    product, style = make_product(), make_style()
    log_in(page, shop)
    order_for(page, [product])
    page.click("button[name=_generate]")
    page.focus("#job-cancel summary")
    page.keyboard.press("Enter")
    page.wait_for_timeout(2000)  # a look at the server later, the question is still there
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#job-status")).to_contain_text("canceled")
    assert style.jobs.get().state == "canceled"
    page.close()
