"""The cut-out page's views: who may, what is refused, and what a save leaves behind."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from prodimages.models import Cutout, GenerationJob
from prodimages.services import masks, photos
from prodimages.storage import private_storage
from prodimages.testing import run_jobs
from tests.admin.helpers import finished_job
from tests.admin.test_photos import encoded, mask, text
from tests.concurrency import at_once
from tests.conftest import FLAT
from tests.factories import make_job, make_product, photo_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]

NAME = "admin:prodimages_sourcephoto_edit_cutout"


@pytest.fixture
def photo():
    return finished_job().photo


@pytest.fixture
def stopped(settings) -> GenerationJob:
    settings.PRODIMAGES = FLAT | {"CUTOUT_MIN_CONFIDENCE": 1.1}
    job = make_job()
    run_jobs()
    job.refresh_from_db()
    return job


def address(photo, action: str = "", *more: int, job: GenerationJob | None = None) -> str:
    found = reverse(f"{NAME}{action}", args=[photo.pk, *more])
    return found + (f"?job={job.pk}" if job else "")


def save(client, photo, content: bytes | None = None, *, job=None, **fields):
    data = {"mask": SimpleUploadedFile("mask.png", content or encoded(mask()))}
    return client.post(
        address(photo, job=job), data | fields, headers={"Accept": "application/json"}
    )


def painted(photo):
    return photo.cutouts.filter(key__startswith=Cutout.STAFF_PREFIX)


def test_a_save_is_a_draft_over_the_version_that_was_open(boss_client, boss, photo):
    found = photo.cutouts.get()
    answer = save(boss_client, photo, based_on=str(found.pk))
    draft = photo.cutouts.exclude(pk=found.pk).get()
    assert answer.json() == {"url": f"{address(photo)}?from={draft.pk}"}
    assert (draft.created_by, draft.based_on, draft.approved_at) == (boss, found, None)
    assert Cutout.objects.in_force(photo) == found
    page = text(boss_client.get(answer.json()["url"]))
    assert "Painted by boss over version 1" in page
    assert f'data-version="{draft.pk}"' in page
    assert "saved as a draft" in page


def test_save_and_use_leads_back_to_the_job_that_waits(boss_client, stopped):
    assert "1 job waits" in text(boss_client.get(address(stopped.photo, job=stopped)))
    answer = save(boss_client, stopped.photo, job=stopped, use="1")
    job_page = reverse("admin:prodimages_generationjob_change", args=[stopped.pk])
    assert answer.json() == {"url": job_page}
    assert "1 job that waited for it is queued again." in text(boss_client.get(job_page))
    run_jobs()
    stopped.refresh_from_db()
    assert stopped.state == "succeeded"


def test_a_version_is_used_by_a_post_only(boss_client, boss, stopped):
    version = stopped.photo.cutouts.get()
    page = text(boss_client.get(address(stopped.photo)))
    assert "to be checked" in page
    assert "too low to go on without a look" in page
    use = address(stopped.photo, "_use", version.pk)
    assert boss_client.get(use).status_code == 405
    response = boss_client.post(use)
    assert response.url == address(stopped.photo)
    version.refresh_from_db()
    assert version.approved_by == boss
    page = text(boss_client.get(response.url))
    assert "Chosen by boss" in page
    assert "in use" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a picture", "not a picture that can be read"),
        (encoded(mask((240, 320))), "240 x 320 pixels, but the photo is 320 x 240"),
        (encoded(Image.new("L", (320, 240))), "The mask is empty"),
        (encoded(Image.new("L", (320, 240), 255)), "white all over"),
        (encoded(Image.new("I;16", (320, 240))), "16 bits"),
        (encoded(mask(), "JPEG"), "Save the mask as PNG"),
    ],
)
def test_what_is_no_mask_is_refused_in_words_with_and_without_scripts(
    boss_client, photo, content, words
):
    answer = save(boss_client, photo, content)
    assert answer.status_code == 422
    assert words in answer.json()["errors"][0]
    plain = boss_client.post(address(photo), {"mask": SimpleUploadedFile("mask.png", content)})
    assert words in text(plain)
    assert photo.cutouts.count() == 1


def test_a_save_without_a_file_and_one_over_another_photo_s_version(boss_client, photo):
    answer = boss_client.post(address(photo), headers={"Accept": "application/json"})
    assert answer.status_code == 422
    other = finished_job(product=make_product(photo=photo_bytes(shade=70))).photo
    save(boss_client, other, based_on=str(photo.cutouts.get().pk))
    assert painted(other).get().based_on is None


def test_a_mask_in_gray_is_stored_as_it_was_painted(boss_client, photo):
    soft = Image.linear_gradient("L").resize((320, 240))
    save(boss_client, photo, encoded(soft))
    with private_storage().open(painted(photo).get().file.name) as file:
        kept = Image.open(io.BytesIO(file.read()))
    assert kept.mode == "L"
    assert kept.tobytes() == soft.tobytes()


def test_the_page_and_all_that_it_does_need_their_permission(client_with, photo):
    version = photo.cutouts.get()
    viewer = client_with("prodimages.view_sourcephoto", "prodimages.add_cutout")
    for action, more in (
        ("", ()),
        ("_canvas", ()),
        ("_alpha", ()),
        ("_picture", (1,)),
        ("_thumbnail", (1,)),
    ):
        assert viewer.get(address(photo, action, *more)).status_code == 403
    assert viewer.post(address(photo, "_use", version.pk)).status_code == 403
    assert save(viewer, photo, use="1").status_code == 403
    assert "Check and correct" not in text(
        viewer.get(reverse("admin:prodimages_sourcephoto_change", args=[photo.pk]))
    )
    blind = client_with("prodimages.change_cutout")
    assert blind.get(address(photo)).status_code == 403  # nobody paints what they may not see
    editor = client_with("prodimages.view_sourcephoto", "prodimages.change_cutout")
    assert editor.get(address(photo)).status_code == 200
    assert save(editor, photo, use="1").status_code == 200
    assert Cutout.objects.in_force(photo).by_staff


def test_pictures_of_the_page(boss_client, photo):
    version = photo.cutouts.get()
    canvas = boss_client.get(address(photo, "_canvas"))
    assert Image.open(io.BytesIO(canvas.content)).size == (320, 240)
    whole = Image.open(io.BytesIO(boss_client.get(address(photo, "_picture", version.pk)).content))
    assert (whole.mode, whole.size) == ("RGBA", (320, 240))
    small = boss_client.get(address(photo, "_thumbnail", version.pk))
    assert Image.open(io.BytesIO(small.content)).size == (240, 180)
    for action in ("_picture", "_thumbnail"):
        assert boss_client.get(address(photo, action, 10**9)).status_code == 404
    private_storage().delete(photo.file.name)
    assert boss_client.get(address(photo, "_picture", version.pk)).status_code == 404


def test_a_photo_that_came_cut_out_is_painted_over_from_there(boss_client, photo):
    image = Image.new("RGBA", (320, 240), "navy")
    image.putalpha(mask())
    cut_out = photos.keep("local", encoded(image))
    alpha = address(cut_out, "_alpha")
    assert f'data-mask="{alpha}"' in text(boss_client.get(address(cut_out)))
    shown = Image.open(io.BytesIO(boss_client.get(alpha).content))
    assert shown.tobytes() == mask().tobytes()
    assert boss_client.get(address(photo, "_alpha")).status_code == 404
    private_storage().delete(cut_out.file.name)
    assert "data-mask" not in text(boss_client.get(address(cut_out)))


def test_a_version_that_somebody_removed_meanwhile_and_odd_addresses(boss_client, boss, photo):
    gone = masks.save_mask(photo, encoded(mask()), user=boss)
    use = address(photo, "_use", gone.pk)
    masks.remove_mask(gone)
    assert boss_client.post(use).status_code == 404
    for query in ("?from=999999", "?from=x&job=x", "?job=" + "9" * 40, "?job=²"):
        assert boss_client.get(address(photo) + query).status_code == 200
    response = boss_client.post(address(photo, "_use", photo.cutouts.get().pk) + "?job=999999999")
    assert response.url == f"{address(photo)}?job=999999999"


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_both_get_their_version(client_with, photo):
    names = ("prodimages.view_sourcephoto", "prodimages.change_cutout")
    clients = [client_with(*names), client_with(*names)]
    contents = [encoded(mask(box=(10 + 9 * number, 10, 200, 200))) for number in range(2)]
    answers = at_once(2, lambda number: save(clients[number], photo, contents[number], use="1"))
    assert [answer.status_code for answer in answers] == [200, 200]
    theirs = painted(photo)
    assert theirs.values("created_by").distinct().count() == 2
    assert Cutout.objects.in_force(photo) in theirs
