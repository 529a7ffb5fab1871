from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.models import Cutout, GenerationJob, SourcePhoto
from prodimages.services import files, photos
from prodimages.services.cutouts import approve_cutout
from prodimages.shops.base import Photo
from prodimages.storage import private_storage
from shop_integration.catalogue.models import Product, ProductMedia
from shop_integration.catalogue.shop import CatalogueShop
from tests.concurrency import at_once
from tests.factories import make_job, make_product, photo_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


@pytest.fixture
def job():
    return make_job()


def stored() -> list[Path]:
    root = Path(private_storage().location)
    return [path for path in root.rglob("*") if path.is_file()]


def refused(job: GenerationJob) -> JobFailure:
    with pytest.raises(JobFailure) as caught:
        photos.read_photo(GenerationJob.objects.get(pk=job.pk))
    return caught.value


def test_a_photo_is_kept_once_however_many_jobs_use_it():
    content = photo_bytes(shade=55)
    recorded: list[str] = []
    jobs = [make_job(make_product(photo=content)) for _number in range(3)]
    for job in jobs:
        assert photos.read_photo(job, record=recorded.extend) == content
    kept = SourcePhoto.objects.get()
    assert {job.photo_id for job in jobs} == {kept.pk}
    assert [path.name for path in stored()] == [Path(kept.file.name).name]
    assert recorded == [kept.file.name]
    assert (kept.width, kept.height) == (320, 240)


@pytest.mark.django_db(transaction=True)
def test_a_photo_kept_by_many_at_once_is_kept_once():
    content = photo_bytes(shade=61)
    rows = at_once(8, lambda number: photos.keep("local", content).pk)
    assert len(set(rows)) == 1
    assert len(stored()) == 1
    assert files.read(private_storage(), SourcePhoto.objects.get().file.name) == content


def test_shops_share_no_copy():
    content = photo_bytes()
    assert photos.keep("one", content).pk != photos.keep("two", content).pk


def test_the_private_copy_outlives_the_shops_file(job):
    content = photos.read_photo(job)
    default_storage.delete(ProductMedia.objects.get().file.name)
    assert photos.read_photo(GenerationJob.objects.get(pk=job.pk)) == content


def test_a_lost_private_copy_is_made_again_from_the_shop(job):
    content = photos.read_photo(job)
    private_storage().delete(job.photo.file.name)
    assert photos.read_photo(GenerationJob.objects.get(pk=job.pk)) == content
    assert private_storage().exists(job.photo.file.name)


def test_a_lost_copy_of_a_photo_that_was_replaced_since_is_told(job):
    photos.read_photo(job)
    private_storage().delete(job.photo.file.name)
    name = ProductMedia.objects.get().file.name
    default_storage.delete(name)
    default_storage.save(name, io.BytesIO(photo_bytes(shade=90)))
    failure = refused(job)
    assert (failure.kind, failure.retryable) == (FailureKind.PHOTO_MISSING, False)
    assert "planned for" in str(failure)


def test_a_file_missing_from_the_shop_is_told(job):
    default_storage.delete(ProductMedia.objects.get().file.name)
    failure = refused(job)
    assert (failure.kind, failure.retryable) == (FailureKind.PHOTO_MISSING, False)
    assert "upload it again" in str(failure)
    assert stored() == []


def test_a_photo_taken_from_the_product_is_told(job):
    ProductMedia.objects.all().delete()
    failure = refused(job)
    assert (failure.kind, failure.retryable) == (FailureKind.PHOTO_MISSING, False)
    assert "no longer" in str(failure)


@pytest.mark.parametrize("reread", [True, False])
def test_a_product_that_is_gone_is_told(job, reread):
    seen = GenerationJob.objects.get(pk=job.pk)
    Product.objects.all().delete()
    with pytest.raises(JobFailure) as caught:
        photos.read_photo(GenerationJob.objects.get(pk=job.pk) if reread else seen)
    assert (caught.value.kind, caught.value.retryable) == (FailureKind.PRODUCT_DELETED, False)


@pytest.mark.parametrize("error", [PermissionError("denied"), RuntimeError("S3 says no")])
def test_a_photo_that_can_not_be_read_now_may_be_read_later(job, monkeypatch, error):
    def fail():
        raise error

    photo = Photo(ref=job.photo_ref, open=fail)
    monkeypatch.setattr(CatalogueShop, "photos", lambda self, product: [photo])
    failure = refused(job)
    assert (failure.kind, failure.retryable) == (FailureKind.PHOTO_MISSING, True)


def test_a_storage_that_can_not_be_read_now_is_asked_again(job, monkeypatch):
    photos.read_photo(job)

    def fail(*args, **kwargs):
        raise PermissionError

    monkeypatch.setattr(type(private_storage()), "open", fail)
    failure = refused(job)
    assert (failure.kind, failure.retryable) == (FailureKind.STORAGE, True)


def test_a_photo_is_read_no_further_than_its_limit(job, monkeypatch, flat, settings):
    settings.PRODIMAGES = flat | {"MAX_PHOTO_BYTES": 1000}

    class Endless(io.RawIOBase):
        def readinto(self, buffer):
            taken.append(len(buffer))
            assert sum(taken) < 10_000
            buffer[:] = bytes(len(buffer))
            return len(buffer)

        def readable(self):
            return True

    taken: list[int] = []
    photo = Photo(ref=job.photo_ref, open=lambda: io.BufferedReader(Endless(), 512))
    monkeypatch.setattr(CatalogueShop, "photos", lambda self, product: [photo])
    failure = refused(job)
    assert failure.kind == FailureKind.PHOTO_INVALID
    assert stored() == []


def test_what_is_no_picture_is_refused_before_anything_is_kept():
    with pytest.raises(JobFailure) as caught:
        photos.keep("local", b"<svg></svg>")
    assert caught.value.kind == FailureKind.PHOTO_INVALID
    assert not SourcePhoto.objects.exists()
    assert stored() == []


@pytest.fixture
def photo():
    return photos.keep("local", photo_bytes())


def test_a_cutout_is_stored_once_and_the_first_stays(photo):
    recorded: list[str] = []
    store = photos.PhotoCutouts(photo, record=recorded.extend)
    assert store.load("u2netp@1") is None
    store.save("u2netp@1", b"first", details={"confidence": 0.9})
    store.save("u2netp@1", b"second", details={})
    assert store.load("u2netp@1") == b"first"
    assert Cutout.objects.get().details == {"confidence": 0.9}
    assert len(recorded) == 2
    names = {path.name for path in stored()}
    assert Path(recorded[0]).name in names
    assert Path(recorded[1]).name not in names


def test_a_lost_cutout_is_found_anew(photo):
    store = photos.PhotoCutouts(photo)
    store.save("u2netp@1", b"alpha", details={})
    private_storage().delete(Cutout.objects.get().file.name)
    assert store.load("u2netp@1") is None
    store.save("u2netp@1", b"again", details={})
    assert store.load("u2netp@1") == b"again"


def test_the_version_approved_last_counts_and_a_lost_one_is_passed_over(photo):
    store = photos.PhotoCutouts(photo)
    older = photos.save_cutout(photo, "staff:1", b"older", details={})
    newest = photos.save_cutout(photo, "staff:2", b"newer", details={})
    assert store.chosen() is None
    for version in (older, newest):
        approve_cutout(version, None)
    assert store.chosen() == ("staff:2", b"newer")
    private_storage().delete(newest.file.name)
    assert store.chosen() == ("staff:1", b"older")
