from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.models import GenerationJob, ProductSettings, StyleRule
from prodimages.services import rule_matches
from tests.factories import make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]

MATCHES = "admin:prodimages_stylerule_matches"
ADD = "admin:prodimages_stylerule_add"
CHANGE = "admin:prodimages_stylerule_change"


@pytest.fixture
def packshot():
    return make_style(name="White packshot")


@pytest.fixture
def products():
    return [
        make_product(name="Boot", category="shoes/boots"),
        make_product(name="Sandal", category="shoes", tags=["summer"]),
        make_product(name="Mug", category="kitchen/mugs"),
    ]


@pytest.fixture
def shoes(packshot):
    rule = StyleRule.objects.create(name="every shoe", category="shoes", position=20)
    rule.styles.set([packshot, make_style(name="Oak table")])
    return rule


def rows(response) -> dict[str, int]:
    return {
        row["name"] if row["choice"].isdecimal() else row["choice"]: row["count"]
        for row in response.context["rows"]
    }


def listed(response) -> list[str]:
    return [info.name for info in response.context["infos"]]


def draft(**values):
    fields = {"name": "new", "position": "10", "is_active": "on", "shop": "local"}
    return fields | {"category": "", "tag": "", "product_type": "", "_matches": "1"} | values


def test_the_rules_as_they_stand(boss_client, shoes, products):
    response = boss_client.get(reverse(MATCHES))
    assert rows(response) == {"every shoe": 2, "own": 0, "none": 1}
    assert "Oak table, White packshot" in response.content.decode().replace("\n", "")
    assert len(listed(response)) == 3
    assert listed(boss_client.get(reverse(MATCHES), {"rule": "0"})) == ["Boot", "Sandal"]
    assert listed(boss_client.get(reverse(MATCHES), {"rule": "none"})) == ["Mug"]


def test_a_rule_is_tried_before_it_is_saved(boss_client, shoes, products, packshot):
    data = draft(tag="summer", styles=[packshot.pk])
    response = boss_client.post(reverse(ADD), data)
    assert rows(response) == {"new": 1, "every shoe": 1, "own": 0, "none": 1}
    assert listed(response) == ["Sandal"]
    assert StyleRule.objects.count() == 1
    assert not GenerationJob.objects.exists()


def test_a_change_is_tried_before_it_is_saved(boss_client, shoes, products, packshot):
    data = draft(name="every shoe", category="kitchen", styles=[packshot.pk])
    response = boss_client.post(reverse(CHANGE, args=[shoes.pk]), data)
    assert rows(response) == {"every shoe": 1, "own": 0, "none": 2}
    assert listed(response) == ["Mug"]
    shoes.refresh_from_db()
    assert shoes.category == "shoes"
    again = boss_client.post(reverse(CHANGE, args=[shoes.pk]), data | {"rule": "none"})
    assert listed(again) == ["Boot", "Sandal"]


def test_a_draft_that_is_not_active_matches_nothing(boss_client, shoes, products, packshot):
    data = draft(name="every shoe", styles=[packshot.pk])
    del data["is_active"]
    response = boss_client.post(reverse(CHANGE, args=[shoes.pk]), data)
    assert rows(response) == {"own": 0, "none": 3}


def test_errors_are_shown_in_the_form(boss_client, products):
    response = boss_client.post(reverse(ADD), draft(name=""))
    assert response.context["errors"]
    assert not StyleRule.objects.exists()


def test_styles_of_the_products_own_come_first(boss_client, shoes, products, packshot):
    ProductSettings.objects.create(product=products[0]).styles.add(packshot)
    assert rows(boss_client.get(reverse(MATCHES))) == {"every shoe": 1, "own": 1, "none": 1}


def test_pages(boss_client, shoes, monkeypatch):
    for number in range(5):
        make_product(name=f"Boot {number}", category="shoes")
    monkeypatch.setattr("prodimages.admin.rule_matches.PER_PAGE", 2)
    assert listed(boss_client.get(reverse(MATCHES), {"rule": "0", "page": "3"})) == ["Boot 4"]


def test_a_survey_looks_at_so_many_and_says_so(boss_client, shoes, products, monkeypatch):
    monkeypatch.setattr(rule_matches, "MOST", 2)
    response = boss_client.get(reverse(MATCHES))
    assert "The shop has more products" in response.content.decode()
    assert sum(rows(response).values()) == 2


def test_an_unknown_shop_is_said_to_be(boss_client):
    assert "There is no shop" in boss_client.get(reverse(MATCHES), {"shop": "x"}).content.decode()


def test_looking_needs_a_permission(client_with, shoes, packshot):
    assert client_with().get(reverse(MATCHES)).status_code == 403
    viewer = client_with("prodimages.view_stylerule")
    assert viewer.get(reverse(MATCHES)).status_code == 200
    assert viewer.post(reverse(ADD), draft(styles=[packshot.pk])).status_code == 403


def test_the_way_there_is_on_the_list_and_on_the_form(boss_client, shoes):
    listing = boss_client.get(reverse("admin:prodimages_stylerule_changelist")).content.decode()
    assert reverse(MATCHES) in listing
    assert 'name="_matches"' in boss_client.get(reverse(CHANGE, args=[shoes.pk])).content.decode()


def test_styles_of_another_shop_are_told_apart_and_refused(admin_client, settings, flat):
    shops = {"local": flat["SHOPS"]["local"], "other": flat["SHOPS"]["local"]}
    settings.PRODIMAGES = flat | {"SHOPS": shops}
    own, foreign = make_style(name="Packshot"), make_style(name="Packshot", shop="other")
    page = admin_client.get(reverse(ADD)).content.decode()
    assert "Packshot (local)" in page
    assert "Packshot (other)" in page
    wishes = {"name": "boots", "shop": "local", "position": 1, "is_active": "on"}
    refused = admin_client.post(reverse(ADD), wishes | {"styles": [own.pk, foreign.pk]})
    assert "These styles are of another shop than “local”: Packshot." in refused.content.decode()
    assert not StyleRule.objects.exists()
    admin_client.post(reverse(ADD), wishes | {"styles": [own.pk]})
    assert StyleRule.objects.get().styles.get() == own
