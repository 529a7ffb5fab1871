from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from prodimages.admin.forms import GenerateForm
from prodimages.admin.style_cards import picture_of, shipped_name
from prodimages.choices import ImageState
from prodimages.models import GeneratedImage, Style
from prodimages.services.shipped import install_shipped_styles
from tests.admin.helpers import finished_job, tick
from tests.factories import make_style

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


def own_style():
    return make_style(slug="house", name="House")


@pytest.mark.usefixtures("flat_only")
def test_a_shops_own_style_shows_its_latest_approved_picture(boss_client):
    style = own_style()
    older, newer = (finished_job(style=style).images.get() for _twice in range(2))
    unjudged = finished_job(style=older.job.style).images.get()
    GeneratedImage.objects.exclude(pk=unjudged.pk).update(state=ImageState.APPROVED)
    html = tick(boss_client, [older.job.product]).content.decode()
    assert f'src="{thumbnail_of(newer)}"' in html
    assert thumbnail_of(older) not in html
    assert thumbnail_of(unjudged) not in html
    GeneratedImage.objects.update(state=ImageState.REJECTED)
    html = tick(boss_client, [older.job.product]).content.decode()
    assert "pi-style-blank" in html
    assert thumbnail_of(newer) not in html


@pytest.mark.usefixtures("flat_only")
def test_only_who_may_see_pictures_is_shown_one(client_with):
    image = finished_job(style=own_style()).images.get()
    GeneratedImage.objects.update(state=ImageState.PUBLISHED)
    allowed = ["prodimages.add_generationjob", "prodimages_catalogue.view_product"]
    product = image.job.product
    assert thumbnail_of(image) not in tick(client_with(*allowed), [product]).content.decode()
    allowed.append("prodimages.view_generatedimage")
    assert thumbnail_of(image) in tick(client_with(*allowed), [product]).content.decode()


@pytest.mark.usefixtures("flat_only")
def test_lists_and_job_pages_show_the_translated_name_of_a_shipped_style(boss_client):
    style = make_style(slug="oak-table", name="Oak table")
    job = finished_job(style=style)
    pages = [
        reverse("admin:prodimages_style_changelist"),
        reverse("admin:prodimages_generationjob_changelist"),
        reverse("admin:prodimages_generationjob_change", args=[job.pk]),
        reverse("admin:prodimages_generatedimage_changelist"),
        reverse("admin:prodimages_generatedimage_compare", args=[job.images.get().pk]),
    ]
    with translation.override("zh-hans"):
        name = gettext("Oak table")
    assert name != "Oak table"
    for page in pages:
        html = boss_client.get(page, headers={"accept-language": "zh-hans"}).content.decode()
        assert name in html, page
        assert "Oak table" not in re.sub(r'aria-label="[^"]*"', "", html), page
    Style.objects.update(name="Our oak")
    html = boss_client.get(pages[0], headers={"accept-language": "zh-hans"}).content.decode()
    assert "Our oak" in html


def thumbnail_of(image):
    return reverse("admin:prodimages_generatedimage_thumbnail", args=[image.pk])
