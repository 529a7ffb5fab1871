"""The colors of a photo on its page in the admin."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from PIL import Image

from prodimages.models import GeneratedImage, SourcePhoto
from tests.admin.helpers import finished_job
from tests.factories import make_job
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


@pytest.fixture
def job():
    return finished_job()


def address(name: str, photo) -> str:
    return reverse(f"admin:prodimages_sourcephoto_{name}", args=[photo.pk])


def record(job, **values) -> None:
    found = {"gains": [0.8, 1.0, 1.3], "exposure": 1.0, "black": 0.0, "falloff": []}
    known = {"mode": "auto", "applied": True, "found": found | values.pop("found", {})}
    known |= {"delta_e_mean": 3.2, "delta_e_p95": 5.9}
    GeneratedImage.objects.filter(job=job).update(fidelity={"correction": known | values})


def color(client, photo, name: str, at=(4, 4)):
    content = client.get(address(name, photo)).content
    return Image.open(io.BytesIO(content)).convert("RGB").getpixel(at)


def test_the_page_shows_before_and_after(boss_client, job):
    record(job)
    page = boss_client.get(address("change", job.photo)).content.decode()
    assert "3.2 on average" in page
    assert address("correction_picture", job.photo) in page
    before = color(boss_client, job.photo, "preview")
    after = color(boss_client, job.photo, "correction_picture")
    assert after[0] < before[0] - 10
    assert after[2] > before[2] + 10


def test_the_preview_takes_the_falloff_out(boss_client, job):
    falloff = [0.0, 0.6, 0.0, 0.0, 0.0, 0.0]  # brighter to the right
    record(job, found={"gains": [1.0, 1.0, 1.0], "falloff": falloff})
    right = (315, 120)
    before = color(boss_client, job.photo, "preview", right)
    assert color(boss_client, job.photo, "correction_picture", right)[1] < before[1] - 20
    before = color(boss_client, job.photo, "preview", (160, 4))
    after = color(boss_client, job.photo, "correction_picture", (160, 4))
    assert abs(after[1] - before[1]) <= 3


def test_the_preview_is_never_cached(boss_client, job):
    record(job)
    response = boss_client.get(address("correction_picture", job.photo))
    assert "no-store" in response["Cache-Control"]


def test_without_a_picture_there_is_nothing_to_show(boss_client, job):
    GeneratedImage.objects.update(fidelity={})
    assert boss_client.get(address("correction_picture", job.photo)).status_code == 404
    page = boss_client.get(address("change", job.photo)).content.decode()
    assert "The first picture of this photo tells" in page


@pytest.mark.parametrize("mode", ["off", "auto"])
def test_one_click_undoes_and_does_it_again(boss_client, job, mode):
    boss_client.post(address("correction", job.photo), {"mode": mode})
    assert SourcePhoto.objects.get().corrections == {"mode": mode}


def test_a_gray_point_is_taken_and_shown_at_once(boss_client, job):
    boss_client.post(address("correction", job.photo), {"mode": "gray", "x": "50", "y": "50"})
    assert SourcePhoto.objects.get().corrections == {"mode": "auto", "gray": [0.5, 0.5]}
    red, green, blue = color(boss_client, job.photo, "correction_picture", (160, 120))
    assert max(red, green, blue) - min(red, green, blue) <= 4
    page = boss_client.get(address("change", job.photo)).content.decode()
    assert 'value="50.0"' in page


@pytest.mark.parametrize(
    "sent", [{"mode": "gray", "x": "120", "y": "5"}, {"mode": "gray"}, {"mode": "loud"}, {}]
)
def test_what_makes_no_sense_is_refused(boss_client, job, sent):
    response = boss_client.post(address("correction", job.photo), sent, follow=True)
    assert 'class="error"' in response.content.decode()
    assert SourcePhoto.objects.get().corrections == {}


def test_only_who_may_change_photos_corrects_them(client_with, job):
    client = client_with("prodimages.view_sourcephoto")
    assert "Undo correction" not in client.get(address("change", job.photo)).content.decode()
    assert client.post(address("correction", job.photo), {"mode": "off"}).status_code == 403
    assert client.get(address("correction", job.photo)).status_code == 405


def test_a_job_does_what_staff_chose(job):
    SourcePhoto.objects.update(corrections={"mode": "off"})
    second = make_job(job.product)
    run_to_the_end(second)
    report = GeneratedImage.objects.filter(job=second).get().fidelity
    assert report["correction"]["mode"] == "off"
