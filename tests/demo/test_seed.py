from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.models import ProductSettings
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.demo import seed
from shop_integration.demo.products import PRODUCTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_photos(monkeypatch):
    """Photos without rendering; the renderer has tests of its own."""

    def plain(slug: str) -> Image.Image:
        return Image.fromarray(np.full((6, 6, 3), len(slug) * 9, np.uint8))

    monkeypatch.setattr(seed, "_rendered", plain)


@pytest.fixture
def own_photo(tmp_path):
    path = tmp_path / "red_shoe.png"
    Image.new("RGB", (8, 6), "red").save(path)
    return path


def rows() -> list[tuple]:
    return list(ProductMedia.objects.order_by("pk").values_list("pk", "product__sku", "file"))


def test_every_product_gets_its_photo():
    products = seed.seed_demo_shop()
    assert [p.sku for p in products] == [p.sku for p in PRODUCTS]
    assert all(p.media.photos().count() == 1 for p in products)
    for product in Product.objects.all():
        product.full_clean()


def test_the_studio_learns_how_each_photo_was_taken():
    products = seed.seed_demo_shop()
    told = dict(ProductSettings.objects.values_list("product__sku", "elevation"))
    assert told == {p.sku: p.elevation for p in PRODUCTS}
    assert len(products) == len(told)


def test_the_cup_is_a_real_photo():
    seed.seed_demo_shop()
    media = ProductMedia.objects.get(source_ref="demo:coffee-cup")
    assert (media.width, media.height) == (600, 400)


def test_seeding_twice_changes_nothing(own_photo):
    first = seed.seed_demo_shop(str(own_photo))
    before = rows()
    assert seed.seed_demo_shop(str(own_photo)) == first
    assert rows() == before


def test_what_staff_changed_stays():
    seed.seed_demo_shop()
    Product.objects.filter(sku="MUG-TIDE").update(name="Our mug")
    seed.seed_demo_shop()
    assert Product.objects.get(sku="MUG-TIDE").name == "Our mug"


def test_an_own_photo_is_kept_byte_for_byte(own_photo):
    product = seed.seed_demo_shop(str(own_photo))[-1]
    assert product.name == "Red shoe"
    with product.media.get().file.open() as stored:
        assert stored.read() == own_photo.read_bytes()


def test_two_own_photos_of_one_name_are_two_products(tmp_path):
    slugs = set()
    for number, color in enumerate(("red", "blue")):
        path = tmp_path / str(number) / "shoe.png"
        path.parent.mkdir()
        Image.new("RGB", (8, 6), color).save(path)
        slugs.add(seed.seed_demo_shop(str(path))[-1].slug)
    assert len(slugs) == 2


def bad_files() -> dict[str, bytes]:
    jpeg = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(jpeg, "JPEG")
    gif = io.BytesIO()
    Image.new("P", (4, 4)).save(gif, "GIF")
    return {
        "text": b"not a picture",
        "empty": b"",
        "truncated": jpeg.getvalue()[: len(jpeg.getvalue()) // 2],
        "gif": gif.getvalue(),
    }


@pytest.mark.parametrize("kind", ["text", "empty", "truncated", "gif"])
def test_a_bad_own_photo_is_refused_in_words_and_leaves_nothing(kind, tmp_path):
    path = tmp_path / "own.jpg"
    path.write_bytes(bad_files()[kind])
    with pytest.raises(seed.PhotoRefused, match=r"own\.jpg is not a JPEG, PNG or WebP"):
        seed.seed_demo_shop(str(path))
    assert not Product.objects.exists()


def test_a_missing_own_photo_is_named(tmp_path):
    with pytest.raises(seed.PhotoRefused, match=r"gone\.jpg can't be opened: No such file"):
        seed.seed_demo_shop(str(tmp_path / "gone.jpg"))


def test_a_huge_own_photo_is_refused(own_photo, monkeypatch):
    monkeypatch.setattr(seed, "MAX_PIXELS", 40)
    with pytest.raises(seed.PhotoRefused, match="8 x 6 pixels"):
        seed.seed_demo_shop(str(own_photo))


def test_progress_names_each_product_and_ends_full():
    calls = []
    seed.seed_demo_shop(on_progress=lambda *call: calls.append(call))
    assert [name for _done, _total, name in calls[:-1]] == [p.name for p in PRODUCTS]
    assert calls[-1] == (len(PRODUCTS), len(PRODUCTS), "")
