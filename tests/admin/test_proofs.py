from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.choices import JobState
from prodimages.models import GenerationJob, Submission
from tests.admin.helpers import FORM, PRODUCTS, order, tick
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
VIEW = ("prodimages.view_generationjob", "prodimages.view_generatedimage")


def address(name: str, submission) -> str:
    return reverse(f"admin:prodimages_generationjob_{name}", args=[submission.pk])


@pytest.fixture
def style():
    return make_style()


@pytest.fixture
def products(style):
    return [make_product() for _each in range(12)]


@pytest.fixture
def submission(boss_client, products, style):
    boss_client.post(reverse(FORM), order(products, style, _generate="1", proof="on"))
    return Submission.objects.get()


def states() -> list[str]:
    return list(GenerationJob.objects.order_by("pk").values_list("state", flat=True))


def test_the_form_offers_a_proof_for_a_large_order_only(boss_client, products):
    assert 'name="proof"' in tick(boss_client, products).content.decode()
    assert 'name="proof"' not in tick(boss_client, products[:10]).content.decode()


def test_a_large_order_leads_to_its_proofs(boss_client, products, style):
    data = order(products, style, _generate="1", proof="on")
    response = boss_client.post(reverse(FORM), data, follow=True)
    submission = Submission.objects.get()
    assert response.redirect_chain[-1][0] == address("proof", submission)
    page = response.content.decode()
    assert "3 jobs are queued." in page
    assert "9 jobs are held." in page
    assert states() == ["queued"] * 3 + ["held"] * 9


def test_unticked_it_is_made_at_once(boss_client, products, style):
    boss_client.post(reverse(FORM), order(products, style, _generate="1"))
    assert states() == ["queued"] * 12


@pytest.mark.parametrize(
    ("name", "state", "told"),
    [
        ("make_rest", JobState.QUEUED, "9 jobs are queued."),
        ("cancel_rest", JobState.CANCELED, "9 jobs were canceled."),
    ],
)
def test_yes_and_no(boss_client, submission, name, state, told):
    said = boss_client.post(address(name, submission), follow=True).content.decode()
    assert told in said
    assert "Nothing of this order is held." in said
    assert states()[3:] == [state] * 9
    again = boss_client.post(address("make_rest", submission), follow=True).content.decode()
    assert "Nothing of this order is held any more." in again
    assert states()[3:] == [state] * 9


def test_looking_is_not_deciding(client_with, submission):
    onlooker = client_with(*VIEW)
    page = onlooker.get(address("proof", submission)).content.decode()
    assert "9 jobs are held" in page
    assert "Make the rest" not in page
    assert onlooker.post(address("make_rest", submission)).status_code == 403
    assert client_with().get(address("proof", submission)).status_code == 403
    assert states()[3:] == ["held"] * 9


def test_reading_decides_nothing(boss_client, submission):
    assert boss_client.get(address("make_rest", submission)).status_code == 405
    submission.pk += 1
    assert boss_client.get(address("proof", submission)).status_code == 404
    assert boss_client.post(address("make_rest", submission)).status_code == 404


def test_a_style_that_was_changed_is_told(boss_client, submission, style):
    said = "The style was changed since the order."
    assert said not in boss_client.get(address("proof", submission)).content.decode()
    style.prompt = "{name} on the moon"
    style.save()
    assert said in boss_client.get(address("proof", submission)).content.decode()


def test_held_jobs_lead_to_the_proofs_and_are_not_polled(boss_client, submission):
    jobs = reverse("admin:prodimages_generationjob_changelist")
    page = boss_client.get(jobs, {"submission": submission.pk})
    assert address("proof", submission) in page.content.decode()
    assert len(page.context["unfinished"]) == 3
    held = GenerationJob.objects.filter(state=JobState.HELD).first()
    shown = boss_client.get(reverse("admin:prodimages_generationjob_change", args=[held.pk]))
    assert address("proof", submission) in shown.content.decode()
    assert 'hx-trigger="every' not in shown.content.decode()


def test_the_page_asks_the_same_however_large_the_order(
    boss_client, submission, django_assert_max_num_queries
):
    with django_assert_max_num_queries(14):
        boss_client.get(address("proof", submission))


def test_list_of_products_is_where_it_was(boss_client, products):
    assert boss_client.get(reverse(PRODUCTS)).status_code == 200
