from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from prodimages.models import Cutout
from prodimages.services.photos import PhotoCutouts
from prodimages.storage import private_storage
from tests.admin.helpers import encoded, finished_job
from tests.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


@pytest.fixture
def photo():
    return finished_job().photo


def mask(size=(320, 240), mode="L", box=(40, 40, 200, 200)) -> Image.Image:
    image = Image.new(mode, size)
    ImageDraw.Draw(image).rectangle(box, fill=255 if mode in {"L", "1"} else "white")
    return image


def upload(client, photo, content: bytes, name: str = "mask.png"):
    address = reverse("admin:prodimages_sourcephoto_change", args=[photo.pk])
    return client.post(address, {"mask": SimpleUploadedFile(name, content)}, follow=True)


def chosen(photo) -> bytes:
    """The alpha that the photo's next job uses."""
    found = PhotoCutouts(photo).chosen()
    assert found is not None
    return found[1]


def text(response) -> str:
    return response.content.decode()


def test_page_shows_the_cut_out_beside_the_photo(boss_client, photo):
    page = text(boss_client.get(reverse("admin:prodimages_sourcephoto_change", args=[photo.pk])))
    cutout = photo.cutouts.get()
    preview = reverse("admin:prodimages_sourcephoto_cutout", args=[photo.pk, cutout.pk])
    assert preview in page
    shown = Image.open(io.BytesIO(boss_client.get(preview).content))
    assert shown.mode == "RGBA"
    assert shown.getchannel("A").getextrema() == (0, 255)
    download = reverse("admin:prodimages_sourcephoto_mask", args=[photo.pk, cutout.pk])
    assert Image.open(io.BytesIO(b"".join(boss_client.get(download)))).mode == "L"


def test_an_uploaded_mask_is_what_later_jobs_use(boss_client, boss, photo):
    response = upload(boss_client, photo, encoded(mask()))
    assert "every later job with this photo uses it" in text(response)
    row = photo.cutouts.get(key__startswith=Cutout.STAFF_PREFIX)
    assert row.created_by == boss
    used = Image.open(io.BytesIO(chosen(photo)))
    assert used.getbbox() == (40, 40, 201, 201)


def test_the_mask_uploaded_last_counts_also_when_it_is_an_old_one(boss_client, photo):
    first, second = mask(), mask(box=(10, 10, 100, 100))
    for image in (first, second, first):
        upload(boss_client, photo, encoded(image))
    used = Image.open(io.BytesIO(chosen(photo)))
    assert used.getbbox() == first.getbbox()
    assert photo.cutouts.filter(key__startswith=Cutout.STAFF_PREFIX).count() == 2


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA"])
def test_masks_of_other_kinds_are_brought_to_gray(boss_client, photo, mode):
    image = mask().convert(mode) if mode != "RGBA" else Image.new("RGBA", (320, 240))
    if mode == "RGBA":
        ImageDraw.Draw(image).rectangle((40, 40, 200, 200), fill=(0, 0, 0, 255))
    upload(boss_client, photo, encoded(image))
    used = Image.open(io.BytesIO(chosen(photo)))
    assert (used.mode, used.getbbox()) == ("L", (40, 40, 201, 201))


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a picture", "not a picture that can be read"),
        (b"", "empty"),
        (encoded(mask((100, 240))), "100 x 240 pixels, but the photo is 320 x 240"),
        (encoded(Image.new("L", (320, 240))), "The mask is empty"),
        (encoded(Image.new("L", (320, 240), 255)), "white all over"),
        (encoded(mask(), "JPEG"), "Save the mask as PNG"),
        (encoded(Image.new("I;16", (320, 240))), "16 bits"),
        (_cut(encoded(Image.effect_noise((320, 240), 90))), "damaged or incomplete"),
    ],
)
def test_bad_masks_are_refused_in_words(boss_client, photo, content, words):
    response = upload(boss_client, photo, content)
    assert words in text(response)
    assert not photo.cutouts.filter(key__startswith=Cutout.STAFF_PREFIX).exists()


def test_removing_a_mask_brings_the_cut_out_back(
    boss_client, photo, django_capture_on_commit_callbacks
):
    upload(boss_client, photo, encoded(mask()))
    row = photo.cutouts.get(key__startswith=Cutout.STAFF_PREFIX)
    address = reverse("admin:prodimages_sourcephoto_remove_mask", args=[photo.pk, row.pk])
    assert boss_client.get(address).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        boss_client.post(address)
    assert PhotoCutouts(photo).chosen() is None
    assert not private_storage().exists(row.file.name)
    automatic = photo.cutouts.get()
    other = reverse("admin:prodimages_sourcephoto_remove_mask", args=[photo.pk, automatic.pk])
    assert "Only masks that staff uploaded" in text(boss_client.post(other, follow=True))


def test_masks_need_their_permission(client_with, photo):
    viewer = client_with("prodimages.view_sourcephoto")
    address = reverse("admin:prodimages_sourcephoto_change", args=[photo.pk])
    assert "Upload a mask" not in text(viewer.get(address))
    assert upload(viewer, photo, encoded(mask())).status_code == 403
    uploader = client_with("prodimages.view_sourcephoto", "prodimages.add_cutout")
    assert upload(uploader, photo, encoded(mask())).status_code == 200
    assert client_with("prodimages.view_generationjob").get(address).status_code == 403


def test_cut_outs_of_another_photo_are_not_found(boss_client, photo):
    assert make_job() is not None
    for name in ("cutout", "mask"):
        address = reverse(f"admin:prodimages_sourcephoto_{name}", args=[photo.pk, 10**6])
        assert boss_client.get(address).status_code == 404
