"""A shopper gets a picture at once, whatever there is of it, and orders at most one."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from prodimages.choices import ImageState, RenditionState, Source, VariantState
from prodimages.imaging.xmp import read_source_type
from prodimages.models import (
    Budget,
    GeneratedImage,
    GenerationJob,
    Rendition,
    RenditionSet,
    StorefrontQuota,
    StorefrontVariant,
)
from prodimages.services import publishing, review
from prodimages.services.storefront import freshness, orders, scenes, shown
from prodimages.storage import private_storage
from prodimages.storefront import signing
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_product, make_style, photo_bytes
from tests.storefront.conftest import jobs, make_published, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]

STATUS = "X-Prodimages-Status"


def size(response) -> tuple[int, int]:
    return Image.open(io.BytesIO(response.content)).size


def test_a_missing_picture_is_ordered_and_shown_once_it_is_made(client):
    make_scene()
    product = make_product()
    address = url(product)
    first = client.get(address)
    assert (first.status_code, first[STATUS]) == (302, "pending")
    assert first["Cache-Control"] == "no-store"
    assert first["Location"] == product.media.get().file.url  # there is nothing of ours yet
    job = GenerationJob.objects.get()
    assert (job.submission.source, job.priority) == (Source.STOREFRONT, orders.PRIORITY)
    assert work() == 1
    ready = client.get(address)
    assert (ready.status_code, ready[STATUS]) == (200, "ready")
    assert ready["Cache-Control"].startswith("public, max-age=3600")
    assert ready["Content-Type"] == "image/jpeg"
    assert size(ready) == (128, 128)
    assert read_source_type(ready.content) == "compositeSynthetic"
    assert jobs() == 1


def test_the_picture_joins_no_gallery(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    assert GeneratedImage.objects.get().state == ImageState.PUBLISHED
    assert not ProductMedia.objects.generated().exists()


def test_the_best_approved_picture_stands_in(client):
    make_scene()
    product = make_product()
    make_published(product)
    response = client.get(url(product))
    assert response[STATUS] == "pending"
    assert response["Content-Type"] == "image/jpeg"
    assert size(response) == (256, 256)  # as it is: nothing is resized in a request


@pytest.mark.parametrize("format, mime", [("avif", "image/avif"), ("webp", "image/webp")])
def test_one_address_for_each_format_and_width(client, format, mime):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    for width in (64, 256):
        response = client.get(url(product, width=width, format=format))
        assert response["Content-Type"] == mime
        assert size(response) == (width, width)
        assert read_source_type(response.content) == "compositeSynthetic"


def test_a_hit_is_one_query_and_a_304_reads_no_file(client, django_assert_num_queries):
    make_scene()
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    client.get(address)  # the scenes are known now
    with django_assert_num_queries(1):
        response = client.get(address)
    Rendition.objects.update(file="gone.jpg")
    with django_assert_num_queries(1):
        known = client.get(address, headers={"If-None-Match": f'"x", W/{response["ETag"]}'})
    assert (known.status_code, known.content) == (304, b"")
    assert known["ETag"] == response["ETag"]
    assert known["Cache-Control"] == response["Cache-Control"]
    assert "Content-Type" not in known


def test_head_tells_the_same(client):
    make_scene()
    product = make_product()
    pending = client.head(url(product))  # not led away to the photo, which could not tell
    assert (pending.status_code, pending[STATUS]) == (200, "pending")
    work()
    response = client.head(url(product))
    assert response[STATUS] == "ready"
    assert response.content == b""


def test_no_middleware_makes_a_picture_vary_or_sets_a_cookie(client, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    settings.MIDDLEWARE = [
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        *settings.MIDDLEWARE,
        "tests.storefront.middleware.touch_session",
    ]
    make_scene()
    product = make_product()
    for _look in range(2):
        response = client.get(
            url(product), headers={"Accept-Encoding": "gzip", "Accept-Language": "zh-hans"}
        )
        assert not {"Vary", "Content-Language", "Content-Encoding"} & set(response.headers)
        assert not response.cookies
        assert not response.content.startswith(b"\x1f\x8b"), "compressed, and nothing says so"
        work()
    assert response[STATUS] == "ready"


def test_a_web_server_may_read_the_file(client, settings, shop):
    settings.PRODIMAGES = shop | {"STOREFRONT_ACCEL": "/private/"}
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    response = client.get(url(product))
    name = Rendition.objects.get(format="jpeg", width=128).file.name
    assert response["X-Accel-Redirect"] == f"/private/{name}"
    assert response.content == b""


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: address.replace("v=marble", "v=other"),
        lambda address: address.replace("s=", "s=A"),
        lambda address: address.partition("?")[0],
        lambda address: address.replace("e=", "e=9"),
        lambda address: address + "&shop=other",
    ],
)
def test_what_the_shop_did_not_make_is_forged(client, forge):
    make_scene()
    response = client.get(forge(url(make_product())))
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:prodimages:problem:forged_address"
    assert response["Cache-Control"] == "no-store"
    assert not StorefrontVariant.objects.exists()


def test_an_address_of_one_product_is_none_of_another(client):
    make_scene()
    mine, other = make_product(), make_product()
    address = url(mine).replace(f"/{mine.pk}/", f"/{other.pk}/")
    assert client.get(address).status_code == 403


def test_an_unknown_scene_is_refused_by_name(client):
    product = make_product()
    scene = make_scene()
    make_scene("oak")
    address = url(product)
    scene.delete()
    response = client.get(address)
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "field": "scene",
            "code": "invalid",
            "detail": "There is no scene “marble”. There are: oak.",
        }
    ]
    with pytest.raises(orders.RequestRefused, match="There are: oak"):
        url(product)


@pytest.mark.parametrize(
    "more, field, words",
    [
        ("&w=65", "w", "given twice"),
        ("&x=1", "x", "Not understood"),
        ("&f=gif", "f", "given twice"),
        ("&pending=2", "pending", "Not understood"),
        ("&pending", "pending", "Not understood"),
        ("&", "query", "Not understood"),
        ("&pending=%31", "query", "Not understood"),
    ],
)
def test_nothing_can_be_added_to_an_address(client, more, field, words):
    make_scene()
    response = client.get(url(make_product()) + more)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field
    assert words in response.json()["detail"]


def test_an_address_is_written_in_one_way_and_in_the_one_of_caches_that_sort(client):
    """Others would each be kept once more by a CDN, and asked for here."""
    make_scene()
    path, _mark, query = url(make_product()).partition("?")
    parts = query.split("&")
    assert client.head(f"{path}?{'&'.join(sorted(parts))}").status_code == 200
    assert client.get(f"{path}?{'&'.join(reversed(parts))}").status_code == 400
    assert client.get(f"{path}?{query.replace('marble', '%6Darble')}").status_code == 400


@pytest.mark.parametrize("change", [("w=128", "w=127"), ("f=jpeg", "f=gif"), ("w=128", "w=")])
def test_other_widths_and_formats_are_refused_by_name(client, change):
    make_scene()
    response = client.get(url(make_product()).replace(*change))
    assert response.status_code == 400
    assert "there are: " in response.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_other_methods_are_refused(client, method):
    make_scene()
    response = getattr(client, method)(url(make_product()))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_an_old_address_shows_what_there_is_and_orders_nothing(client, monkeypatch):
    make_scene()
    product, other = make_product(), make_product()
    addresses = url(product), url(other)
    client.get(addresses[0])
    work()
    later = signing.time.time() + 3 * 86_400
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert client.get(addresses[0])[STATUS] == "ready"
    response = client.get(addresses[1])
    assert (response.status_code, response[STATUS]) == (302, "expired")
    assert response["Cache-Control"] == "no-store"
    assert jobs() == 1


def test_a_deleted_product_is_gone(client):
    make_scene()
    product = make_product()
    address = url(product)
    product.delete()
    assert client.get(address).status_code == 404


def test_nothing_is_shown_before_somebody_approved_it(client):
    make_scene(review=True)
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    image = GeneratedImage.objects.get()
    assert image.state == ImageState.PENDING
    StorefrontVariant.objects.update(due_at=timezone.now())
    assert client.get(address)[STATUS] == "pending"
    assert jobs() == 1  # what waits for review is not ordered anew
    assert StorefrontVariant.objects.get().error == "It waits for review."
    review.approve(image, user=None)
    assert publishing.publish(image) == ""
    assert client.get(address)[STATUS] == "pending"
    work()
    assert client.get(address)[STATUS] == "ready"


def test_what_is_taken_back_or_rejected_is_shown_no_more(client):
    make_scene()
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    image = GeneratedImage.objects.get()
    publishing.unpublish(image)
    assert image.state == ImageState.APPROVED
    assert client.get(address)[STATUS] == "pending"
    publishing.publish(image)
    work()
    assert client.get(address)[STATUS] == "ready"
    publishing.unpublish(image)
    review.reject(image, user=None, code="other")
    work()
    assert client.get(address)[STATUS] == "pending"


def test_a_picture_rejected_while_its_renditions_are_made_stays_hidden(client):
    make_scene(review=True)
    product = make_product()
    client.get(url(product))
    work()
    image = GeneratedImage.objects.get()
    review.approve(image, user=None)
    publishing.publish(image)
    review.reject(image, user=None, code="other")
    work()
    image.refresh_from_db()
    assert image.state == ImageState.REJECTED
    assert client.get(url(product))[STATUS] == "pending"


def test_a_published_picture_in_the_scenes_style_is_shown_without_a_job(client):
    scene = make_scene()
    product = make_product()
    from prodimages.services.submission import Order, submit

    receipt = submit(
        Order(products=[product], style=scene.style, source=Source.COMMAND, client="tests")
    )
    work()
    assert receipt.submission.jobs.get().images.get().state == ImageState.PUBLISHED
    assert client.get(url(product))[STATUS] == "pending"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 1


def test_kinds_of_shoppers_share_a_picture_where_the_style_is_the_same(client):
    scene = make_scene()
    make_scene("marble", season="winter", style=make_style(requires_review=False), position=1)
    product = make_product()
    for segment in ("gift", "outdoor"):
        client.get(url(product, segment=segment))
    assert jobs() == 1
    client.get(url(product, season="winter"))
    assert jobs() == 2
    work()
    styles = {row.key: row.style for row in StorefrontVariant.objects.select_related("style")}
    assert styles["marble.gift"] == styles["marble.outdoor"] == scene.style
    assert styles["marble...winter"] != scene.style
    for address in (url(product, segment="outdoor"), url(product, season="winter")):
        assert client.get(address)[STATUS] == "ready"
    pictures = dict(StorefrontVariant.objects.values_list("key", "image"))
    assert pictures["marble.gift"] == pictures["marble.outdoor"] != pictures["marble...winter"]


def test_without_a_scene_the_best_published_picture_is_shown(client):
    product = make_product()
    address = url(product, scene="")
    assert client.get(address)[STATUS] == "pending"
    assert jobs() == 0
    image = make_published(product)  # its publication has the renditions made
    work()
    assert client.get(address)[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image == image
    better = make_published(product)
    # By some seeds the cloth of its ground comes near to the product, which is remarked.
    GeneratedImage.objects.update(severity=0)
    work()
    assert StorefrontVariant.objects.get().image == better
    publishing.unpublish(better)
    StorefrontVariant.objects.update(due_at=timezone.now())
    assert client.get(address)[STATUS] == "pending"
    assert client.get(address)[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image == image


def test_a_season_may_choose_where_the_shopper_does_not(client):
    make_scene("", season="winter")
    product = make_product()
    client.get(url(product, scene="", season="winter"))
    assert jobs() == 1
    client.get(url(product, scene="", season="summer"))
    assert jobs() == 1


def test_an_outdated_picture_is_shown_until_the_newer_one_is_there(client):
    scene = make_scene()
    product = make_product()
    address = url(product)
    client.get(address)
    work()
    before = client.get(address)["ETag"]
    scene.style.prompt = "{name} on slate"
    scene.style.save()
    stale = client.get(address)
    assert (stale[STATUS], stale["ETag"]) == ("stale", before)
    assert "max-age=60" in stale["Cache-Control"]
    for _look in range(3):
        client.get(address)
    assert jobs() == 2
    work()
    fresh = client.get(address)
    assert fresh[STATUS] == "ready"
    assert fresh["ETag"] != before
    client.get(address)
    assert jobs() == 2


def test_a_style_that_is_only_renamed_makes_nothing_anew(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    work()
    scene.style.name = "Other"
    scene.style.save()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_style_that_changes_while_its_picture_is_made(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    scene.style.prompt = "{name} on slate"
    scene.style.save()
    work()  # the job has the plan of before
    assert client.get(url(product))[STATUS] == "stale"
    assert jobs() == 2
    work()
    assert client.get(url(product))[STATUS] == "ready"


def test_another_photo_makes_a_newer_picture(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    photo = product.media.get()
    photo.file.save("other.png", ContentFile(photo_bytes(shade=90), name="other.png"))
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 2
    photo.alt = "A mug"
    photo.save()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_photo_that_changed_behind_our_back_is_found_within_a_day(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    ProductMedia.objects.update(file="products/other.png")
    assert freshness.look() == 0
    StorefrontVariant.objects.update(looked_at=timezone.now() - timedelta(days=2))
    assert freshness.look() == 1
    assert client.get(url(product))[STATUS] == "stale"


def test_a_scene_with_another_style_is_made_anew(client):
    scene = make_scene()
    product = make_product()
    client.get(url(product))
    work()
    scene.style = make_style(requires_review=False)
    scene.save()
    StorefrontVariant.objects.update(due_at=timezone.now())
    orders.want("local", product.pk, orders.Context(scene="marble"))
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert StorefrontVariant.objects.get().image.job.style == scene.style


def test_budgets_and_quotas_cost_a_shopper_nothing(client, settings, shop):
    Budget.objects.create(shop="local", pictures=0)
    make_scene()
    product = make_product()
    assert client.get(url(product))[STATUS] == "pending"
    assert jobs() == 0
    row = StorefrontVariant.objects.get()
    assert "daily budget" in row.error
    assert row.due_at > timezone.now()
    assert not StorefrontQuota.objects.filter(used__gt=0).exists()
    Budget.objects.update(pictures=9)
    client.get(url(product))
    assert jobs() == 0  # not before the day is over


@pytest.mark.parametrize("name", ["STOREFRONT_PRODUCT_PICTURES", "STOREFRONT_SHOP_PICTURES"])
def test_shoppers_may_have_only_so_many_made_a_day(client, settings, shop, name):
    settings.PRODIMAGES = shop | {name: 2}
    for slug in "abc":
        make_scene(slug)
    product = make_product()
    for slug in "abc":
        assert client.get(url(product, slug))[STATUS] == "pending"
    assert jobs() == 2


def test_a_failure_is_tried_again_later_and_not_for_ever(client):
    style = make_style(requires_review=False, parameters={"fail": "engine"})
    make_scene(style=style)
    product = make_product()
    for _hour in range(orders.MOST_ORDERS + 2):
        for _look in range(2):
            client.get(url(product))
        work()
        StorefrontVariant.objects.update(due_at=timezone.now())
    assert jobs() == orders.MOST_ORDERS
    row = StorefrontVariant.objects.get()
    assert (row.state, row.error) == (VariantState.FAILED, "It was tried often enough.")
    style.parameters = {}
    style.save()
    client.get(url(product))
    work()
    assert client.get(url(product))[STATUS] == "ready"


def test_a_shops_own_failure_is_not_the_shoppers(client, monkeypatch):
    make_scene()
    product = make_product()

    def fail(self, products):
        raise ZeroDivisionError

    monkeypatch.setattr("shop_integration.catalogue.shop.CatalogueShop.photos_for", fail)
    assert client.get(url(product))[STATUS] == "pending"


def test_a_product_without_a_photo_says_so_to_staff_only(client):
    make_scene()
    response = client.get(url(make_product(photo=None)))
    assert (response.status_code, response[STATUS]) == (200, "pending")
    assert response["Content-Type"] == "image/svg+xml"
    assert "no photo" in StorefrontVariant.objects.get().error


def test_staff_refresh_what_they_like(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    assert orders.refresh(list(StorefrontVariant.objects.all())) == 1
    assert client.get(url(product))[STATUS] == "stale"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 2


def test_renditions_are_tried_again_and_then_failed(client, settings, shop):
    settings.PRODIMAGES = shop | {"PUBLISH_RETRY_SECONDS": 0}
    make_scene(review=True)
    product = make_product()
    client.get(url(product))
    work()
    image = GeneratedImage.objects.get()
    private_storage().delete(image.file.name)
    review.approve(image, user=None)
    publishing.publish(image)
    work()
    row = RenditionSet.objects.get()
    assert (row.state, row.attempts_made) == (RenditionState.FAILED, 5)
    image.refresh_from_db()
    assert image.publish_error
    assert image.state == ImageState.APPROVED


def test_a_rendition_that_the_storage_lost_is_made_again(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    lost = Rendition.objects.get(format="jpeg", width=128)
    private_storage().delete(lost.file.name)
    answer = client.get(url(product, width=128))
    assert (answer.status_code, answer[STATUS], answer["Cache-Control"]) == (
        *(200, "pending"),
        "no-store",
    )
    assert len(answer.content) > 500  # what stands in is the picture itself
    work()
    again = client.get(url(product, width=128))
    assert again[STATUS] == "ready"
    assert again["ETag"] == f'"{lost.digest[:32]}"'
    assert jobs() == 1


def test_other_widths_are_made_for_old_pictures_when_a_shopper_asks(client, settings, shop):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    settings.PRODIMAGES = shop | {"STOREFRONT_WIDTHS": [96, 256], "STOREFRONT_FORMATS": ["webp"]}
    for width, found in ((96, 128), (96, 128), (256, 256)):
        answer = client.get(url(product, width=width))
        assert answer[STATUS] == "ready"
        assert Image.open(io.BytesIO(answer.content)).width == found
    assert RenditionSet.objects.get().state == RenditionState.WAITING
    shown.settle("local", product.pk)
    assert client.get(url(product))[STATUS] == "ready"
    work()
    answer = client.get(url(product, width=96, format="webp"))
    assert Image.open(io.BytesIO(answer.content)).width == 96
    assert jobs() == 1


def test_all_that_is_missing_can_be_ordered_at_once(client, settings, shop):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    order = lambda *options: _output("prodimages_renditions", *options)  # noqa: E731
    assert order() == "Renditions of 0 pictures are ordered."
    private_storage().delete(Rendition.objects.get(format="webp", width=64).file.name)
    assert order() == "Renditions of 0 pictures are ordered."
    assert order("--files") == "Renditions of 1 pictures are ordered."
    settings.PRODIMAGES = shop | {"STOREFRONT_WIDTHS": [64, 96, 128, 256]}
    assert order() == "Renditions of 0 pictures are ordered."  # under way already
    work()
    assert order("--files") == "Renditions of 0 pictures are ordered."
    assert Rendition.objects.count() == 12


def _output(name: str, *options: str) -> str:
    out = io.StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue().strip()


def test_what_nobody_asks_for_is_forgotten_and_can_be_had_again(client, settings):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    old = timezone.now() - timedelta(days=91)
    StorefrontVariant.objects.update(asked_at=old)
    RenditionSet.objects.update(created_at=old)
    names = list(Rendition.objects.values_list("file", flat=True))
    storage = private_storage()
    assert freshness.forget() == len(names) == 9
    assert not any(storage.exists(name) for name in names)
    assert not StorefrontVariant.objects.exists()
    assert client.get(url(product))[STATUS] == "pending"
    work()
    assert client.get(url(product))[STATUS] == "ready"
    assert jobs() == 1


def test_a_picture_that_is_asked_for_is_remembered(client):
    make_scene()
    product = make_product()
    client.get(url(product))
    work()
    StorefrontVariant.objects.update(asked_at=timezone.now() - timedelta(days=20))
    client.get(url(product))
    assert StorefrontVariant.objects.get().asked_at > timezone.now() - timedelta(minutes=1)


def test_scenes_of_inactive_styles_are_not_offered():
    make_scene("oak", style=make_style(is_active=False))
    make_scene("pine", is_active=False)
    make_scene("marble")
    make_scene("marble", season="winter")
    make_scene("", season="winter")
    assert [scene.slug for scene in scenes.offered("local")] == ["marble"]
