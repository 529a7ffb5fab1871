"""Which of staff, memory, photo and words decides from where a product is shown."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from prodimages.choices import ViewSource
from prodimages.engines.base import View
from prodimages.exceptions import RequestRefused
from prodimages.models import CategoryView, Cutout, GenerationJob, ProductSettings
from prodimages.services import views
from prodimages.services.preview import preview
from prodimages.services.views import Seen
from prodimages.shops.base import ProductInfo
from prodimages.testing import run_jobs
from tests.factories import make_job, make_product, make_style

SHIRT = ProductInfo(key="1", name="Shirt", category="Clothing/Shirts", product_type="shirt")
THING = ProductInfo(key="1", name="Thing", category="things")


def row(category: str, **values) -> CategoryView:
    return CategoryView(category=category, **values)


def test_words_decide_where_nobody_said_anything():
    view, source = views.view_of(SHIRT, None)
    assert (view.elevation, source) == (90, ViewSource.WORDS)
    assert views.view_of(THING, None) == (View(elevation=0, support="none"), ViewSource.UNKNOWN)


def test_staff_overrule_the_words_of_the_category():
    hanging = ProductSettings(elevation=5, support="wall")
    assert views.view_of(SHIRT, hanging) == (View(elevation=5, support="wall"), ViewSource.STAFF)
    assert views.view_of(SHIRT, ProductSettings(elevation=0))[0].elevation == 0
    assert views.view_of(SHIRT, ProductSettings(width_cm=40))[1] == ViewSource.WORDS


def test_an_elevation_for_an_unknown_product_is_one_above_a_surface():
    def said(**values) -> View:
        return views.view_of(THING, ProductSettings(**values))[0]

    assert said(elevation=20) == View(elevation=20, support="surface")
    assert said(elevation=20, support="none").support == "none"


def test_a_hanger_in_the_photo_goes_before_words_and_after_staff():
    hangs = Seen(hangs=True)
    wall = View(elevation=0, support="wall")
    assert views.view_of(SHIRT, None, hangs) == (wall, ViewSource.PHOTO)
    remembered = Seen(hangs=True, categories=[row("clothing", elevation=80, support="surface")])
    view, source = views.view_of(SHIRT, None, remembered)
    assert (view.support, source) == ("surface", ViewSource.CATEGORY)
    own = ProductSettings(support="none")
    assert views.view_of(SHIRT, own, remembered)[1] == ViewSource.STAFF


def test_the_edge_of_a_shelf_lets_a_thing_of_no_known_category_stand():
    stands = Seen(stands=True)
    view, source = views.view_of(THING, None, stands)
    assert (view.support, source) == ("surface", ViewSource.PHOTO)
    assert view.elevation < 35
    assert views.view_of(SHIRT, None, stands)[1] == ViewSource.WORDS
    hanging = Seen(stands=True, hangs=True)
    assert views.view_of(THING, None, hanging)[0].support == "wall"


def test_the_nearest_category_decides_and_a_part_leaves_the_rest():
    rows = [row("clothing", elevation=70), row("clothing/shirts", support="wall"), row("cloth")]
    view, source = views.view_of(SHIRT, None, Seen(categories=rows))
    assert (view, source) == (View(elevation=90, support="wall"), ViewSource.CATEGORY)
    view, _source = views.view_of(SHIRT, None, Seen(categories=rows[:1]))
    assert view == View(elevation=70, support="surface")
    longer = [row("clothing/shirts/long", support="wall"), row("cloth", support="wall")]
    assert views.view_of(SHIRT, None, Seen(categories=longer))[1] == ViewSource.WORDS


def test_the_nearest_category_s_width_counts_where_neither_staff_nor_shop_give_one():
    rows = [row("clothing", width_cm=60), row("clothing/shirts", support="wall")]
    seen = Seen(categories=rows)
    assert views.width_of(SHIRT, None, seen) == 60
    assert views.width_of(SHIRT, ProductSettings(width_cm=44), seen) == 44
    assert views.width_of(dataclasses.replace(SHIRT, width_cm=52), None, seen) == 52
    assert views.width_of(THING, None, seen) is None
    # A row of a width alone says nothing about the view.
    assert views.view_of(SHIRT, None, Seen(categories=rows[:1]))[1] == ViewSource.WORDS


@pytest.mark.django_db
def test_a_view_for_a_category_leaves_its_width_and_the_other_way_round():
    views.remember_for_category("things", shop="local", width_cm=31)
    views.remember_for_category("things", shop="local", elevation=30)
    views.remember_for_category("things", shop="local", width_cm=32)
    said = CategoryView.objects.get()
    assert (said.width_cm, said.elevation) == (32, 30)


@pytest.mark.django_db
def test_a_remembered_view_is_in_later_plans_and_not_in_frozen_ones(flat):
    style, product = make_style(), make_product(category="Things/Odd")
    before = make_job(product, style)
    remember = {"shop": "local", "support": "surface"}
    views.remember_for_category("/Things/ ", elevation=30, **remember)
    views.remember_for_category("things", elevation=20, **remember)
    assert CategoryView.objects.get().category == "things"
    plan = make_job(make_product(category="Things/Odd"), style).plan
    assert plan["view"] == {"elevation": 20.0, "support": "surface"}
    assert plan["product"]["view_from"] == "category memory"
    assert preview(product, shop="local", style=style).product["view_from"] == "category memory"
    before.refresh_from_db()
    assert before.plan["product"]["view_from"] == "unknown"
    CategoryView.objects.update(shop="other")
    assert make_job(product, style).plan["product"]["view_from"] == "unknown"


HANGER = {"number": 1, "kind": "hanger", "confidence": 0.9, "box": [0, 0, 9, 9]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "decides"),
    [
        ({"proposals": [HANGER | {"kind": "tag"}, HANGER]}, "photo"),
        ({"removed": ["hanger"], "proposals": []}, "photo"),
        ({"proposals": [HANGER | {"kind": "tag"}]}, "words"),
        ({"proposals": [HANGER | {"confidence": 0.2}]}, "words"),
        ({"proposals": [HANGER | {"kept_by": "boss"}]}, "words"),
        ({}, "words"),
    ],
)
def test_a_hanger_that_was_found_hangs_the_next_picture(flat, details, decides):
    product, style = make_product(category="clothing/shirts"), make_style()
    make_job(product, style)
    run_jobs()
    photo = GenerationJob.objects.get().photo
    file = ContentFile(b"x", name="alpha.png")
    Cutout.objects.create(photo=photo, key="other@1", file=file, details=details)
    plan = make_job(product, style).plan
    assert plan["product"]["view_from"] == decides
    assert plan["view"]["support"] == ("wall" if decides == "photo" else "surface")
    assert preview(product, shop="local", style=style).view == plan["view"]
    other = make_product(category="clothing/shirts")
    assert make_job(other, style).plan["product"]["view_from"] == "words"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("", {"elevation": 10, "support": ""}),
        ("a" * 256, {"elevation": 10, "support": ""}),
        ("mugs", {"elevation": None, "support": ""}),
    ],
)
def test_what_no_row_can_hold_is_refused_in_words(category, said):
    with pytest.raises(RequestRefused):
        views.remember_for_category(category, shop="local", **said)
    assert not CategoryView.objects.exists()


@pytest.mark.django_db
def test_a_category_has_one_view_in_a_shop():
    CategoryView.objects.create(category="mugs", elevation=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryView.objects.create(category="mugs", elevation=12)
    with pytest.raises(ValidationError):
        CategoryView(category=" /Mugs", elevation=12).full_clean()
    with pytest.raises(ValidationError, match="Set the camera elevation"):
        CategoryView(category="cups").full_clean()


def test_views_are_told_in_words():
    assert views.view_in_words(View(elevation=12, support="surface")).endswith("from 12° above")
    assert "wall" in views.view_in_words(View(support="wall"))
    assert "horizon" in views.view_in_words(View(support="none"))
