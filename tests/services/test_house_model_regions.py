"""What a try-on may repaint on a house model: found, looked at, painted, kept to."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.exceptions import RequestRefused
from prodimages.imaging.regions import KEPT, OLD
from prodimages.services.try_on import regions
from prodimages.services.try_on.house_models import store_photo
from prodimages.storage import private_storage
from prodimages.testing import run_jobs
from tests.services.test_house_models import make_model, make_style, order
from tests.storefront.shoppers import FITTING
from tests.wearing import make_top, person_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fitting(settings):
    settings.PRODIMAGES = FITTING


def levels(row) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(regions.stored(row))))


def png(mask: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(mask.astype(np.uint8) * 255).save(out, "PNG")
    return out.getvalue()


def make_picture(style) -> np.ndarray:
    order(make_top(), style=style)
    (job,) = [job for job in run_jobs() if job.images.count()][-1:]
    assert job.state == "succeeded", job.error
    image = job.images.get()
    assert image.fidelity["outside_max"] == 0
    with private_storage().open(image.file.name) as file:
        return np.asarray(Image.open(file).convert("RGB")).astype(int)


def test_the_first_picture_marks_what_may_be_repainted_and_what_stays():
    row, style = make_model(), make_style()
    make_picture(style)
    row.refresh_from_db()
    found = levels(row)
    assert found.shape == (480, 360)
    assert found[230, 180] == OLD  # the chest
    assert found[90, 180] == KEPT  # the face
    assert found[296, 290] == KEPT  # a hand
    assert found[20, 20] == 0
    assert not row.region_by_staff
    overlay = Image.open(io.BytesIO(regions.overlay(row, 480)))
    red, green, blue = overlay.getpixel((180, 250))
    assert red > green
    assert red > blue


def test_the_marks_follow_landmarks_that_were_moved():
    row, style = make_model(), make_style()
    make_picture(style)
    row.refresh_from_db()
    first, name = row.region_for, row.region.name
    row.landmarks = row.landmarks | {"left_hip": [0.3, 0.7]}
    row.save()
    make_picture(style)
    row.refresh_from_db()
    assert row.region_for != first
    assert row.region.name == name or not private_storage().exists(name)


def test_every_later_picture_keeps_to_what_staff_painted():
    row, style = make_model(), make_style()
    before = make_picture(style)
    row.refresh_from_db()
    patch = np.s_[200:230, 160:200]  # a brooch, say, on the chest
    with Image.open(io.BytesIO(person_bytes("PNG"))) as photo:
        own = np.asarray(photo.convert("RGB")).astype(int)
    assert np.abs(before[patch] - own[patch]).max() > 40
    kept = levels(row) == KEPT
    kept[patch] = True
    regions.paint(row, "kept", png(kept))
    row.refresh_from_db()
    assert row.region_by_staff
    assert (levels(row)[patch] == KEPT).all()
    made = make_picture(style)
    inner = np.s_[206:224, 166:194]
    assert np.abs(made[inner] - own[inner]).mean() < 3  # as far as a JPEG is the same
    assert np.abs(made[250:290, 150:210] - own[250:290, 150:210]).mean() > 20
    assert (levels(row)[patch] == KEPT).all()
    regions.forget(row)
    row.refresh_from_db()
    assert not row.region
    make_picture(style)
    row.refresh_from_db()
    assert levels(row)[215, 180] == OLD


def test_one_mark_is_painted_over_the_other_and_nothing_may_be_marked():
    row = make_model()
    make_picture(make_style())
    row.refresh_from_db()
    everything = np.ones((480, 360), bool)
    regions.paint(row, "old", png(everything))
    row.refresh_from_db()
    assert (levels(row) == OLD).all()
    regions.paint(row, "old", png(~everything))
    row.refresh_from_db()
    assert (levels(row) == 0).all()


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (png(np.ones((48, 36), bool)), "must have 360 x 480"),
        (b"\x89PNG\r\n\x1a\nno picture", "damaged"),
        (person_bytes(), "damaged"),
    ],
)
def test_a_mask_that_can_not_be_used_is_refused_and_changes_nothing(mask, words):
    row = make_model()
    make_picture(make_style())
    row.refresh_from_db()
    before = regions.stored(row)
    with pytest.raises(RequestRefused, match=words):
        regions.paint(row, "old", mask)
    row.refresh_from_db()
    assert regions.stored(row) == before
    assert not row.region_by_staff


def test_nothing_can_be_painted_before_something_is_marked():
    with pytest.raises(RequestRefused, match="first picture"):
        regions.paint(make_model(), "old", png(np.ones((480, 360), bool)))


def test_marks_of_another_photo_mean_nothing():
    row = make_model()
    make_picture(make_style())
    row.refresh_from_db()
    assert row.region
    store_photo(row, person_bytes(arms="down"))
    row.save()
    row.refresh_from_db()
    assert not row.region


def test_marks_that_the_storage_lost_stop_the_job_in_words():
    row, style = make_model(), make_style()
    make_picture(style)
    row.refresh_from_db()
    regions.paint(row, "old", png(np.ones((480, 360), bool)))
    row.refresh_from_db()
    private_storage().delete(row.region.name)
    order(make_top(), style=style)
    job = run_jobs()[-1]
    assert job.state == "failed"
    assert "marks are gone" in job.error
