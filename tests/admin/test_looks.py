from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from prodimages.choices import JobState
from prodimages.models import GenerationJob
from prodimages.services import looks
from tests.factories import make_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]


@pytest.fixture
def running():
    job = make_job()
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_token=3)
    looks.keep(job.pk, 3, b"jpeg")
    job.refresh_from_db()
    return job


def address(job) -> str:
    return reverse("admin:prodimages_generationjob_look", args=[job.pk])


def test_the_page_of_a_running_job_shows_what_is_painted(boss_client, running):
    live = reverse("admin:prodimages_generationjob_live", args=[running.pk])
    assert f'src="{address(running)}?at=' in boss_client.get(live).content.decode()
    answer = boss_client.get(address(running))
    assert answer.content == b"jpeg"
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]


def test_there_is_nothing_to_see_of_a_job_that_has_ended(boss_client, running):
    GenerationJob.objects.update(state=JobState.SUCCEEDED)
    assert boss_client.get(address(running)).status_code == 404
    live = reverse("admin:prodimages_generationjob_live", args=[running.pk])
    assert "look.jpg" not in boss_client.get(live).content.decode()


def test_who_may_not_see_pictures_sees_no_look(client, running, django_user_model):
    clerk = django_user_model.objects.create_user("clerk", password="x", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_generationjob"))
    client.force_login(clerk)
    assert client.get(address(running)).status_code == 403
    client.logout()
    assert client.get(address(running)).status_code == 302
