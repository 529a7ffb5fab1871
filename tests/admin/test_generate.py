from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from prodimages.models import GenerationJob, StyleRule, Submission, WorkerHeartbeat
from shop_integration.catalogue.models import Product
from tests.admin.helpers import FORM, PRODUCTS, order, tick
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


def text(response) -> str:
    return response.content.decode()


def test_action_opens_the_form_for_the_ticked_products(boss_client):
    style = make_style(name="Marble")
    chosen, other = make_product(name="Chosen mug"), make_product(name="Other mug")
    response = tick(boss_client, [chosen])
    assert response.status_code == 200
    assert style.name in text(response)
    assert "Chosen mug" in text(response)
    assert "Other mug" not in text(response)
    assert "Chosen mug on a table" in text(response)  # the rendered prompt
    assert other.pk is not None


def test_button_on_the_product_page_leads_to_the_form(boss_client):
    make_style()
    product = make_product()
    page = text(
        boss_client.get(reverse("admin:prodimages_catalogue_product_change", args=[product.pk]))
    )
    address = reverse("admin:prodimages_catalogue_product_generate_image", args=[product.pk])
    assert address in page
    assert product.name in text(boss_client.get(address))


def test_submitting_makes_one_job_and_leads_to_its_page(boss_client, boss):
    product, style = make_product(), make_style()
    data = order([product], style, count="2", seed="7", prompt="warm light", size="512")
    response = boss_client.post(reverse(FORM), data)
    job = GenerationJob.objects.get()
    assert response["Location"] == reverse("admin:prodimages_generationjob_change", args=[job.pk])
    assert (job.count, job.seed, job.plan["width"]) == (2, 7, 512)
    assert job.plan["prompt"].endswith("warm light")
    submission = Submission.objects.get()
    assert (submission.client, submission.created_by) == (f"user:{boss.pk}", boss)


def test_several_products_lead_to_the_jobs_of_the_order(boss_client):
    products, style = [make_product(), make_product()], make_style()
    response = boss_client.post(reverse(FORM), order(products, style), follow=True)
    assert "2 jobs are queued." in text(response)
    assert len(response.context["cl"].result_list) == 2


def test_the_same_form_twice_is_one_order(boss_client):
    product, style = make_product(), make_style()
    first = boss_client.post(reverse(FORM), order([product], style))
    again = boss_client.post(reverse(FORM), order([product], style), follow=True)
    assert GenerationJob.objects.count() == 1
    assert first["Location"] in again.redirect_chain[-1][0]
    assert "sent before" in text(again)


def test_a_form_changed_after_sending_asks_once_more(boss_client):
    product, style = make_product(), make_style()
    boss_client.post(reverse(FORM), order([product], style))
    response = boss_client.post(reverse(FORM), order([product], style, count="2"))
    assert "sent before with other values" in text(response)
    assert GenerationJob.objects.count() == 1
    fresh = order([product], style, count="2", key=response.context["form"].data["key"])
    boss_client.post(reverse(FORM), fresh)
    assert GenerationJob.objects.count() == 2


def test_products_without_photo_are_flagged_and_skipped(boss_client):
    with_photo, without, style = make_product(), make_product(photo=None), make_style()
    assert "No photo: skipped" in text(tick(boss_client, [with_photo, without]))
    response = boss_client.post(reverse(FORM), order([with_photo, without], style), follow=True)
    assert GenerationJob.objects.get().product_id == with_photo.pk
    assert f"1 product was skipped: {without.name} (The product has no photo yet)." in text(
        response
    )


def test_only_products_without_photo_is_an_error_on_the_form(boss_client):
    without, style = make_product(photo=None), make_style()
    response = boss_client.post(reverse(FORM), order([without], style))
    assert response.status_code == 200
    assert "The product has no photo yet." in text(response)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("count", "abc"),
        ("count", "0"),
        ("count", "9"),
        ("count", "9" * 40),
        ("seed", "-1"),
        ("seed", str(2**63)),
        ("size", "10"),
        ("size", "99999"),
        ("style", "0"),
        ("style", "abc"),
        ("style", ""),
        ("prompt", "x" * 1001),
        ("selection", "{"),
        ("selection", "[1]"),
        ("selection", '{"keys": 3}'),
        ("selection", ""),
    ],
)
def test_bad_input_is_an_error_on_the_form(boss_client, field, value):
    product, style = make_product(), make_style()
    response = boss_client.post(reverse(FORM), order([product], style) | {field: value})
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert not GenerationJob.objects.exists()


def test_a_style_of_another_shop_or_switched_off_is_refused(boss_client):
    product = make_product()
    for style in (make_style(shop="other"), make_style(is_active=False)):
        response = boss_client.post(reverse(FORM), order([product], style))
        assert response.context["form"].errors["style"]


def test_what_the_planner_refuses_is_an_error_on_the_form(boss_client):
    product, style = make_product(), make_style(parameters={"bad": 1})
    response = boss_client.post(reverse(FORM), order([product], style))
    assert "The parameter “bad” is not known." in text(response)


def test_tampered_keys_find_nothing(boss_client):
    product, style = make_product(), make_style()
    keys = [str(product.pk), "999999", "abc", "9" * 30, "1 OR 1=1"]
    data = order([], style, selection=json.dumps({"keys": keys}))
    boss_client.post(reverse(FORM), data)
    assert GenerationJob.objects.get().product_id == product.pk
    nothing = order([], style, selection=json.dumps({"keys": keys[1:]}), key="k2")
    assert "Choose at least one product." in text(boss_client.post(reverse(FORM), nothing))


def test_preview_reads_the_prompt_and_names_the_words_not_honored(boss_client):
    product, style = make_product(), make_style()
    data = order([product], style, prompt="unheard words", _preview="1")
    page = boss_client.post(reverse(FORM), data)
    assert "unheard words" in text(page)
    assert "Not honored by this engine: unheard." in text(page)
    part = boss_client.post(reverse(FORM), data, headers={"HX-Request": "true"})
    assert "Not honored by this engine: unheard." in text(part)
    assert "<html" not in text(part)
    assert not GenerationJob.objects.exists()


def test_preview_of_a_half_filled_form_asks_to_correct_it(boss_client):
    data = order([make_product()], make_style(), count="abc", _preview="1")
    response = boss_client.post(reverse(FORM), data, headers={"HX-Request": "true"})
    assert "Correct the fields first." in text(response)


def test_everything_that_a_search_finds_can_be_taken(boss_client):
    style = make_style()
    mugs = [make_product(name=f"Blue mug {number}") for number in range(3)]
    make_product(name="Red bowl")
    response = boss_client.post(
        reverse(PRODUCTS) + "?q=Blue",
        {"action": "generate_images", "select_across": "1", "_selected_action": [mugs[0].pk]},
    )
    selection = response.context["form"].initial["selection"]
    assert json.loads(selection) == {"query": "q=Blue"}
    assert response.context["count"] == 3
    boss_client.post(reverse(FORM), order([], style, selection=selection))
    made_for = set(GenerationJob.objects.values_list("product_id", flat=True))
    assert made_for == {mug.pk for mug in mugs}


def test_thousands_of_products_take_one_hidden_field_and_have_a_limit(boss_client, monkeypatch):
    monkeypatch.setattr("prodimages.admin.ordering.MOST_PRODUCTS", 40)
    make_style()
    Product.objects.bulk_create(
        Product(sku=f"p{n}", slug=f"p{n}", name=f"P {n}") for n in range(40)
    )
    across = {"action": "generate_images", "select_across": "1", "_selected_action": "1"}
    page = boss_client.post(reverse(PRODUCTS), across)
    assert text(page).count('type="hidden"') < 10
    Product.objects.create(sku="p40", slug="p40", name="P 40")
    response = boss_client.post(reverse(PRODUCTS), across, follow=True)
    assert "At most 40 products can be taken at once" in text(response)


def test_a_broken_list_query_finds_nothing(boss_client):
    style = make_style()
    make_product()
    data = order([], style, selection=json.dumps({"query": "id__exact=abc&p=zz"}))
    assert boss_client.post(reverse(FORM), data).status_code == 200
    assert not GenerationJob.objects.exists()


def test_rules_may_choose_the_style(boss_client):
    style = make_style(name="Oak")
    rule = StyleRule.objects.create(name="Kitchen", category="kitchen")
    rule.styles.add(style)
    product = make_product(category="kitchen/mugs")
    data = order([product], style) | {"style": ""}
    assert "Oak" in text(boss_client.post(reverse(FORM), data | {"_preview": "1"}))
    boss_client.post(reverse(FORM), data)
    job = GenerationJob.objects.get()
    assert (job.style, job.chosen_by) == (style, "Kitchen")


@pytest.mark.parametrize(("age", "told"), [(None, True), (90, True), (5, False)])
def test_says_when_no_worker_is_there(boss_client, age, told):
    if age is not None:
        now = timezone.now()
        WorkerHeartbeat.objects.create(
            name="w",
            queues=["prodimages"],
            version="1",
            started_at=now,
            seen_at=now - timedelta(seconds=age),
        )
    response = boss_client.post(reverse(FORM), order([make_product()], make_style()), follow=True)
    said = "celery -A shop_integration.project worker -Q prodimages" in text(response)
    assert said is told


def test_form_must_be_posted_with_the_csrf_token(boss):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(boss)
    response = strict.post(reverse(FORM), order([make_product()], make_style()))
    assert response.status_code == 403
    assert strict.get(reverse(FORM))["Location"] == reverse(PRODUCTS)


def test_photo_of_a_product_is_shown_small(boss_client):
    name = "admin:prodimages_catalogue_product_product_photo"
    response = boss_client.get(reverse(name, args=[make_product().pk]))
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    without = boss_client.get(reverse(name, args=[make_product(photo=None).pk]))
    assert without.status_code == 404
