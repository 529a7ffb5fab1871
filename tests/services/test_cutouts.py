"""Versions of a cut-out: which is in force, and the jobs that wait for a better one."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from PIL import Image, ImageDraw

from prodimages.choices import FailureKind, JobState
from prodimages.exceptions import RequestRefused
from prodimages.models import Cutout, GenerationJob
from prodimages.services import cutouts, direct, execution, files, lifecycle, masks, photos
from prodimages.shops.base import ProductInfo
from prodimages.storage import private_storage
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.services.running import before, run

pytestmark = pytest.mark.django_db


def mask(*box: int) -> bytes:
    image = Image.new("L", (320, 240))
    ImageDraw.Draw(image).rectangle(box or (40, 40, 200, 200), fill=255)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def staff():
    return User.objects.create_user("kim")


@pytest.fixture
def photo(flat):
    return photos.keep("local", photo_bytes())


@pytest.fixture
def doubtful(flat, settings):
    """Nothing that a backend finds is trusted."""
    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 1.1}


@pytest.fixture
def stopped(doubtful) -> GenerationJob:
    job = run(make_job())
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.CHECK_CUTOUT)
    return job


def backend_version(photo, key: str = "dark@1") -> Cutout:
    return photos.save_cutout(photo, key, mask(), details={"confidence": 0.4, "reasons": ["So."]})


def test_what_staff_chose_last_is_in_force(photo, staff):
    assert Cutout.objects.in_force(photo) is None
    found = backend_version(photo)
    assert Cutout.objects.in_force(photo) == found
    assert photos.PhotoCutouts(photo).chosen() is None  # nobody answers for it yet
    assert (found.confidence, found.reasons) == (0.4, ["So."])
    painted = masks.save_mask(photo, mask(10, 10, 90, 90), user=staff, based_on=found)
    assert Cutout.objects.in_force(photo) == found  # a draft waits until somebody chooses it
    assert photos.PhotoCutouts(photo).chosen() is None
    assert (painted.based_on, painted.created_by, painted.confidence) == (found, staff, None)
    for version in (found, painted, found):
        cutouts.approve_cutout(version, staff)
        assert Cutout.objects.in_force(photo) == version
        assert photos.PhotoCutouts(photo).chosen()[0] == version.key
    again = masks.save_mask(photo, mask(10, 10, 90, 90), user=staff)
    assert (again, again.approved_at) == (painted, painted.approved_at)  # saved twice, kept once
    masks.remove_mask(painted)
    assert Cutout.objects.in_force(photo) == found


def test_another_photo_has_versions_of_its_own(photo, staff):
    cutouts.approve_cutout(backend_version(photo), staff)
    other = photos.keep("local", photo_bytes(shade=70))
    assert Cutout.objects.in_force(other) is None
    assert photos.PhotoCutouts(other).chosen() is None


def test_a_doubtful_cut_out_stops_its_job_and_is_kept_to_be_looked_at(stopped):
    assert stopped.error.startswith("The cut-out needs a look before pictures are made with it.")
    assert stopped.images.count() == 0
    assert stopped.attempts_made == 1  # trying again would find the same
    assert stopped.photo.cutouts.get().key.startswith("dark@1")


def test_the_reasons_are_in_the_message(flat, settings):
    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 0.9}
    image = Image.open(io.BytesIO(photo_bytes())).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 60, 160, 200), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    job = run(make_job(make_product(photo=out.getvalue())))
    assert job.error_kind == FailureKind.CHECK_CUTOUT
    assert "The photo's edge cuts the product." in job.error


def test_approving_lets_the_jobs_of_that_photo_go_on(stopped, staff):
    same_photo = run(make_job(stopped.product))
    other_photo = run(make_job(make_product(photo=photo_bytes(shade=80))))
    assert [same_photo.state, other_photo.state] == [JobState.FAILED] * 2
    resumed = cutouts.approve_cutout(stopped.photo.cutouts.get(), staff)
    assert resumed == [stopped, same_photo]
    assert run(stopped).state == JobState.SUCCEEDED
    assert run(same_photo).state == JobState.SUCCEEDED
    other_photo.refresh_from_db()
    assert other_photo.state == JobState.FAILED
    version = stopped.photo.cutouts.get()
    assert version.approved_by == staff
    assert run(make_job(stopped.product)).state == JobState.SUCCEEDED


def test_an_approved_cut_out_gives_the_pictures_that_a_trusted_one_gives(flat, staff):
    style = make_style()
    trusted = run(make_job(style=style, seed=5))
    before = trusted.images.get()
    cutouts.approve_cutout(trusted.photo.cutouts.get(), staff)
    after = run(make_job(trusted.product, style, seed=5)).images.get()
    assert after.digest == before.digest


def test_an_upload_lets_a_job_go_on_in_which_nothing_was_found(flat, staff):
    blank = io.BytesIO()
    Image.new("RGB", (320, 240), "white").save(blank, "PNG")
    job = run(make_job(make_product(photo=blank.getvalue())))
    assert job.error_kind == FailureKind.NO_PRODUCT
    masks.save_mask(job.photo, mask(10, 10, 90, 90), user=staff)
    assert GenerationJob.objects.get(pk=job.pk).state == JobState.FAILED
    masks.upload_mask(job.photo, mask(), user=staff)
    assert run(job).state == JobState.SUCCEEDED


def test_jobs_that_failed_for_another_reason_stay_failed(flat, staff):
    job = run(make_job(style=make_style(parameters={"fail": "engine"})))
    assert job.error_kind == FailureKind.ENGINE
    assert cutouts.approve_cutout(job.photo.cutouts.get(), staff) == []


def test_a_job_whose_product_was_deleted_is_left_alone(stopped, staff):
    version = stopped.photo.cutouts.get()
    stopped.product.delete()
    assert cutouts.approve_cutout(version, staff) == []


def test_a_job_that_somebody_else_retries_at_the_same_moment_runs_once(stopped, staff, monkeypatch):
    original = lifecycle.retry

    def slow(job):
        original(GenerationJob.objects.get(pk=job.pk))
        return original(job)

    monkeypatch.setattr(lifecycle, "retry", slow)
    assert cutouts.approve_cutout(stopped.photo.cutouts.get(), staff) == []
    stopped.refresh_from_db()
    assert stopped.state == JobState.QUEUED


def test_a_version_approved_while_the_job_runs_is_used_after_all(stopped, staff, monkeypatch):
    def approve():
        assert cutouts.approve_cutout(stopped.photo.cutouts.get(), staff) == []  # still running

    lifecycle.retry(stopped)
    with before(monkeypatch, execution.queue, "end", approve):
        assert run(stopped).state == JobState.QUEUED
    assert run(stopped).state == JobState.SUCCEEDED


def test_a_job_that_fails_for_good_is_not_tried_for_ever(doubtful, staff):
    first = run(make_job())
    version = first.photo.cutouts.get()
    cutouts.approve_cutout(version, staff)
    private_storage().delete(version.file.name)  # what was approved is lost, the doubt is not
    assert run(first).state == JobState.FAILED
    assert run(first).state == JobState.FAILED


def test_a_version_that_was_removed_meanwhile_is_refused(photo, staff):
    version = masks.save_mask(photo, mask(), user=staff)
    masks.remove_mask(Cutout.objects.get(pk=version.pk))
    with pytest.raises(RequestRefused, match="removed meanwhile"):
        cutouts.approve_cutout(version, staff)


@pytest.mark.django_db(transaction=True)
def test_masks_saved_at_once_are_all_kept(photo, staff):
    rows = at_once(
        6, lambda number: masks.save_mask(photo, mask(9, 9, 90 + number, 99), user=staff).pk
    )
    assert len(set(rows)) == 6
    for version in photo.cutouts.all():
        assert Image.open(io.BytesIO(files.read(private_storage(), version.file.name))).getbbox()
    same = at_once(4, lambda number: masks.save_mask(photo, mask(), user=staff).pk)
    assert len(set(same)) == 1


def test_a_mask_removed_and_saved_again_keeps_its_file(
    photo, staff, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        masks.remove_mask(masks.save_mask(photo, mask(), user=staff))
        again = masks.save_mask(photo, mask(), user=staff)
    assert private_storage().exists(again.file.name)


def test_a_file_s_doubtful_cut_out_is_a_notice(doubtful):
    style = make_style()
    made = direct.make_picture(photo_bytes(), style, info=ProductInfo(key="mug", name="Mug"))
    assert any(notice.startswith("Look at the cut-out:") for notice in made.notices)
    by_hand = direct.make_picture(
        photo_bytes(), style, info=ProductInfo(key="mug", name="Mug"), mask=mask()
    )
    assert not any("Look at" in notice for notice in by_hand.notices)
