"""The same try-on with plain forms: no script, a cookie of these pages alone, CSRF in force."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from prodimages.models import ShopperPhoto, TryOn
from prodimages.testing import run_jobs
from tests.factories import make_product
from tests.storefront.painting import without_chest
from tests.storefront.shoppers import FITTING, upload
from tests.wearing import make_top, person_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def fields(page) -> dict[str, str]:
    """Names and values of the page's inputs."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.content.decode()):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def begin(browser, product=None, **values):
    address = reverse("prodimages_storefront:try-on-new", args=[(product or make_top()).pk])
    form = fields(browser.get(address)) | {"photo": upload()} | values
    return browser.post(address, {name: v for name, v in form.items() if v is not None})


def test_walk_without_a_script(browser):
    answer = begin(browser)
    assert answer.status_code == 302, answer.content
    cookie = answer.cookies["prodimages_try_on_token"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == reverse("prodimages_storefront:try-ons")
    assert cookie.value not in answer["Location"]
    page = browser.get(answer["Location"])
    assert b'http-equiv="refresh"' in page.content
    run_jobs()
    page = browser.get(answer["Location"])
    assert "Is the photo from the front?" in page.content.decode()
    form = fields(page) | {"front_view": "yes"}
    assert form["show_region"] == ""  # nobody paints without a script
    assert 25 < float(form["left_shoulder-x"]) < 41
    photo = browser.get(
        reverse(
            "prodimages_storefront:try-on-my-photo",
            args=[answer["Location"].rstrip("/").rsplit("/")[-1]],
        )
    )
    assert photo["Cache-Control"] == "private, no-store"
    moved = browser.post(answer["Location"], form | {"action": "agree"})
    assert moved.status_code == 302, moved.content
    run_jobs()
    page = browser.get(answer["Location"]).content.decode()
    assert "Preview" in page
    image = re.search(r'<img src="([^"]+)"', page)
    assert browser.get(image[1])["Content-Type"] == "image/jpeg"
    gone = browser.post(
        answer["Location"], fields(browser.get(answer["Location"])) | {"action": "erase"}
    )
    assert "erased" in gone.content.decode()
    assert not ShopperPhoto.objects.exists()
    assert browser.get(answer["Location"]).status_code == 403


def test_what_is_wrong_is_said_on_the_page(browser):
    answer = begin(browser, photo=upload(b"hello"))
    assert answer.status_code == 400
    assert "not a picture" in answer.content.decode()
    answer = begin(browser, consent=None)
    assert "Agree to the use" in answer.content.decode()
    answer = begin(browser, make_product())
    assert answer.status_code == 409
    assert "no garment" in answer.content.decode()
    assert not ShopperPhoto.objects.exists()


def test_forms_of_other_sites_are_refused(browser):
    address = reverse("prodimages_storefront:try-on-new", args=[make_top().pk])
    answer = browser.post(address, {"photo": upload(), "consent": "yes", "of_age": "yes"})
    assert answer.status_code == 403
    assert not ShopperPhoto.objects.exists()


def test_huge_forms_are_refused_before_anything_reads_them(browser, settings, monkeypatch):
    settings.PRODIMAGES = FITTING | {"MAX_PHOTO_BYTES": 1024}
    address = reverse("prodimages_storefront:try-on-new", args=[make_top().pk])
    form = fields(browser.get(address))
    huge = b"x" * 100_000
    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", None)
    for page in (address, f"/api/v1/storefront/try-on/mine/{uuid4()}/"):
        answer = browser.post(page, form | {"photo": upload(huge)})
        assert answer.status_code == 400
        assert "too large" in answer.content.decode()


def test_nobody_whose_face_is_found_is_asked_for_the_side(browser):
    answer = begin(browser)
    run_jobs()
    ShopperPhoto.objects.update(faces=1)
    page = browser.get(answer["Location"])
    assert "from behind" not in page.content.decode()
    assert "front_view" not in fields(page)


@pytest.mark.parametrize("said", [None, "no", "perhaps"])
def test_who_does_not_say_that_it_is_the_front_gets_no_picture(browser, said):
    answer = begin(browser)
    run_jobs()
    form = fields(browser.get(answer["Location"])) | {"action": "agree", "front_view": said}
    page = browser.post(answer["Location"], {n: v for n, v in form.items() if v is not None})
    words = {None: "No face was found", "no": "from behind can&#x27;t be used", "perhaps": "yes or"}
    assert page.status_code == (409 if said == "no" else 400)
    assert words[said] in page.content.decode()
    assert ShopperPhoto.objects.get().confirmed_at is None
    assert run_jobs() == []


def test_who_seems_to_be_seen_from_behind_may_object(browser):
    answer = begin(browser, photo=upload(person_bytes(is_behind=True)))
    run_jobs()
    page = browser.get(answer["Location"]).content.decode()
    assert "seems to be taken from behind" in page
    assert 'href="?points=1"' in page
    page = browser.get(answer["Location"] + "?points=1")
    form = fields(page) | {"action": "agree", "front_view": "yes"}
    assert browser.post(answer["Location"], form).status_code == 302
    run_jobs()
    assert TryOn.objects.get().file


def test_what_a_script_painted_rides_in_the_form(browser):
    answer = begin(browser)
    run_jobs()
    here = answer["Location"]
    form = fields(browser.get(here)) | {"front_view": "yes", "show_region": "yes"}
    browser.post(here, form | {"action": "agree"})
    page = browser.get(here)
    assert "data-painting" in page.content.decode()
    found = browser.get(re.search(r'data-found="([^"]+)"', page.content.decode())[1])
    assert found["Cache-Control"] == "private, no-store"
    assert "data-placing" in browser.get(here + "?points=1").content.decode()
    secret = {"csrfmiddlewaretoken": fields(page)["csrfmiddlewaretoken"], "action": "paint"}
    wrong = browser.post(here, secret | {"region": upload(b"hello", "region.png")})
    assert wrong.status_code == 400
    assert "damaged" in wrong.content.decode()
    mask = SimpleUploadedFile("region.png", without_chest(found.content), "image/png")
    assert browser.post(here, secret | {"region": mask}).status_code == 302
    assert TryOn.objects.get().edits
    run_jobs()
    assert "preview-label" in browser.get(here).content.decode()


def test_without_a_mask_in_the_form_the_region_is_that_which_was_found(browser):
    answer = begin(browser)
    run_jobs()
    form = fields(browser.get(answer["Location"])) | {"front_view": "yes", "show_region": "yes"}
    browser.post(answer["Location"], form | {"action": "agree"})
    secret = fields(browser.get(answer["Location"]))["csrfmiddlewaretoken"]
    browser.post(answer["Location"], {"csrfmiddlewaretoken": secret, "action": "paint"})
    assert not TryOn.objects.get().edits
    run_jobs()
    assert TryOn.objects.get().file


def test_landmarks_that_make_no_sense_are_said_and_nothing_starts(browser):
    answer = begin(browser)
    run_jobs()
    form = fields(browser.get(answer["Location"]))
    for wrong in ({"neck-x": "wide"}, {"left_shoulder-x": "90", "right_shoulder-x": "10"}):
        page = browser.post(answer["Location"], form | wrong | {"action": "agree"})
        assert page.status_code == 400
    assert ShopperPhoto.objects.get().confirmed_at is None


def test_the_button_is_shown_for_tops_only():
    from django.template import Context, Template

    template = Template("{% load prodimages_try_on %}{% try_on product %}")
    shown = template.render(Context({"product": make_top()}))
    assert "data-try-on" in shown
    assert 'name="consent"' in shown
    assert template.render(Context({"product": make_product()})).strip() == ""
