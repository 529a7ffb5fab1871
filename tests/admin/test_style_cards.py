from __future__ import annotations

import pytest
from django.utils import translation

from prodimages.admin.forms import GenerateForm
from prodimages.admin.style_cards import picture_of, shipped_name
from prodimages.models import Style
from prodimages.services.shipped import install_shipped_styles

pytestmark = pytest.mark.django_db


def test_the_form_shows_a_radio_button_and_a_picture_for_each_shipped_style():
    Style.objects.filter(shop="local").delete()
    install_shipped_styles("local")
    html = GenerateForm(shop="local").as_p()
    count = Style.objects.offered("local").count()
    assert count > 20
    assert html.count('type="radio"') == count
    assert html.count("prodimages/styles/") == count - html.count("pi-style-blank")
    assert 'src="/static/prodimages/styles/oak-table.webp"' in html


def test_a_style_of_the_shops_own_has_a_blank_card():
    assert picture_of(Style(slug="house", name="House")) == ""


def test_a_shipped_name_is_translated_until_staff_rename_it(monkeypatch):
    monkeypatch.setattr(
        "prodimages.admin.style_cards._", lambda text: {"Oak table": "橡木桌面"}.get(text, text)
    )
    with translation.override("zh-hans"):
        assert shipped_name(Style(slug="oak-table", name="Oak table")) == "橡木桌面"
        assert shipped_name(Style(slug="oak-table", name="Our oak")) == "Our oak"
        assert shipped_name(Style(slug="mine", name="Oak table")) == "Oak table"
