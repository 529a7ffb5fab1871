from __future__ import annotations

import io

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from prodimages.engines.diffusers import DiffusersEngine
from prodimages.models import StorefrontScene, Style
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.demo.scenes import SCENES, SOFT, seed_scenes, seed_soft_style
from tests.factories import make_style
from tests.storefront.conftest import make_scene

pytestmark = pytest.mark.django_db

LIST = "storefront:product_list"


def add_media(product: Product, alt: str, kind: str) -> ProductMedia:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3)).save(buffer, "PNG")
    return ProductMedia.objects.create(
        product=product, file=ContentFile(buffer.getvalue(), name="p.png"), alt=alt, kind=kind
    )


@pytest.fixture
def mug():
    mug = Product.objects.create(sku="MUG-1", name="Mug & friends", slug="mug", width_cm="11.60")
    add_media(mug, "plain photo", "photo")
    return mug


def page(client, name, *args, query="") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_shop_says_so(client):
    assert "The shelves are still empty." in page(client, LIST)


def test_the_list_shows_the_photo_while_nothing_is_published(client, mug):
    html = page(client, LIST)
    assert "Mug &amp; friends" in html
    assert 'alt="plain photo"' in html
    assert 'class="badge"' not in html


def test_words_of_products_are_looked_up_in_the_visitors_language(client, mug):
    """Known ones alone: what a visitor's own product is called stays as it is."""
    known = Product.objects.create(
        sku="K", name="Pictures", slug="known", description="Product", color="Width", category="own"
    )
    add_media(known, "Original photo", "photo")
    client.cookies["django_language"] = "zh-hans"
    for html in (page(client, LIST), page(client, "storefront:product_detail", "known")):
        assert ">图片<" in html
        assert 'alt="原始照片"' in html
        assert ">宽度<" in html
    assert ">商品<" in html
    assert ">own<" in html
    assert "Mug &amp; friends" in page(client, LIST)


def test_the_list_shows_the_published_picture_first(client, mug):
    add_media(mug, "on marble", "generated")
    html = page(client, LIST)
    assert 'alt="on marble"' in html
    assert 'alt="plain photo"' not in html
    assert 'class="badge"' in html


def test_a_product_without_pictures_is_still_listed(client):
    Product.objects.create(sku="A", name="Bare", slug="bare")
    assert "No picture yet" in page(client, LIST)
    assert "No picture yet" in page(client, "storefront:product_detail", "bare")


def test_the_list_takes_as_many_queries_for_many_products(client, mug, django_assert_num_queries):
    for number in range(5):
        add_media(
            Product.objects.create(sku=f"A{number}", name="A", slug=f"a{number}"), "a", "photo"
        )
    with django_assert_num_queries(3):  # count, products, media
        page(client, LIST)


def test_many_products_come_in_pages(client):
    for number in range(25):
        Product.objects.create(sku=f"A{number}", name=f"Name {number:02}", slug=f"a{number}")
    assert "Page 1 of 2" in page(client, LIST)
    last = page(client, LIST, query="?page=2")
    assert "Name 24" in last
    assert "Name 23" not in last
    shown = [page(client, LIST, query=query).partition("<main")[2] for query in ("", "?page=no")]
    assert shown[0] == shown[1]


def test_the_page_shows_all_pictures_with_the_published_ones_first(client, mug):
    add_media(mug, "on marble", "generated")
    html = page(client, "storefront:product_detail", "mug")
    assert html.index("Picture 1: on marble") < html.index("Picture 2: plain photo")
    assert "Generated picture" in html
    assert "11.6 cm" in html
    assert '<html lang="en"' in html


def test_the_page_shows_the_picture_that_was_asked_for(client, mug):
    add_media(mug, "on marble", "generated")
    photo = mug.media.photos().get()
    html = page(client, "storefront:product_detail", "mug", query=f"?picture={photo.pk}")
    assert "Original photo" in html


@pytest.mark.parametrize("query", ["?picture=999", "?picture=x", "?picture="])
def test_an_unknown_picture_falls_back_to_the_first(client, mug, query):
    assert "Original photo" in page(client, "storefront:product_detail", "mug", query=query)


def test_scenes_are_offered_for_a_product_with_a_photo(client, mug):
    make_scene("oak", style=make_style(requires_review=False))
    html = page(client, "storefront:product_detail", "mug")
    assert 'name="scene" value="oak"' in html
    assert "<picture" not in html  # the shop's own photo, as long as no scene is chosen
    chosen = page(client, "storefront:product_detail", "mug", query="?scene=oak")
    assert 'data-prodimages="pending"' in chosen
    part = page(client, "storefront:product_detail", "mug", query="?scene=oak&part=picture")
    assert part.startswith("<picture")
    assert "<html" not in part


def test_an_unknown_scene_is_refused_in_words(client, mug):
    make_scene("oak", style=make_style())
    response = client.get(reverse("storefront:product_detail", args=["mug"]) + "?scene=moon")
    assert response.status_code == 400
    assert "There are: oak." in response.content.decode()


def test_the_demos_scenes_publish_themselves_and_leave_the_staffs_styles_alone(client, db):
    for _start in range(2):
        seed_scenes()
    rows = StorefrontScene.objects.select_related("style")
    assert [scene.slug for scene in rows] == [slug for slug, _name, _style in SCENES]
    assert not any(scene.style.requires_review for scene in rows)
    assert Style.objects.get(slug="oak-table").requires_review


def test_an_unknown_product_is_not_found(client):
    assert client.get(reverse("storefront:product_detail", args=["none"])).status_code == 404


def test_the_soft_style_is_the_studios_scene_painted_by_nano_and_stays_as_staff_left_it():
    seed_soft_style()
    style = Style.objects.get(shop="local", slug=SOFT)
    assert (style.engine, style.task) == ("nano", "background")
    assert style.parameters == Style.objects.get(shop="local", slug="oak-table").parameters
    assert DiffusersEngine("nano", {"PRESET": "nano"}).refuse(style.parameters) == []
    style.name = "Ours"
    style.save()
    seed_soft_style()
    assert Style.objects.get(shop="local", slug=SOFT).name == "Ours"


def test_pages_that_name_no_icon_get_the_shops(client):
    found = client.get("/favicon.ico")
    assert found.status_code == 302
    assert finders.find(found.url.removeprefix("/static/"))
