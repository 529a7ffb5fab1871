"""Publishing in an outside shop: by workers, again and again, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from prodimages import signals
from prodimages.choices import ImageState, PublicationAction, PublicationState
from prodimages.exceptions import TransitionRefused
from prodimages.models import GeneratedImage, Publication
from prodimages.services import delivery, publications, publishing, review
from prodimages.services.sink import JobPictures
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable
from shop_integration.catalogue.shop import CatalogueShop
from tests.concurrency import at_once, in_thread
from tests.factories import make_job, make_style
from tests.services.running import QUEUES, run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("far")]


class FarShop(CatalogueShop):
    """Has what ``has`` says, by reference; ``faults`` are raised after it took the picture."""

    publishes_at_once = False
    has: dict[str, str] = {}
    faults: list[Any] = []
    keys: list[str] = []

    def publish(self, product, picture):
        self.keys.append(picture.order_key)
        self.has[f"ref-{picture.ref}"] = picture.ref
        self._fail()
        return f"ref-{picture.ref}"

    def unpublish(self, product, reference):
        self.has.pop(reference, None)
        self._fail()

    def find_published(self, product, ref):
        return next((reference for reference, key in self.has.items() if key == ref), "")

    def _fail(self):
        if self.faults:
            fault = self.faults.pop(0)
            if callable(fault):
                fault()
            else:
                raise fault


@pytest.fixture
def far(flat, settings):
    FarShop.has, FarShop.faults, FarShop.keys = {}, [], []
    shops = {"local": {"BACKEND": f"{__name__}.FarShop"}}
    settings.PRODIMAGES = flat | {"SHOPS": shops, "PUBLISH_RETRY_SECONDS": 0}
    return settings


@pytest.fixture
def image() -> GeneratedImage:
    made = run(make_job()).images.get()
    review.approve(made, user=None)
    return made


def work() -> Publication:
    delivery.run_next(QUEUES)
    return Publication.objects.get()


def test_a_request_only_orders_and_a_worker_publishes(image):
    told = []

    def listen(reference, **kwargs):
        told.append(reference)

    signals.image_published.connect(listen)
    assert publishing.publish(image) == ""
    assert (image.state, FarShop.has) == (ImageState.APPROVED, {})
    row = work()
    image.refresh_from_db()
    assert (row.state, image.state) == (PublicationState.DONE, ImageState.PUBLISHED)
    assert told == [image.published_ref] == list(FarShop.has)


def test_a_shop_that_fails_after_accepting_is_asked_again(image):
    FarShop.faults = [PlatformUnavailable("busy"), TimeoutError()]
    publishing.publish(image)
    assert work().error == "busy"
    assert work().state == PublicationState.WAITING
    row = work()
    image.refresh_from_db()
    assert (row.state, row.error, image.publish_error) == (PublicationState.DONE, "", "")
    assert len(FarShop.has) == 1
    assert len(set(FarShop.keys)) == 1


def test_a_platform_that_asks_for_time_gets_it(image):
    FarShop.faults = [PlatformUnavailable("busy", retry_after=900)]
    publishing.publish(image)
    row = work()
    assert timedelta(seconds=890) < row.due_at - timezone.now() <= timedelta(seconds=900)
    assert delivery.run_next(QUEUES) == 0
    assert publications.retry(row)
    assert work().state == PublicationState.DONE


def test_workers_give_up_with_words_and_staff_may_try_again(image, far):
    far.PRODIMAGES = far.PRODIMAGES | {"PUBLISH_ATTEMPTS": 2}
    FarShop.faults = [PlatformUnavailable("busy")] * 2
    publishing.publish(image)
    work()
    row = work()
    image.refresh_from_db()
    assert (row.state, row.error, row.attempts_made) == (PublicationState.FAILED, "busy", 2)
    assert image.publish_error == "busy"
    publishing.publish(image)
    assert work().state == PublicationState.DONE


def test_what_the_shop_refuses_for_good_is_not_repeated(image):
    FarShop.faults = [PlatformRefused("250 media already")]
    publishing.publish(image)
    row = work()
    assert (row.state, row.error) == (PublicationState.FAILED, "250 media already")


def test_a_picture_rejected_while_it_waits_never_gets_there(image):
    publishing.publish(image)
    review.reject(image, user=None, code="other")
    assert delivery.run_next(QUEUES) == 0
    assert FarShop.has == {}


def test_a_picture_rejected_after_a_lost_answer_is_taken_out(image):
    FarShop.faults = [PlatformUnavailable("silence")]
    publishing.publish(image)
    work()
    assert len(FarShop.has) == 1
    review.reject(image, user=None, code="other")
    row = work()
    assert (row.action, row.state) == (PublicationAction.UNPUBLISH, PublicationState.DONE)
    assert FarShop.has == {}


def test_a_picture_rejected_while_the_shop_takes_it_is_taken_out(image):
    def reject():
        in_thread(
            lambda: review.reject(GeneratedImage.objects.get(pk=image.pk), user=None, code="other")
        )

    FarShop.faults = [reject]
    publishing.publish(image)
    assert work().state == PublicationState.WAITING
    assert work().state == PublicationState.DONE
    image.refresh_from_db()
    assert (image.state, FarShop.has) == (ImageState.REJECTED, {})


def test_unpublishing_is_repeated_too_and_publishing_anew_is_another_order(image):
    publishing.publish(image)
    work()
    publishing.unpublish(image)
    assert image.state == ImageState.APPROVED
    FarShop.faults = [PlatformUnavailable("busy")]
    assert work().state == PublicationState.WAITING
    assert work().state == PublicationState.DONE
    assert FarShop.has == {}
    with pytest.raises(TransitionRefused):
        publishing.unpublish(image)
    publishing.publish(image)
    work()
    assert len(FarShop.has) == 1
    assert len(set(FarShop.keys)) == 2


def test_a_worker_that_died_is_followed_by_another(image):
    publishing.publish(image)
    held = publications.claim(QUEUES)
    assert delivery.run_next(QUEUES) == 0
    Publication.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert publications.anything_due(QUEUES) == QUEUES
    assert work().state == PublicationState.DONE
    delivery.deliver(held)  # comes back late, and changes nothing
    image.refresh_from_db()
    assert (image.state, len(FarShop.has)) == (ImageState.PUBLISHED, 1)


def test_one_of_many_workers_takes_it(image):
    publishing.publish(image)
    outcomes = at_once(6, lambda number: delivery.run_next(QUEUES))
    assert sorted(outcomes) == [0, 0, 0, 0, 0, 1]
    assert len(FarShop.keys) == 1


def test_a_trusted_picture_waits_for_a_worker_in_the_jobs_own_transaction(monkeypatch):
    def die(job):
        raise SystemExit

    # The worker dies between the end of the job and what it does next.
    monkeypatch.setattr(delivery, "deliver_at_once", die)
    job = make_job(style=make_style(requires_review=False))
    with pytest.raises(SystemExit):
        run(job)
    row = Publication.objects.get()
    assert (row.state, row.image.state) == (PublicationState.WAITING, ImageState.APPROVED)
    assert work().state == PublicationState.DONE
    assert len(FarShop.has) == 1


def test_a_trusted_style_orders_nothing_that_failed_its_checks(monkeypatch):
    save = JobPictures.save

    def save_failed(self, index, content, thumbnail, *, details):
        save(self, index, content, thumbnail, details=dict(details) | {"passed": False})

    monkeypatch.setattr(JobPictures, "save", save_failed)
    run(make_job(style=make_style(requires_review=False)))
    assert not Publication.objects.exists()
