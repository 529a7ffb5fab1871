from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from prodimages import signals
from prodimages.choices import ImageState
from prodimages.exceptions import ProdimagesError, TransitionRefused
from prodimages.models import GeneratedImage
from prodimages.services import publishing, review
from prodimages.storage import private_storage
from shop_integration.catalogue.models import ProductMedia
from shop_integration.catalogue.shop import CatalogueShop
from tests.concurrency import at_once, in_thread
from tests.factories import make_job
from tests.services.running import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


@pytest.fixture
def image() -> GeneratedImage:
    """An approved picture."""
    made = run(make_job()).images.get()
    review.approve(made, user=None)
    return made


def published() -> list[ProductMedia]:
    return list(ProductMedia.objects.generated())


def test_an_approved_picture_becomes_the_products_media(image):
    told = []

    def listen(image, reference, **kwargs):
        told.append((image.pk, reference))

    signals.image_published.connect(listen)
    reference = publishing.publish(image)
    (media,) = published()
    assert (image.state, image.published_ref) == (ImageState.PUBLISHED, reference)
    assert (media.product_id, media.source_ref) == (image.product_id, image.publish_key)
    with private_storage().open(image.file.name) as private, media.file.open() as public:
        assert private.read() == public.read()
    assert told == [(image.pk, reference)]


def test_publishing_again_adds_nothing(image):
    assert publishing.publish(image) == publishing.publish(image)
    assert len(published()) == 1


def test_publishing_many_times_at_once_adds_one_picture_and_one_file(image):
    before = _public_files()
    outcomes = at_once(
        6, lambda number: publishing.publish(GeneratedImage.objects.get(pk=image.pk))
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert len(set(outcomes)) == 1
    assert len(published()) == 1
    assert len(_public_files() - before) == 1


def _public_files() -> set[str]:
    root = Path(default_storage.location)
    return {str(path) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("state", [ImageState.PENDING, ImageState.REJECTED])
def test_what_is_not_approved_stays_private(image, state):
    GeneratedImage.objects.update(state=state)
    with pytest.raises(TransitionRefused, match="not approved"):
        publishing.publish(image)
    assert published() == []


def test_a_shop_that_refuses_leaves_the_reason_and_can_be_asked_again(image, monkeypatch):
    publish = CatalogueShop.publish

    def refuse(self, product, picture):
        raise OSError(28, "No space left on device", "/secret/path")

    monkeypatch.setattr(CatalogueShop, "publish", refuse)
    with pytest.raises(ProdimagesError, match="No space left on device"):
        publishing.publish(image)
    image.refresh_from_db()
    assert image.state == ImageState.APPROVED
    assert image.publish_error == "No space left on device"
    monkeypatch.setattr(CatalogueShop, "publish", publish)
    publishing.publish(image)
    assert (image.state, image.publish_error) == (ImageState.PUBLISHED, "")


def test_a_shops_own_words_are_kept(image, monkeypatch):
    def refuse(self, product, picture):
        raise ProdimagesError("The product has 250 media already.")

    monkeypatch.setattr(CatalogueShop, "publish", refuse)
    with pytest.raises(ProdimagesError, match="250 media"):
        publishing.publish(image)
    image.refresh_from_db()
    assert image.publish_error == "The product has 250 media already."


def test_a_late_failure_leaves_no_reason_on_a_picture_that_another_published(image, monkeypatch):
    publish = CatalogueShop.publish

    def publish_elsewhere_then_fail(self, product, picture):
        monkeypatch.setattr(CatalogueShop, "publish", publish)
        in_thread(lambda: publishing.publish(GeneratedImage.objects.get(pk=image.pk)))
        raise TimeoutError

    monkeypatch.setattr(CatalogueShop, "publish", publish_elsewhere_then_fail)
    with pytest.raises(ProdimagesError):
        publishing.publish(image)
    image.refresh_from_db()
    assert (image.state, image.publish_error) == (ImageState.PUBLISHED, "")


def test_a_picture_rejected_while_the_shop_took_it_is_taken_back(image, monkeypatch):
    publish = CatalogueShop.publish

    def publish_while_rejected(self, product, picture):
        reference = publish(self, product, picture)
        in_thread(
            lambda: review.reject(GeneratedImage.objects.get(pk=image.pk), user=None, code="other")
        )
        return reference

    monkeypatch.setattr(CatalogueShop, "publish", publish_while_rejected)
    with pytest.raises(TransitionRefused, match="reviewed again"):
        publishing.publish(image)
    image.refresh_from_db()
    assert image.state == ImageState.REJECTED
    assert published() == []


def test_a_picture_whose_product_is_gone_can_not_be_published(image):
    image.product.delete()
    with pytest.raises(TransitionRefused, match="was deleted"):
        publishing.publish(image)


def test_a_lost_file_is_told(image):
    private_storage().delete(image.file.name)
    with pytest.raises(ProdimagesError):
        publishing.publish(image)
    image.refresh_from_db()
    assert image.publish_error
    assert published() == []


def test_unpublishing_takes_the_picture_out_and_it_can_come_back(image):
    publishing.publish(image)
    publishing.unpublish(image)
    assert (image.state, published()) == (ImageState.APPROVED, [])
    with pytest.raises(TransitionRefused, match="not published"):
        publishing.unpublish(image)
    publishing.publish(image)
    assert len(published()) == 1
