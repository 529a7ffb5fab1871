"""The private storage in a bucket, behind a real HTTP endpoint."""

from __future__ import annotations

import contextlib
import logging

import pytest

from prodimages.choices import FailureKind, ImageState, JobState
from prodimages.services import housekeeping, lifecycle, photos, publishing, queue, review
from prodimages.services.sink import record_files
from prodimages.storage import private_storage
from shop_integration.catalogue.models import ProductMedia
from tests.chaos.site import sweep_everything
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.servers import unavailable
from tests.services.running import QUEUES, run, run_to_the_end

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("flat"),
]

BUCKET = "pictures"


@pytest.fixture(scope="module")
def endpoint():
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        unavailable("moto")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def bucket(endpoint, settings):
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": endpoint,
        "access_key": "tests",
        "secret_key": "tests",
        "region_name": "us-east-1",
        "querystring_auth": True,
    }
    private = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"prodimages": private}
    bucket = private_storage().connection.Bucket(BUCKET)
    bucket.create()
    yield bucket
    with contextlib.suppress(bucket.meta.client.exceptions.NoSuchBucket):
        bucket.objects.delete()
        bucket.delete()


def names(bucket) -> set[str]:
    return {item.key for item in bucket.objects.all()}


def test_a_job_runs_and_its_picture_is_published(bucket):
    job = run(make_job(count=2))
    assert (job.state, job.images.count()) == (JobState.SUCCEEDED, 2)
    image = job.images.first()
    assert {image.file.name, image.thumbnail.name, job.photo.file.name} <= names(bucket)
    review.approve(image, user=None)
    publishing.publish(image)
    assert image.state == ImageState.PUBLISHED
    assert ProductMedia.objects.generated().count() == 1


def test_orphans_leave_the_bucket_and_nothing_else_does(bucket, monkeypatch):
    job = run(make_job())
    kept = names(bucket)
    make_job(make_product(photo=photo_bytes(shade=70)), make_style())
    (held,) = queue.claim("one", QUEUES)
    orphan = "pictures/local/9/0-orphan-1.jpg"
    record_files(held, [orphan])
    bucket.put_object(Key=orphan, Body=b"orphan")
    bucket.put_object(Key="somebody/elses.txt", Body=b"theirs")
    queue.end(held, JobState.FAILED, error="No.")
    assert housekeeping.sweep_files() == 0
    sweep_everything()
    assert job.state == JobState.SUCCEEDED
    assert names(bucket) == kept | {"somebody/elses.txt"}


def test_a_photo_lost_from_the_bucket_is_taken_from_the_shop_again(bucket):
    job = make_job()
    content = photos.read_photo(job)
    bucket.Object(job.photo.file.name).delete()
    assert photos.read_photo(job) == content
    assert job.photo.file.name in names(bucket)


def test_a_bucket_that_is_gone_fails_the_job_in_words_until_it_is_back(bucket):
    bucket.delete()
    job = run_to_the_end(make_job())
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.STORAGE)
    assert job.attempts_made == 3
    assert job.error
    bucket.create()
    lifecycle.retry(job)
    assert run_to_the_end(job).state == JobState.SUCCEEDED
