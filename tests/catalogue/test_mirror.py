from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from prodimages.choices import FailureKind, ImageState, JobState, SourceType
from prodimages.models import GeneratedImage, GenerationJob
from prodimages.shops.platform import OutsidePhoto, StateUnclear
from shop_integration.catalogue import mirroring
from shop_integration.catalogue.mirror import MirroredShop
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.concurrency import at_once
from tests.factories import make_job, make_product, make_style
from tests.testapp.platform import DictionaryShop, moment, outside

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> DictionaryShop:
    return DictionaryShop("shoes", {})


def take(shop, product=None, at=0.0, **values):
    product = product or outside(at=at)
    return shop.take(product, as_of=moment(at), **values)


def test_a_product_is_mirrored_with_its_facts(shop):
    photos = [OutsidePhoto(ref="a", url="https://cdn.example/a.jpg", alt="side")]
    taken = take(
        shop,
        outside(
            "gid://7",
            name="  Boot ",
            description="High",
            category=" /shoes//boots/ ",
            tags=["winter", "winter", " "],
            product_type="boot",
            sku="B-7",
            url="https://shop.example/admin/7",
            photos=photos,
        ),
    )
    info = shop.describe(taken.product)
    assert (info.key, info.name, info.sku) == ("gid://7", "Boot", "B-7")
    assert (info.category, info.tags, info.product_type) == ("shoes/boots", ("winter",), "boot")
    assert [photo.ref for photo in shop.photos(taken.product)] == ["a"]
    assert shop.product_url(taken.product) == "https://shop.example/admin/7"
    assert shop.external_id(taken.product) == "gid://7"
    assert taken.waits


def test_values_that_do_not_fit_are_cut(shop):
    product = outside("x" * 200, name="n" * 500, category="c/" * 300, product_type="t" * 99)
    taken = take(shop, product)
    taken.product.full_clean()
    assert len(taken.product.name) == 200


def test_news_changes_the_same_product(shop):
    first = take(shop, at=0)
    second = take(shop, outside(name="Sandal"), at=5)
    assert first.product.pk == second.product.pk
    assert Product.objects.get().name == "Sandal"


def test_what_is_older_changes_nothing(shop):
    take(shop, outside(name="New"), at=5)
    assert take(shop, outside(name="Old"), at=4) is None
    assert Product.objects.get().name == "New"


def test_a_repeat_is_no_news_but_no_doubt_either(shop):
    first = take(shop)
    assert take(shop).product.pk == first.product.pk


def test_two_states_of_one_moment_are_for_the_platform_to_settle(shop):
    take(shop, outside(name="One"))
    with pytest.raises(StateUnclear):
        take(shop, outside(name="Two"))
    taken = take(shop, outside(name="Two"), asked_at=timezone.now())
    assert taken.product.name == "Two"


def test_two_shops_may_use_one_id_and_one_sku():
    one, two = DictionaryShop("one", {}), DictionaryShop("two", {})
    first = take(one, outside(sku="A"))
    second = take(two, outside(sku="A"))
    assert first.product.pk != second.product.pk
    assert one.find("7") == first.product
    assert two.find("A") == second.product
    assert one.find("8") is None
    assert one.find("") is None


def test_a_sku_that_two_products_have_finds_neither(shop):
    take(shop, outside("1", sku="A"))
    take(shop, outside("2", sku="A"))
    assert shop.find("A") is None


def test_a_deleted_product_ends_its_queued_jobs_and_keeps_them(shop, flat, settings):
    settings.PRODIMAGES = flat | {
        "SHOPS": {"shoes": {"BACKEND": "tests.testapp.platform.DictionaryShop"}}
    }
    taken = take(shop)
    job = make_job(taken.product, make_style(shop="shoes"), shop="shoes")
    assert shop.drop("7", as_of=moment(1))
    job.refresh_from_db()
    assert (job.state, job.error_kind) == (JobState.CANCELED, FailureKind.PRODUCT_DELETED)
    assert (job.product_key, job.product_label) == ("7", "Shoe 7")
    assert not Product.objects.exists()


def test_a_late_update_does_not_bring_a_deleted_product_back(shop):
    take(shop, at=0)
    shop.drop("7", as_of=moment(5))
    assert take(shop, at=4) is None
    assert not Product.objects.exists()


def test_a_deletion_that_comes_first_is_remembered(shop):
    assert shop.drop("7", as_of=moment(5))
    assert take(shop, at=4) is None
    with pytest.raises(StateUnclear):
        take(shop, at=6)


def test_only_the_platform_says_that_a_product_is_back(shop):
    take(shop, at=0)
    asked_before = timezone.now() - timedelta(seconds=1)
    shop.drop("7", as_of=moment(5))
    with pytest.raises(StateUnclear):
        take(shop, at=6, asked_at=asked_before)
    taken = take(shop, at=6, asked_at=timezone.now() + timedelta(seconds=1))
    assert taken.product.name == "Shoe 7"
    assert taken.waits


def test_a_deletion_older_than_what_is_known_is_not_believed(shop):
    take(shop, at=5)
    assert not shop.drop("7", as_of=moment(4))
    assert shop.drop("7", as_of=None)
    assert not Product.objects.exists()


def test_a_product_that_staff_deleted_comes_back_with_its_next_event(shop):
    take(shop, at=0).product.delete()
    assert take(shop, at=1).product.pk


def test_a_backfilled_product_waits_for_no_event(shop):
    assert not take(shop, by_event=False).waits
    assert not take(shop, outside(name="Later"), at=1).waits


def test_a_settled_product_waits_no_more(shop):
    shop.settle(take(shop).product)
    assert not take(shop, outside(name="Later"), at=1).waits


def test_pictures_that_we_put_there_are_no_photos(shop, flat, settings):
    settings.PRODIMAGES = flat | {
        "SHOPS": {"shoes": {"BACKEND": "tests.testapp.platform.DictionaryShop"}}
    }
    photos = [OutsidePhoto(ref=ref, url=f"https://cdn.example/{ref}") for ref in ("a", "ours")]
    taken = take(shop, outside(photos=photos))
    job = make_job(taken.product, make_style(shop="shoes"), shop="shoes")
    GeneratedImage.objects.create(
        job=job,
        shop="shoes",
        product=taken.product,
        index=0,
        state=ImageState.PUBLISHED,
        published_ref="ours",
        width=1,
        height=1,
        seed=1,
        mime="image/jpeg",
        source_type=SourceType.COMPOSITE_SYNTHETIC,
    )
    assert [photo.ref for photo in shop.photos(taken.product)] == ["a"]


def test_many_products_take_two_queries(shop, django_assert_num_queries):
    for number in range(5):
        take(shop, outside(str(number)))
    products = list(Product.objects.all())
    with django_assert_num_queries(2):
        photos = shop.photos_for(products)
        infos = [shop.describe(product) for product in products]
    assert len(photos) == len(infos) == 5


def test_a_product_of_another_shop_has_no_photos_here(shop):
    taken = take(shop)
    assert DictionaryShop("hats", {}).photos(taken.product) == []
    assert shop.photos(make_product()) == []


def test_erasing_leaves_nothing_of_the_shop_and_all_of_the_others(shop):
    other = DictionaryShop("hats", {})
    for number in range(5):
        take(shop, outside(str(number)))
    kept = take(other)
    shop.drop("1", as_of=moment(1))
    assert mirroring.erase("shoes", page=2) == 4
    assert list(Product.objects.all()) == [kept.product]
    assert MirroredProduct.objects.get().shop == "hats"


def test_the_check_names_what_a_mirror_needs(shop, settings):
    assert shop.check() == []
    settings.PRODIMAGES_PRODUCT_MODEL = "testapp.Thing"
    (error,) = shop.check()
    assert error.id == "prodimages.E040"
    assert "prodimages_catalogue.Product" in error.hint


def test_the_contract_is_complete_but_for_the_platforms_own_calls():
    assert MirroredShop.__abstractmethods__ == {
        "verify",
        "parse",
        "fetch",
        "list_ids",
        "publish",
        "find_published",
    }


@pytest.mark.django_db(transaction=True)
def test_many_bring_news_of_one_product_at_once():
    shop = DictionaryShop("shoes", {})

    def bring(number):
        return take(shop, outside(name=f"Shoe, state {number}"), at=number)

    outcomes = at_once(8, bring)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert Product.objects.get().name == "Shoe, state 7"
    assert MirroredProduct.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_deletion_among_updates_wins_when_it_is_the_last():
    shop = DictionaryShop("shoes", {})

    def bring(number):
        if number == 4:
            return shop.drop("7", as_of=moment(100))
        return take(shop, outside(name=f"Shoe, state {number}"), at=number)

    at_once(8, bring)
    assert not Product.objects.exists()
    assert MirroredProduct.objects.get().deleted_at is not None
    assert not GenerationJob.objects.exists()
