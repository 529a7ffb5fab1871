from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from prodimages.shops import Picture
from shop_integration.catalogue.models import MirroredProduct, Product, ProductMedia
from shop_integration.catalogue.shop import CatalogueShop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return CatalogueShop()


@pytest.fixture
def mug():
    return Product.objects.create(
        sku="MUG-1",
        name="Mug",
        slug="mug",
        category="kitchen/mugs",
        tags=["ceramic"],
        width_cm="11.5",
    )


def png(size=(4, 3)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "PNG")
    return buffer.getvalue()


def picture(ref="picture-1", open_=lambda: io.BytesIO(png())) -> Picture:
    return Picture(
        ref=ref,
        open=open_,
        filename="mug.png",
        alt="Mug on marble",
        width=4,
        height=3,
        mime="image/png",
    )


def add_photo(product, position=0) -> ProductMedia:
    return ProductMedia.objects.create(
        product=product, file=ContentFile(png(), name="photo.png"), position=position
    )


def stored_files() -> list[str]:
    def walk(folder):
        folders, files = default_storage.listdir(folder)
        yield from files
        for name in folders:
            yield from walk(f"{folder}/{name}" if folder else name)

    return sorted(walk(""))


def test_describe_tells_the_plain_facts(shop, mug, django_assert_num_queries):
    mug.refresh_from_db()
    with django_assert_num_queries(0):
        info = shop.describe(mug)
    assert (info.key, info.sku, info.category) == (str(mug.pk), "MUG-1", "kitchen/mugs")
    assert info.tags == ("ceramic",)
    assert info.width_cm == 11.5


def test_photos_are_the_shops_own_with_the_main_one_first(shop, mug):
    second = add_photo(mug, position=1)
    first = add_photo(mug, position=0)
    shop.publish(mug, picture())
    photos = shop.photos(mug)
    assert [photo.ref for photo in photos] == [str(first.pk), str(second.pk)]
    with photos[0].open() as opened:
        assert opened.read() == png()


def test_a_lost_photo_raises_oserror_when_opened(shop, mug):
    media = add_photo(mug)
    default_storage.delete(media.file.name)
    with pytest.raises(OSError):
        shop.photos(mug)[0].open()


def test_photos_for_many_products_takes_one_query(shop, mug, django_assert_num_queries):
    vase = Product.objects.create(sku="VASE-1", name="Vase", slug="vase")
    photo = add_photo(mug)
    with django_assert_num_queries(1):
        found = shop.photos_for([mug, vase])
    assert [p.ref for p in found[mug.pk]] == [str(photo.pk)]
    assert found[vase.pk] == []


def test_publish_appends_to_the_media(shop, mug):
    add_photo(mug, position=4)
    reference = shop.publish(mug, picture())
    media = mug.media.get(pk=reference)
    assert (media.kind, media.position, media.alt) == ("generated", 5, "Mug on marble")
    stored = ProductMedia.objects.values_list("width", "height").get(pk=reference)
    assert stored == (4, 3)
    with media.file.open() as opened:
        assert opened.read() == png()


def test_publishing_a_picture_twice_adds_it_once(shop, mug):
    assert shop.publish(mug, picture()) == shop.publish(mug, picture())
    assert mug.media.count() == 1
    assert len(stored_files()) == 1


def test_losing_a_race_gives_the_winners_row_and_leaves_no_file(shop, mug):
    winner = []

    def open_while_another_publishes():
        winner.append(shop.publish(mug, picture()))
        return io.BytesIO(png())

    reference = shop.publish(mug, picture(open_=open_while_another_publishes))
    assert [reference] == winner
    assert mug.media.count() == 1
    assert len(stored_files()) == 1


def test_a_row_that_can_not_be_saved_leaves_no_file(shop, mug, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the database is away")

    monkeypatch.setattr(ProductMedia, "save", fail)
    with pytest.raises(RuntimeError, match="away"):
        shop.publish(mug, picture())
    assert stored_files() == []


def test_unpublish_removes_row_and_file_and_may_be_repeated(
    shop, mug, django_capture_on_commit_callbacks
):
    reference = shop.publish(mug, picture())
    with django_capture_on_commit_callbacks(execute=True):
        shop.unpublish(mug, reference)
        shop.unpublish(mug, reference)
    assert mug.media.count() == 0
    assert stored_files() == []


@pytest.mark.parametrize("reference", ["", "not-a-key", "-1"])
def test_unpublish_ignores_what_it_never_published(shop, mug, reference):
    add_photo(mug)
    shop.unpublish(mug, reference)
    assert mug.media.count() == 1


def test_unpublish_never_takes_the_shops_own_photo(shop, mug):
    photo = add_photo(mug)
    shop.unpublish(mug, str(photo.pk))
    assert mug.media.count() == 1


@pytest.mark.django_db
def test_a_mirrored_product_is_none_of_this_shops() -> None:
    own = Product.objects.create(sku="OWN", name="Mug", slug="own")
    other = Product.objects.create(sku="far:1", name="Mug", slug="far-1")
    MirroredProduct.objects.create(shop="far", external_id="1", product=other)
    shop = CatalogueShop("local")

    assert shop.find("OWN") == own
    assert shop.find("far:1") is None
    assert shop.find(str(other.pk)) is None
    assert shop.find_all(["OWN", "far:1", str(other.pk)]) == {"OWN": own}
