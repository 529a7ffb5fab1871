"""A shopper gets a picture at once, whatever there is of it, and orders at most one."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from prodimages.choices import ImageState, Source
from prodimages.imaging.xmp import read_source_type
from prodimages.models import (
    GeneratedImage,
    GenerationJob,
    Rendition,
)
from prodimages.services.storefront import orders
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_product
from tests.storefront.conftest import STATUS, jobs, make_published, make_scene, url, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


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


def test_a_deleted_product_is_gone(client):
    make_scene()
    product = make_product()
    address = url(product)
    product.delete()
    assert client.get(address).status_code == 404
