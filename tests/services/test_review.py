from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from prodimages import signals
from prodimages.choices import ImageState, Reason
from prodimages.exceptions import RequestRefused, TransitionRefused
from prodimages.models import GeneratedImage
from prodimages.services import review
from tests.concurrency import at_once
from tests.factories import make_job, picture_details


def _reject(image, *, user):
    review.reject(image, user=user, code=Reason.OTHER)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]


@pytest.fixture
def image() -> GeneratedImage:
    job = make_job()
    return GeneratedImage.objects.create(job=job, index=0, product=job.product, **picture_details())


@pytest.fixture
def reviewer():
    return get_user_model().objects.create_user("ann")


def test_approving_says_who_and_when(image, reviewer):
    review.approve(image, user=reviewer)
    assert (image.state, image.reviewed_by) == (ImageState.APPROVED, reviewer)
    assert image.reviewed_at is not None


def test_rejecting_keeps_the_reason_and_approving_forgets_it(image, reviewer):
    review.reject(image, user=reviewer, code=Reason.LIGHT, note="Too dark. " * 50)
    assert image.state == ImageState.REJECTED
    assert image.reject_reason.startswith("Too dark.")
    assert len(image.reject_reason) == 200
    review.approve(image, user=reviewer)
    assert (image.state, image.reject_code, image.reject_reason) == (ImageState.APPROVED, "", "")


def test_a_picture_that_changed_the_product_can_not_be_approved(image, reviewer):
    image.passed = False
    with pytest.raises(TransitionRefused, match="beyond the bounds"):
        review.approve(image, user=reviewer)
    image.refresh_from_db()
    assert image.state == ImageState.PENDING


@pytest.mark.parametrize("decide", [review.approve, _reject])
def test_a_published_picture_is_reviewed_no_more(image, reviewer, decide):
    GeneratedImage.objects.update(state=ImageState.PUBLISHED)
    with pytest.raises(TransitionRefused, match="published already"):
        decide(image, user=reviewer)
    assert image.state == ImageState.PUBLISHED


@pytest.mark.parametrize(
    ("decide", "signal"),
    [(review.approve, signals.image_approved), (_reject, signals.image_rejected)],
)
def test_the_host_is_told_after_the_commit(
    image, decide, signal, django_capture_on_commit_callbacks
):
    told = []

    def listen(image, **kwargs):
        told.append(image.pk)

    signal.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        decide(image, user=None)
        assert told == []
    assert told == [image.pk]


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_leave_one_decision(image):
    def decide(number: int) -> None:
        own = GeneratedImage.objects.get(pk=image.pk)
        (review.approve if number % 2 else _reject)(own, user=None)

    at_once(6, decide)
    image.refresh_from_db()
    assert image.state in {ImageState.APPROVED, ImageState.REJECTED}
    assert (image.state == ImageState.REJECTED) == (image.reject_code == Reason.OTHER)


def test_a_reason_that_is_not_listed_is_refused(image, reviewer):
    with pytest.raises(RequestRefused, match="choose a reason"):
        review.reject(image, user=reviewer, code="ugly")
    image.refresh_from_db()
    assert image.state == ImageState.PENDING


def test_a_decision_is_taken_back_once(image, reviewer):
    review.reject(image, user=reviewer, code=Reason.EDGE, note="Halo.")
    decided_at = image.reviewed_at
    review.reopen(image, decided_at=decided_at)
    assert (image.state, image.reject_code, image.reject_reason) == (ImageState.PENDING, "", "")
    assert (image.reviewed_by, image.reviewed_at) == (None, None)
    with pytest.raises(TransitionRefused, match="nothing was undone"):
        review.reopen(image, decided_at=decided_at)


def test_a_newer_decision_is_not_taken_back(image, reviewer):
    review.reject(image, user=reviewer, code=Reason.EDGE)
    decided_at = image.reviewed_at
    review.approve(image, user=None)
    with pytest.raises(TransitionRefused, match="nothing was undone"):
        review.reopen(image, decided_at=decided_at)
    assert image.state == ImageState.APPROVED


@pytest.mark.django_db(transaction=True)
def test_of_an_undo_and_a_decision_at_once_one_happens(image, reviewer):
    review.reject(image, user=reviewer, code=Reason.EDGE)
    decided_at = image.reviewed_at

    def act(number: int) -> None:
        own = GeneratedImage.objects.get(pk=image.pk)
        if number % 2:
            review.reopen(own, decided_at=decided_at)
        else:
            review.approve(own, user=reviewer)

    outcomes = at_once(2, act)
    image.refresh_from_db()
    # Approving is allowed from either state, so that it happens in any case.
    assert outcomes[0] is None
    assert image.state == ImageState.APPROVED
