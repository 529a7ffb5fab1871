"""What the template tags write, and how few queries they make for it."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from prodimages.exceptions import RequestRefused
from shop_integration.catalogue.shop import CatalogueShop
from tests.factories import make_product, make_style
from tests.storefront.conftest import STATUS, make_published, make_scene, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def render(text: str, **values) -> str:
    template = Template("{% load prodimages_storefront %}" + text)
    return template.render(Context({"request": RequestFactory().get("/"), **values}))


def attributes(html: str, tag: str) -> dict[str, str]:
    (found,) = re.findall(rf"<{tag} (.*?)>", html, re.S)
    return dict(re.findall(r'([\w-]+)="(.*?)"', found))


def test_a_pending_picture_keeps_room_for_itself(client):
    make_scene(style=make_style(aspect="4:5", requires_review=False))
    product = make_product(name="Mug & saucer")
    html = render('{% product_picture product scene="marble" sizes="50vw" %}', product=product)
    picture, image = attributes(html, "picture"), attributes(html, "img")
    assert picture["data-prodimages"] == "pending"
    assert "prodimages-4x5" in picture["class"]
    assert (image["width"], image["height"]) == ("205", "256")
    assert image["alt"] == "Mug &amp; saucer"
    assert image["loading"] == "lazy"
    assert image["src"].endswith("&amp;pending=1")
    assert "srcset" not in image
    assert image["data-srcset"].count("w, ") == 1  # 64 and 128, of a picture 205 pixels wide
    assert 'role="status"' in html
    assert "<noscript>" in html
    assert "style=" not in html
    assert client.get(image["src"].replace("&amp;", "&"))[STATUS] == "pending"


def test_a_ready_picture_needs_no_script(client):
    make_scene()
    product = make_product()
    shown = '{% product_picture product scene="marble" alt="" eager=True css_class="hero" %}'
    address = attributes(render(shown, product=product), "img")["src"]
    client.get(address.replace("&amp;", "&"))
    work()
    html = render(shown, product=product)
    picture, image = attributes(html, "picture"), attributes(html, "img")
    assert picture["data-prodimages"] == "ready"
    assert picture["class"] == "prodimages prodimages-1x1 hero"
    assert "role=" not in html
    assert (image["alt"], image["fetchpriority"]) == ("", "high")
    assert "loading" not in image
    types = re.findall(r'<source type="(.*?)" srcset="(.*?)"', html)
    assert [kind for kind, _srcset in types] == ["image/avif", "image/webp"]
    for kind, srcset in [*types, ("image/jpeg", image["srcset"])]:
        for one in srcset.split(", "):
            place, width = one.replace("&amp;", "&").split(" ")
            response = client.get(place)
            assert response["Content-Type"] == kind
            assert f"w={width.removesuffix('w')}&" in place


def test_the_shops_backend_says_who_looks(monkeypatch):
    make_scene(segment="gift", style=make_style(aspect="16:9"))
    make_scene(style=make_style(aspect="1:1"))
    product = make_product()
    monkeypatch.setattr(
        CatalogueShop, "shopper", lambda self, request: {"segment": "gift", "scene": "marble"}
    )
    assert "prodimages-16x9" in render("{% product_picture product %}", product=product)
    html = render('{% product_picture product segment="other" %}', product=product)
    assert "prodimages-1x1" in html


def test_an_unknown_scene_is_the_callers_to_answer():
    make_scene()
    with pytest.raises(RequestRefused, match="There are: marble"):
        render('{% product_picture product scene="moon" %}', product=make_product())


def test_a_page_of_products_takes_as_many_queries_as_one(django_assert_num_queries):
    make_scene()
    products = [make_product() for _number in range(6)]
    for product in products[:2]:
        make_published(product)
    text = (
        "{% remember_product_pictures products scene=scene %}"
        "{% for product in products %}{% product_picture product scene=scene %}{% endfor %}"
    )
    render(text, products=products, scene="marble")
    with django_assert_num_queries(1):
        html = render(text, products=products, scene="marble")
    assert html.count("<picture") == 6
    with django_assert_num_queries(2):  # sizes of the pictures that stand in
        render(text, products=products, scene="")


def test_a_chooser_takes_one_query(django_assert_num_queries):
    make_scene("marble")
    make_scene("oak")
    make_scene("", season="winter")
    product = make_product()
    text = (
        "{% product_scenes product as scenes %}"
        "{% for scene in scenes %}{{ scene.slug }} {{ scene.name }} {{ scene.picture.url }}\n"
        "{% endfor %}"
    )
    render(text, product=product)
    with django_assert_num_queries(1):
        lines = render(text, product=product).splitlines()
    assert [line.split(" ")[:2] for line in lines] == [["marble", "Marble"], ["oak", "Oak"]]


def test_the_head_is_external_files_only():
    html = render("{% product_picture_head %}")
    assert 'data-beacon="/api/v1/storefront/beacon/"' in html
    assert "prodimages/storefront.css" in html
    assert "defer" in html
    assert re.search(r"<script[^>]*></script>", html)
    assert "data-beacon" not in render("{% product_picture_head beacon=False %}")
