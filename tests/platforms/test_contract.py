"""What every adapter does, against a server that behaves as its platform's documents say."""

from __future__ import annotations

import pytest

from prodimages.shops.platform import PlatformRefused, PlatformUnavailable
from shop_integration.platforms import shopify
from tests.platforms.conftest import PLATFORMS, REF, make_case, picture
from tests.platforms.server import serving

BEFORE, AFTER = ("busy", "broken"), ("silent", "gateway")


def test_a_product_is_fetched_with_its_facts_and_photos(case):
    product = case.shop.fetch("7")
    assert (product.external_id, product.name, product.sku) == ("7", "Mug 7", "M-1")
    assert product.description == "Glazed & fired"
    assert product.category.endswith("kitchen")
    assert list(product.tags) == ["ceramic"]
    assert product.updated_at.isoformat() == "2026-11-20T10:00:00+00:00"
    names = [photo.url.partition("?")[0].rpartition("/")[2] for photo in product.photos]
    assert names == [name for name, _alt in case.photos]
    if case.name != "medusa":  # whose images have no alternative text
        assert [photo.alt for photo in product.photos] == ["photo side.jpg", "photo top.jpg"]
    assert [photo.ref for photo in case.shop.fetch("7").photos] == [
        photo.ref for photo in product.photos
    ]


def test_there_is_no_product_of_an_unknown_id(case):
    assert case.shop.fetch("404") is None


def test_a_picture_is_published_behind_the_photos_with_its_text(case):
    reference = case.shop.publish(case.product, picture())
    assert 0 < len(reference) <= 255
    shown = case.remote.pictures("7")
    assert shown[:2] == case.photos
    ((name, alt),) = case.ours()
    assert shown[2] == (name, alt)
    assert alt == ("" if case.name == "medusa" else "Mug on oak")


def test_publishing_twice_adds_one_picture(case):
    first = case.shop.publish(case.product, picture())
    assert case.shop.publish(case.product, picture()) == first
    assert len(case.ours()) == 1


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
def test_a_failed_attempt_is_repeated_and_adds_one_picture(case, fault):
    case.remote.faults = [fault]
    with pytest.raises(PlatformUnavailable) as caught:
        case.shop.publish(case.product, picture())
    if fault == "busy":
        assert caught.value.retry_after == 7
    case.shop.publish(case.product, picture())
    assert len(case.ours()) == 1
    assert case.others() == case.photos


def test_failures_one_after_the_other_add_one_picture(case):
    case.remote.faults = ["silent", "gateway", "busy", "silent"]
    for _attempt in range(12):
        try:
            case.shop.publish(case.product, picture())
        except PlatformUnavailable:
            continue
        break
    else:
        pytest.fail("It never got there.")
    assert len(case.ours()) == 1
    assert case.others() == case.photos


def test_unpublishing_takes_out_the_picture_and_nothing_else(case):
    reference = case.shop.publish(case.product, picture())
    case.shop.unpublish(case.product, reference)
    assert case.remote.pictures("7") == case.photos
    case.shop.unpublish(case.product, reference)
    case.shop.publish(case.product, picture())
    assert len(case.ours()) == 1


def test_a_picture_whose_answer_got_lost_is_found_and_taken_out(case):
    # Medusa's files can't be searched: one that no product names yet stays unknown.
    case.remote.faults = ["", "silent"] if case.name == "medusa" else ["silent"]
    with pytest.raises(PlatformUnavailable):
        case.shop.publish(case.product, picture())
    reference = case.shop.find_published(case.product, REF)
    assert reference
    case.shop.unpublish(case.product, reference)
    assert case.remote.pictures("7") == case.photos


def test_our_own_pictures_are_no_photos(case):
    before = [photo.ref for photo in case.shop.fetch("7").photos]
    case.shop.publish(case.product, picture())
    assert [photo.ref for photo in case.shop.fetch("7").photos] == before


def test_a_product_that_was_deleted_is_told(case):
    del case.remote.products["7"]
    with pytest.raises(PlatformRefused):
        case.shop.publish(case.product, picture())


def test_a_bad_token_is_told_in_words(case):
    assert case.shop.check_connection() == []
    case.remote.token_is_good = False
    with pytest.raises(PlatformRefused, match="check the token"):
        case.shop.publish(case.product, picture())
    (words,) = case.shop.check_connection()
    assert "check the token" in words


def test_all_ids_are_listed_over_pages(case):
    case.remote.products |= {str(number): case.remote.products["7"] for number in range(100, 400)}
    told = []
    ids = case.shop.list_ids(told.append)
    assert len(ids) == len(set(ids)) == 301
    assert told == sorted(told)
    assert told[-1] == 301
    assert len(told) > 1


def test_a_photo_is_downloaded_from_a_host_that_is_allowed_only(case):
    url = case.shop.fetch("7").photos[0].url
    case.shop.options["ALLOW_HOSTS"] = []
    with pytest.raises(PlatformRefused, match="https"):
        case.shop.open_photo(url)


@pytest.mark.parametrize("name", sorted(set(PLATFORMS) - {"standard"}))
def test_twins_become_one(name, db, monkeypatch):
    monkeypatch.setattr(shopify, "LOOK_SECONDS", 0.01)
    with serving(PLATFORMS[name][1]()) as remote:
        case = make_case(name, remote)
        case.shop.publish(case.product, picture())
        remote.duplicate("7", f"mug-oak-{REF}_2.jpg")
        assert len(case.ours()) == 2
        case.shop.publish(case.product, picture())
        assert len(case.ours()) == 1


@pytest.mark.parametrize("name", sorted(set(PLATFORMS) - {"standard"}))
def test_a_shop_may_want_our_picture_first(name, db, monkeypatch):
    monkeypatch.setattr(shopify, "LOOK_SECONDS", 0.01)
    with serving(PLATFORMS[name][1]()) as remote:
        case = make_case(name, remote, POSITION="first")
        case.shop.publish(case.product, picture())
        shown = remote.pictures("7")
        assert REF in shown[0][0]
        assert shown[1:] == case.photos


@pytest.mark.parametrize("name", ["woocommerce", "medusa"])
def test_what_others_add_meanwhile_stays_in_a_list_that_is_replaced(name, db):
    with serving(PLATFORMS[name][1]()) as remote:
        case = make_case(name, remote)
        answer = remote.answer

        def answer_while_others_work(request):
            reply = answer(request)
            if request.path.endswith(("/media", "/uploads")) and request.method == "POST":
                remote.duplicate("7", "staff.jpg")
            return reply

        remote.answer = answer_while_others_work
        case.shop.publish(case.product, picture())
        assert len(case.ours()) == 1
        assert len(case.others()) == 3


@pytest.mark.parametrize("name", ["woocommerce", "medusa"])
def test_a_list_that_somebody_else_overtakes_is_written_again(name, db):
    with serving(PLATFORMS[name][1]()) as remote:
        case = make_case(name, remote)
        answer = remote.answer
        overtaken = []

        def answer_and_overtake(request):
            before = list(remote.products["7"]["images"])
            reply = answer(request)
            if "/products/7" in request.path and request.method != "GET" and not overtaken:
                overtaken.append(True)
                remote.products["7"]["images"] = before
            return reply

        remote.answer = answer_and_overtake
        case.shop.publish(case.product, picture())
        assert overtaken
        assert len(case.ours()) == 1
        assert case.others() == case.photos
