"""The placement page without scripts: who may, what the fields do, and what they refuse."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from prodimages.models import GenerationJob, ProductSettings
from prodimages.services import picture_preview
from prodimages.services.picture_preview import PreviewBusy
from tests.admin.helpers import finished_job
from tests.conftest import FLAT
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
NAME = "admin:prodimages_catalogue_product_placement"
VIEW_PRODUCTS = "prodimages_catalogue.view_product"
GENERATE = "prodimages.add_generationjob"


def address(product, part: str = "") -> str:
    return reverse(f"{NAME}{part}", args=[product.pk])


def filled(style, **values) -> dict[str, str]:
    return {"style": str(style.pk), "seed": "5", "key": "k1"} | values


@pytest.mark.parametrize(
    ("granted", "status"),
    [
        ((VIEW_PRODUCTS, GENERATE), 200),
        ((VIEW_PRODUCTS,), 403),
        ((GENERATE,), 403),
        ((VIEW_PRODUCTS, "prodimages.view_generationjob"), 403),
    ],
)
@pytest.mark.parametrize("part", ["", "_preview", "_layer"])
def test_it_takes_the_permissions_to_generate(client_with, granted, status, part):
    job = finished_job()
    answer = client_with(*granted).get(address(job.product, part), {"style": job.style.pk})
    assert answer.status_code == (409 if status == 200 and part else status)


def test_a_product_that_the_host_hides_is_not_found(boss_client):
    product = make_product()
    missing = address(product).replace(str(product.pk), "999999")
    assert boss_client.get(missing).status_code == 404


def test_an_order_carries_what_the_fields_say(boss_client):
    product, style = make_product(), make_style()
    fields = filled(style, x="12.5", y="-4", scale="80", rotation="-7.5", ground="81")
    answer = boss_client.post(address(product), fields | {"_generate": "1"})
    job = GenerationJob.objects.get()
    assert answer.url.endswith(f"/generationjob/{job.pk}/change/")
    given = {"x": 0.125, "y": -0.04, "scale": 0.8, "rotation": -7.5, "ground": 0.81}
    assert job.plan["placement"] == given
    assert job.seed == 5
    place = next(step for step in job.plan["steps"] if step["name"] == "place")
    assert given.items() <= place["parameters"].items()
    boss_client.post(address(product), fields | {"_generate": "1"})
    assert GenerationJob.objects.count() == 1  # the same form twice is one order


def test_another_order_from_the_same_page_gets_a_key_of_its_own(boss_client):
    product, style = make_product(), make_style()
    boss_client.post(address(product), filled(style, x="1", _generate="1"))
    answer = boss_client.post(address(product), filled(style, x="2", _generate="1"))
    assert b"ordered a picture before" in answer.content
    key = answer.context["form"].data["key"]
    boss_client.post(address(product), filled(style, x="2", key=key, _generate="1"))
    assert GenerationJob.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("x", "51", "less than or equal to 50"),
        ("y", "-51", "greater than or equal to -50"),
        ("scale", "24", "greater than or equal to 25"),
        ("rotation", "46", "less than or equal to 45"),
        ("ground", "many", "Enter a number"),
        ("x", "nan", "Enter a number"),
        ("light", "moon", "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("button", ["_generate", "_remember", "_preview"])
def test_bad_values_are_refused_beside_their_fields(boss_client, name, value, words, button):
    product, style = make_product(), make_style()
    answer = boss_client.post(address(product), filled(style, **{name: value, button: "1"}))
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors[name])
    assert not GenerationJob.objects.exists()
    assert not ProductSettings.objects.exists()


def test_a_placement_is_remembered_shown_again_and_forgotten(boss_client):
    product, style = make_product(), make_style()
    remember = filled(style, x="10", light="left", _remember="1")
    page = boss_client.post(address(product), remember, follow=True)
    assert b"Every later job of this product uses this placement." in page.content
    assert ProductSettings.objects.get().placement == {"x": 0.1, "light": "left"}
    form = page.context["form"]
    assert (form["x"].value(), form["light"].value()) == (10.0, "left")
    reset = boss_client.get(address(product), {"reset": 1})
    assert reset.context["form"]["x"].value() is None
    page = boss_client.post(address(product), filled(style, _remember="1"), follow=True)
    assert b"was forgotten" in page.content
    assert ProductSettings.objects.get().placement == {}


def test_it_opens_with_the_placement_of_the_job(boss_client):
    product, style = make_product(), make_style()
    boss_client.post(address(product), filled(style, rotation="9", _generate="1"))
    job = GenerationJob.objects.get()
    page = boss_client.get(reverse("admin:prodimages_generationjob_change", args=[job.pk]))
    link = f"{address(product)}?job={job.pk}"
    assert link in page.content.decode()
    form = boss_client.get(link).context["form"]
    assert (form["rotation"].value(), form["seed"].value()) == (9.0, 5)


def test_the_form_for_one_product_leads_there(boss_client):
    product = make_product()
    make_style()
    form = reverse("admin:prodimages_catalogue_product_generate_image", args=[product.pk])
    assert address(product) in boss_client.get(form).content.decode()


def test_before_the_first_job_the_page_offers_one(boss_client):
    product, style = make_product(), make_style()
    page = boss_client.get(address(product)).content.decode()
    assert "was not cut out of its photo yet" in page
    assert "Queue a job that cuts it out" in page
    answer = boss_client.get(address(product, "_preview"), filled(style))
    assert answer.status_code == 409
    assert "only a worker" in answer.json()["problems"]["__all__"][0]


def test_the_preview_button_shows_the_picture_for_the_fields(boss_client):
    job = finished_job()
    fields = filled(job.style, x="7", _preview="1")
    page = boss_client.post(address(job.product), fields)
    url = page.context["picture_url"]
    assert url.startswith(address(job.product, "_preview"))
    assert "x=7" in url
    assert url.replace("&", "&amp;") in page.content.decode()


def test_switched_off_previews_leave_the_numbers(boss_client, settings):
    settings.PRODIMAGES = FLAT | {"PREVIEWS": False}
    job = finished_job()
    page = boss_client.get(address(job.product)).content.decode()
    assert "Previews are switched off" in page
    assert "placement.js" not in page
    answer = boss_client.get(address(job.product, "_preview"), filled(job.style))
    assert answer.status_code == 422


def test_a_busy_process_says_when_to_ask_again(boss_client, monkeypatch):
    def busy(*args, **kwargs):
        raise PreviewBusy

    monkeypatch.setattr(picture_preview, "preview_picture", busy)
    job = finished_job()
    answer = boss_client.get(address(job.product, "_preview"), filled(job.style))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"
    assert "try again" in answer.json()["problems"]["__all__"][0]


def test_a_preview_is_private_and_says_where_the_product_is(boss_client, monkeypatch):
    made = picture_preview.Preview(content=b"jpeg", geometry={"ground": 0.8}, notices=("é",))
    monkeypatch.setattr(picture_preview, "preview_picture", lambda *args, **kwargs: made)
    job = finished_job()
    answer = boss_client.get(address(job.product, "_preview"), filled(job.style))
    assert answer["Content-Type"] == "image/jpeg"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert json.loads(answer["X-Placement"]) == {"ground": 0.8, "notices": ["é"]}


def test_a_preview_of_bad_values_is_refused_in_words(boss_client):
    job = finished_job()
    answer = boss_client.get(address(job.product, "_preview"), filled(job.style, scale="1000"))
    assert answer.status_code == 422
    assert "200" in answer.json()["problems"]["scale"][0]
