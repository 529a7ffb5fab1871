"""The view of a product and of its category, as staff set, see and forget it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.models import CategoryView, GenerationJob, ProductSettings
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
STAFF = ("prodimages_catalogue.view_product", "prodimages.add_generationjob")
REMEMBERS = (*STAFF, "prodimages.add_categoryview", "prodimages.change_categoryview")


def placement(product) -> str:
    return reverse("admin:prodimages_catalogue_product_placement", args=[product.pk])


def settings_page(own: ProductSettings) -> str:
    return reverse("admin:prodimages_productsettings_change", args=[own.pk])


def test_a_view_is_set_for_a_product_on_its_placement_page(client_with):
    product, client = make_product(), client_with(*STAFF)
    said = {"support": "wall", "elevation": "", "reach": "", "_view": "1"}
    page = client.post(placement(product), said, follow=True)
    assert b"Every later job of this product uses this." in page.content
    own = ProductSettings.objects.get()
    assert (own.support, own.elevation, own.shop) == ("wall", None, "local")
    assert page.context["view_form"]["support"].value() == "wall"
    assert not CategoryView.objects.exists()


def test_a_view_is_set_for_all_of_a_category(client_with):
    product, style = make_product(category="Things/Odd"), make_style()
    client = client_with(*REMEMBERS)
    choices = client.get(placement(product)).context["view_form"].fields["reach"].choices
    assert [value for value, _label in choices] == ["", "things/odd", "things"]
    said = {"support": "surface", "elevation": "25", "reach": "things", "_view": "1"}
    page = client.post(placement(product), said, follow=True)
    assert "all products of “things” use this" in page.content.decode()
    assert not ProductSettings.objects.exists()
    job = make_job(make_product(category="Things/Other"), style)
    assert job.plan["view"] == {"elevation": 25.0, "support": "surface"}


def test_a_width_is_set_for_a_product_or_for_all_of_its_category(client_with):
    product, style = make_product(category="Things/Odd"), make_style()
    client = client_with(*REMEMBERS)
    said = {"width_cm": "31", "reach": "things", "_view": "1"}
    client.post(placement(product), said)
    assert CategoryView.objects.get().width_cm == 31
    assert make_job(product, style).plan["product"]["width_cm"] == 31
    page = client.post(placement(product), said | {"width_cm": "8.5", "reach": ""}, follow=True)
    assert page.context["view_form"]["width_cm"].value() == 8.5
    assert make_job(product, style).plan["product"]["width_cm"] == 8.5


def test_categories_take_a_permission_of_their_own(client_with):
    product, client = make_product(category="things"), client_with(*STAFF)
    said = {"support": "surface", "elevation": "25", "reach": "things", "_view": "1"}
    page = client.post(placement(product), said)
    assert page.context["view_form"].errors["reach"]
    assert not CategoryView.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"elevation": "91"}, "less than or equal to 90"),
        ({"width_cm": "0"}, "greater than or equal to 0.1"),
        ({"elevation": "nan"}, "Enter a number"),
        ({"support": "moon"}, "Select a valid choice"),
        ({"reach": "elsewhere"}, "Select a valid choice"),
        ({"reach": "things"}, "Set the camera elevation, the support or the width."),
    ],
)
def test_bad_views_are_refused_in_words(boss_client, said, words):
    product = make_product(category="things")
    page = boss_client.post(placement(product), said | {"_view": "1"})
    assert words in str(page.context["view_form"].errors)
    assert not CategoryView.objects.exists()
    assert not ProductSettings.objects.exists()


def test_the_settings_of_a_product_offer_its_categories(boss_client):
    own = ProductSettings.objects.create(product=make_product(category="Things/Odd"))
    form = boss_client.get(settings_page(own)).context["adminform"].form
    assert len(form.fields["reach"].choices) == 3
    values = {"product": own.product_id, "shop": "local", "support": "wall", "reach": "things"}
    page = boss_client.post(settings_page(own), values, follow=True)
    assert "all products of “things” use this" in page.content.decode()
    assert CategoryView.objects.get().support == "wall"
    page = boss_client.post(settings_page(own), values | {"support": ""})
    assert "reach" in page.context["adminform"].form.errors
    add = boss_client.get(reverse("admin:prodimages_productsettings_add"))
    assert "reach" not in add.context["adminform"].form.fields


def test_remembered_views_are_listed_and_forgotten(boss_client):
    row = CategoryView.objects.create(category="things", elevation=25)
    listed = boss_client.get(reverse("admin:prodimages_categoryview_changelist"))
    assert b"things" in listed.content
    gone = reverse("admin:prodimages_categoryview_delete", args=[row.pk])
    boss_client.post(gone, {"post": "yes"})
    assert not CategoryView.objects.exists()


def test_two_rows_for_one_category_are_refused_in_words(boss_client):
    CategoryView.objects.create(category="things", elevation=25)
    values = {"shop": "local", "category": "/Things/", "elevation": "10", "support": ""}
    page = boss_client.post(reverse("admin:prodimages_categoryview_add"), values)
    assert page.status_code == 200
    assert page.context["errors"]
    assert CategoryView.objects.get().elevation == 25


def test_the_job_says_in_words_what_decided_its_view(boss_client):
    job = make_job(make_product(category="kitchen/mugs"))
    page = boss_client.get(reverse("admin:prodimages_generationjob_change", args=[job.pk]))
    assert "on a surface, seen from 12° above (by the words of its category)" in (
        page.content.decode()
    )
    del job.plan["product"]["view_from"]
    GenerationJob.objects.filter(pk=job.pk).update(plan=job.plan)
    page = boss_client.get(reverse("admin:prodimages_generationjob_change", args=[job.pk]))
    assert "seen from 12° above<" in page.content.decode()
