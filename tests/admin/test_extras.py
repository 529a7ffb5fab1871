"""The cut-out page asks what may not be the product, and does what staff answer."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import JobState
from prodimages.models import Cutout, GenerationJob, SourcePhoto
from prodimages.services import extras, files, masks
from prodimages.services.known_photos import with_a_hanger
from prodimages.storage import private_storage
from prodimages.testing import run_jobs
from tests.admin.test_cutout_page import address
from tests.admin.test_photos import encoded, mask, text
from tests.conftest import FLAT
from tests.cutouts.goods import HOOK, SHIRT, STICKER, area, hung_shirt, with_sticker
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


def finished(job: GenerationJob) -> GenerationJob:
    run_jobs()
    job.refresh_from_db()
    return job


@pytest.fixture
def photo() -> SourcePhoto:
    job = finished(make_job(make_product(photo=hung_shirt())))
    assert job.state == JobState.SUCCEEDED
    return job.photo


def alpha(cutout: Cutout) -> np.ndarray:
    image = Image.open(io.BytesIO(files.read(private_storage(), cutout.file.name)))
    return np.asarray(image.convert("L")) / 255


def answer(client, cutout: Cutout, what: str, *numbers: int):
    where = address(cutout.photo, "_extras", cutout.pk)
    return client.post(where, {"answer": what, "number": numbers or (1,)})


def test_a_picture_says_what_was_seen_and_nothing_is_removed(photo):
    cutout = photo.cutouts.get()
    (extra,) = cutout.extras
    assert extra["kind"] == "hanger"
    assert alpha(cutout)[area(HOOK) & ~area(SHIRT)].mean() > 0.8
    picture = photo.jobs.get().images.get()
    assert [
        check["message"] for check in picture.fidelity["checks"] if check["code"] == "extras"
    ] == ["A hanger may be in the picture; look at the cut-out."]
    assert "edge" in picture.reasons
    assert photo.jobs.get().notices == ["A hanger may be in the picture; look at the cut-out."]


def test_the_page_hatches_it_and_asks(boss_client, photo):
    cutout = photo.cutouts.get()
    page = text(boss_client.get(address(photo)))
    assert "Does this belong to the product?" in page
    assert f'data-extras="{address(photo, "_area", cutout.pk)}"' in page
    hatch = Image.open(io.BytesIO(boss_client.get(address(photo, "_area", cutout.pk)).content))
    covered = np.asarray(hatch.getchannel("A")) > 127
    assert covered[area(HOOK) & ~area(SHIRT)].mean() > 0.75
    assert not covered[area(SHIRT) & ~area(HOOK)].any()
    hatched = boss_client.get(address(photo, "_hatched", cutout.pk))
    preview = np.asarray(Image.open(io.BytesIO(hatched.content)).convert("RGB")).astype(int)
    red = (preview[..., 0] > 200) & (preview[..., 1] < 60)
    assert red.any()
    assert not red[~covered].any()


def test_removed_it_is_gone_from_a_new_version_that_jobs_use(boss_client, boss, photo):
    before = photo.cutouts.get()
    response = answer(boss_client, before, "remove")
    version = Cutout.objects.in_force(photo)
    assert (version.based_on, version.created_by, version.approved_by) == (before, boss, boss)
    assert version.removed == ["hanger"]
    assert response.url == f"{address(photo)}?from={version.pk}"
    page = text(boss_client.get(response.url))
    assert "boss removed from version 1: hanger" in page
    assert "Does this belong" not in page
    left = alpha(version)
    assert left[area(HOOK) & ~area(SHIRT)].mean() < 0.15
    assert left[area(SHIRT)].mean() > 0.97
    assert alpha(before)[area(HOOK) & ~area(SHIRT)].mean() > 0.8
    again = finished(make_job(photo.product)).images.get()
    assert not [check for check in again.fidelity["checks"] if check["code"] == "extras"]
    answer(boss_client, before, "remove")
    assert photo.cutouts.count() == 2


def test_kept_it_is_not_proposed_again(boss_client, photo):
    cutout = photo.cutouts.get()
    page = text(boss_client.get(answer(boss_client, cutout, "keep").url))
    assert "belongs to the product, says boss" in page
    assert "data-extras" not in page
    assert extras.open_numbers(photo.cutouts.get()) == []
    again = finished(make_job(photo.product, make_style(parameters={"remove": ["hanger"]})))
    assert again.notices == []
    assert again.images.get().fidelity["operations"] == []
    other = Cutout.objects.create(
        photo=photo, key="other@1", file=cutout.file.name, details={"proposals": cutout.extras}
    )
    assert [question.kept_by for question in extras.questions(other)] == [
        "somebody, in another version"
    ]


def test_a_style_removes_it_from_its_own_pictures_only(photo):
    style = make_style(parameters={"remove": ["tag", "hanger"]})
    picture = finished(make_job(photo.product, style)).images.get()
    (operation,) = picture.fidelity["operations"]
    assert (operation["name"], operation["kind"]) == ("remove", "hanger")
    assert picture.fidelity["photo_box"][1] > 0.18
    (check,) = (c for c in picture.fidelity["checks"] if c["code"] == "extras")
    assert "is left in the neck" in check["message"]
    assert photo.jobs.earliest("pk").images.get().fidelity["photo_box"][1] < 0.1
    assert photo.cutouts.get().extras


def test_a_sticker_is_filled_in_and_leaves_no_hole(boss_client):
    photo = finished(make_job(make_product(photo=with_sticker()))).photo
    (extra,) = photo.cutouts.get().extras
    assert extra["kind"] == "sticker"
    page = text(boss_client.get(address(photo)))
    assert "filled in from around it" in page
    assert vivid_pixels(photo) > 100
    answer(boss_client, photo.cutouts.get(), "remove")
    version = Cutout.objects.in_force(photo)
    assert version.removed == ["sticker"]
    assert alpha(version)[area(STICKER)].mean() > 0.97
    picture = finished(make_job(photo.product)).images.get()
    assert picture.fidelity["operations"] == [{"name": "fill", "parts": 1, "by": "staff"}]
    assert picture.passed
    assert vivid_pixels(photo) == 0


def vivid_pixels(photo: SourcePhoto) -> int:
    """How many pixels of the photo's latest picture are orange as the sticker is."""
    picture = photo.jobs.latest("pk").images.get()
    image = Image.open(io.BytesIO(files.read(private_storage(), picture.file.name)))
    red, green, blue = np.moveaxis(np.asarray(image.convert("RGB")).astype(int), -1, 0)
    return int(np.count_nonzero((red - blue > 90) & (red - green > 60)))


def test_where_jobs_wait_for_a_look_the_new_version_is_a_draft(boss_client, settings):
    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 1.1}
    job = finished(make_job(make_product(photo=hung_shirt())))
    found = job.photo.cutouts.get()
    page = text(boss_client.get(answer(boss_client, found, "remove").url))
    assert "Removed in a draft" in page
    assert Cutout.objects.in_force(job.photo) == found
    assert finished(job).state == JobState.FAILED


def test_a_mask_that_is_painted_over_it_asks_nothing(boss_client, photo):
    painted = masks.save_mask(photo, encoded(mask((480, 480))), user=None)
    assert extras.questions(painted) == []
    page = text(boss_client.get(f"{address(photo)}?from={painted.pk}"))
    assert "Does this belong" not in page


@pytest.mark.parametrize("what", ["remove", "keep"])
def test_what_is_not_there_is_refused_in_words(boss_client, photo, what):
    cutout = photo.cutouts.get()
    page = text(boss_client.get(answer(boss_client, cutout, what, 9).url))
    assert "This part is not in this version" in page
    assert photo.cutouts.count() == 1
    assert boss_client.get(address(photo, "_extras", cutout.pk)).status_code == 405


def test_answers_need_the_permission_to_change_cut_outs(client_with, photo):
    viewer = client_with("prodimages.view_sourcephoto", "prodimages.add_cutout")
    cutout = photo.cutouts.get()
    assert answer(viewer, cutout, "remove").status_code == 403
    for action in ("_area", "_hatched"):
        assert viewer.get(address(photo, action, cutout.pk)).status_code == 403


def test_a_hanger_in_the_photo_is_known_where_views_are_chosen(photo):
    assert with_a_hanger([photo.pk]) == {photo.pk}
