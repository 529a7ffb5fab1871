from __future__ import annotations

import json

import pytest
from django.urls import reverse

from prodimages.models import GenerationJob, Style
from tests.factories import make_product, make_style
from tests.testapp.platform import DictionaryShop, moment, outside

pytestmark = pytest.mark.django_db

LIST = "admin:prodimages_catalogue_product_changelist"
FORM = "admin:prodimages_catalogue_product_generate_images"
ONE = "admin:prodimages_catalogue_product_generate_image"


@pytest.fixture
def boss(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("boss", password="x"))
    return client


@pytest.fixture(autouse=True)
def shoes(settings, flat):
    Style.objects.all().delete()
    backend = "tests.testapp.platform.DictionaryShop"
    settings.PRODIMAGES = flat | {"SHOPS": flat["SHOPS"] | {"shoes": {"BACKEND": backend}}}
    return DictionaryShop("shoes", {})


@pytest.fixture
def boot(shoes):
    return shoes.take(outside("7", name="Boot"), as_of=moment(0)).product


def styles_offered(response) -> list[str]:
    return [style.shop for style in response.context["form"].fields["style"].queryset]


def test_a_mirrored_product_is_offered_the_styles_of_its_shop(boss, boot):
    make_style(shop="shoes")
    make_style(shop="local")
    assert styles_offered(boss.get(reverse(ONE, args=[boot.pk]))) == ["shoes"]
    assert styles_offered(boss.get(reverse(ONE, args=[make_product().pk]))) == ["local"]


def test_a_tick_on_the_list_orders_for_the_shop_of_the_product(boss, boot):
    style = make_style(shop="shoes")
    ticked = {"action": "generate_images", "_selected_action": [str(boot.pk)]}
    form = boss.post(reverse(LIST), ticked)
    assert styles_offered(form) == ["shoes"]
    order = {
        "key": form.context["form"]["key"].value(),
        "selection": json.dumps({"keys": [str(boot.pk)]}),
        "style": style.pk,
        "count": 1,
    }
    sent = boss.post(reverse(FORM), order)
    assert sent.status_code == 302, sent.context["form"].errors
    job = GenerationJob.objects.get()
    assert (job.shop, job.product_key) == ("shoes", "7")


@pytest.mark.parametrize("selection", ["", "{", "[]", '{"keys": ["x"]}'])
def test_a_selection_that_is_none_is_no_error(boss, boot, selection):
    response = boss.post(reverse(FORM), {"key": "k", "selection": selection})
    assert response.status_code == 200


def test_the_list_can_be_read_by_shop(boss, boot):
    make_product()
    found = boss.get(reverse(LIST), {"shop": "shoes"}).context["cl"].result_list
    assert [product.name for product in found] == ["Boot"]
    here = boss.get(reverse(LIST), {"shop": "local"}).context["cl"].result_list
    assert boot not in here
    assert len(here) == 1


def test_a_shop_knows_its_own_products_only(shoes, boot):
    from prodimages.shops.registry import shop_backend

    mug = make_product()
    assert list(shoes.products()) == [boot]
    assert list(shop_backend("local").products()) == [mug]
