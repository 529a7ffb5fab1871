from __future__ import annotations

import io

import pytest
from django.conf import settings as django_settings
from django.core.files import File
from PIL import Image

from prodimages.choices import FailureKind, JobState
from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.models import GeneratedImage, GenerationAttempt, SourcePhoto, Style
from prodimages.services import lifecycle, publishing, review
from prodimages.shops import Photo, ProductInfo
from prodimages.storage import private_storage
from prodimages.testing import (
    InstantEngine,
    example_photo,
    instant_pictures,
    run_jobs,
    shop_faults,
)
from shop_integration.catalogue.models import ProductMedia
from shop_integration.catalogue.shop import CatalogueShop
from tests.factories import make_job, make_product, make_style

pytestmark = pytest.mark.django_db


def test_instant_pictures_replace_every_engine_under_its_alias():
    before = settings.ENGINES
    with instant_pictures(MAX_ATTEMPTS=1):
        assert settings.ENGINES.keys() == before.keys()
        assert all(isinstance(get_engine(alias), InstantEngine) for alias in before)
        assert settings.MAX_ATTEMPTS == 1
        assert private_storage().save("a", io.BytesIO(b"b")) == "a"
    assert before == settings.ENGINES
    assert django_settings.STORAGES["prodimages"]["BACKEND"].endswith("PrivateFileSystemStorage")
    assert not private_storage().exists("a")


@instant_pictures()
def test_run_jobs_makes_shipped_styles_from_photo_to_product_media():
    product = make_product(photo=example_photo())
    style = Style.objects.get(slug="white-packshot")
    job = make_job(product, style, count=2)
    assert run_jobs() == [job]
    job.refresh_from_db()
    assert (job.state, job.made_count, job.error) == (JobState.SUCCEEDED, 2, "")
    for image in job.images.all():
        review.approve(image, user=None)
        publishing.publish(image)
    published = ProductMedia.objects.generated().filter(product=product)
    assert published.count() == 2
    with published[0].file.open() as file, Image.open(file) as picture:
        assert picture.size == (style.size, style.size)


@instant_pictures()
def test_run_jobs_runs_them_in_the_order_of_the_queue_and_nothing_twice():
    style = make_style(engine="studio")
    photo = example_photo()
    late, early = (make_job(make_product(photo=photo), style, priority=p) for p in (0, 5))
    assert run_jobs() == [early, late]
    assert run_jobs() == []
    assert GeneratedImage.objects.count() == 2
    assert SourcePhoto.objects.count() == 1


@instant_pictures(MAX_ATTEMPTS=3, RETRY_SECONDS=3600)
def test_run_jobs_tries_again_at_once_until_no_attempt_is_left(monkeypatch):
    def refuse(name, content, max_length=None):
        raise OSError(28, "No space left on device")

    job = make_job(style=make_style(engine="studio"))
    monkeypatch.setattr(private_storage(), "save", refuse)
    assert run_jobs() == [job]
    job.refresh_from_db()
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.STORAGE)
    assert GenerationAttempt.objects.filter(job=job).count() == 3


@instant_pictures()
def test_a_canceled_job_is_not_run():
    job = make_job(style=make_style(engine="studio"))
    lifecycle.cancel(job)
    assert run_jobs() == []
    assert job.images.count() == 0


@instant_pictures(
    ENGINES={
        "studio": {"BACKEND": "prodimages.testing.InstantEngine", "OPTIONS": {"COLOR": (1, 0, 0)}}
    }
)
def test_the_color_of_the_instant_engine_is_an_option():
    job = make_job(style=make_style(engine="studio", format="png"))
    run_jobs()
    with private_storage().open(job.images.get().file.name) as file:
        assert Image.open(file).convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_the_reference_catalogue_has_no_faults():
    assert shop_faults(make_product()) == []


class Faulty(CatalogueShop):
    """Does everything wrong that a shop of one's own easily does."""

    def describe(self, product):
        return ProductInfo(key=product.pk, name="")

    def photos(self, product):
        rows = ProductMedia.objects.filter(product=product)
        return [Photo(ref="same", open=io.BytesIO) for _row in rows] * 2

    def photos_for(self, products):
        return {}

    def publish(self, product, picture):
        media = ProductMedia(product=product)
        with picture.open() as content:
            media.file.save(picture.filename, File(content))
        return media.pk


def test_the_faults_of_a_backend_are_told_in_words(settings):
    settings.PRODIMAGES = {"SHOPS": {"local": {"BACKEND": f"{__name__}.Faulty"}}}
    faults = " ".join(shop_faults(make_product()))
    for words in (
        "describe() gave no key",
        "describe() gave no name",
        "the same ref",
        "photos_for() and photos() don't agree",
        "gave no bytes",
        "no reference of 1 to 255 characters",
        "added a picture twice",
        "as the product's own photos",
    ):
        assert words in faults


class OneForAll(CatalogueShop):
    def publish(self, product, picture):
        return "1"


def test_a_product_without_a_photo_and_a_backend_that_takes_all_pictures_for_one(settings):
    settings.PRODIMAGES = {"SHOPS": {"local": {"BACKEND": f"{__name__}.OneForAll"}}}
    assert shop_faults(make_product(photo=None)) == [
        "photos() found none for the product.",
        "publish() took two pictures for one: two refs gave one reference.",
    ]
