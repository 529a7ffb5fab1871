from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from prodimages.choices import FailureKind, JobState, Source
from prodimages.models import GenerationJob, Submission
from prodimages.testing import run_jobs
from tests.admin.helpers import finished_job
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]
JOBS = "admin:prodimages_generationjob_changelist"


def page(job) -> str:
    return reverse("admin:prodimages_generationjob_change", args=[job.pk])


def text(response) -> str:
    return response.content.decode()


def many_jobs(boss, count: int) -> None:
    submission = Submission.objects.create(
        client="t", idempotency_key="many", body_digest="", source=Source.COMMAND, created_by=boss
    )
    style, product = make_style(), make_product()
    states = [state for state in JobState if state != JobState.HELD]
    GenerationJob.objects.bulk_create(
        GenerationJob(
            submission=submission,
            product=product,
            product_label=f"Product {number}",
            product_key=str(number),
            style=style,
            style_name=style.name,
            task="background",
            engine="flat",
            queue="q",
            batch_key="b",
            seed=1,
            plan={},
            state=states[number % 5],
        )
        for number in range(count)
    )


def test_list_takes_few_queries_at_any_length(boss, boss_client, django_assert_max_num_queries):
    many_jobs(boss, 2000)
    with django_assert_max_num_queries(8):
        response = boss_client.get(reverse(JOBS))
    assert len(response.context["cl"].result_list) == 50
    with django_assert_max_num_queries(8):
        found = boss_client.get(reverse(JOBS) + "?q=Product+1999&state__exact=canceled")
    assert len(found.context["cl"].result_list) == 1


def test_list_counts_no_further_than_it_must(boss, boss_client, monkeypatch):
    monkeypatch.setattr("prodimages.admin.paginator.CappedPaginator.most", 60)
    many_jobs(boss, 61)
    assert "60+ generation jobs" in text(boss_client.get(reverse(JOBS)))
    GenerationJob.objects.first().delete()
    assert "60 generation jobs" in text(boss_client.get(reverse(JOBS)))


def test_one_request_brings_all_unfinished_rows_up_to_date(boss_client):
    finished_job()
    second = make_job()
    page_text = text(boss_client.get(reverse(JOBS)))
    poll = re.search(r'hx-get="([^"]+)"', page_text).group(1)
    assert poll.endswith(f"?jobs={second.pk}")
    GenerationJob.objects.filter(pk=second.pk).update(state=JobState.RUNNING, progress=0.4)
    answer = text(boss_client.get(poll))
    assert 'value="40"' in answer
    assert f'id="job-{second.pk}-progress" class="pi-cell" hx-swap-oob="true"' in answer
    assert f"?jobs={second.pk}" in answer
    GenerationJob.objects.filter(pk=second.pk).update(state=JobState.SUCCEEDED)
    last = text(boss_client.get(poll))
    assert "succeeded" in last
    assert "hx-get" not in last  # nothing left to ask for


@pytest.mark.parametrize("asked", ["", "abc", "1,2,abc", "9" * 40, "1" + ",1" * 500])
def test_odd_questions_for_rows_get_an_answer(boss_client, asked):
    address = reverse("admin:prodimages_generationjob_live_rows")
    assert boss_client.get(address, {"jobs": asked}).status_code == 200


def test_actions_tell_what_they_could_not_do(boss_client):
    waiting, ended = make_job(), make_job()
    GenerationJob.objects.filter(pk=ended.pk).update(state=JobState.SUCCEEDED)
    data = {"action": "cancel_jobs", "_selected_action": [waiting.pk, ended.pk]}
    said = text(boss_client.post(reverse(JOBS), data, follow=True))
    assert "1 job was canceled." in said
    assert "1 skipped: The job has ended already." in said


def test_job_page_is_live_until_the_job_ends(boss_client):
    job = make_job(count=2)
    before = text(boss_client.get(page(job)))
    assert 'hx-trigger="every 1500ms"' in before
    assert '<noscript><meta http-equiv="refresh"' in before
    run_jobs()
    live = reverse("admin:prodimages_generationjob_live", args=[job.pk])
    after = text(boss_client.get(live + "?made=0"))
    assert "hx-trigger" not in after.split('id="job-results"')[0]
    assert 'id="job-results" hx-swap-oob="true"' in after
    assert after.count('class="pi-picture ') == 2
    whole = text(boss_client.get(page(job)))
    assert "noscript" not in whole
    assert "generate" in whole  # the timings of the attempt


def test_results_come_once_they_are_new(boss_client):
    job = make_job()
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, made_count=1)
    live = reverse("admin:prodimages_generationjob_live", args=[job.pk])
    assert "job-results" not in text(boss_client.get(live + "?made=1"))
    assert "job-results" in text(boss_client.get(live + "?made=0"))


def test_job_page_shows_the_plan_the_notices_and_the_error(boss_client):
    style = make_style(prompt="{name} under unicorns", parameters={"fail": "engine"})
    job = make_job(style=style, product=make_product(name="Cup"))
    run_jobs()
    said = text(boss_client.get(page(job)))
    assert "Cup under unicorns" in said
    assert "Not honored by this engine: under, unicorns." in said
    assert "Engine failed:" in said
    assert "The engine was told to fail." in said


def test_a_job_without_a_product_in_its_photo_leads_to_the_cut_out(boss_client, client_with):
    job = finished_job()
    failed = GenerationJob.objects.filter(pk=job.pk)
    failed.update(state=JobState.FAILED, error="Nothing found.", error_kind=FailureKind.NO_PRODUCT)
    editor = reverse("admin:prodimages_sourcephoto_edit_cutout", args=[job.photo.pk])
    assert f'href="{editor}?job={job.pk}">Check the cut-out</a>' in text(boss_client.get(page(job)))
    photo = reverse("admin:prodimages_sourcephoto_change", args=[job.photo.pk])
    viewer = client_with("prodimages.view_generationjob", "prodimages.view_sourcephoto")
    assert f'href="{photo}">Check the cut-out</a>' in text(viewer.get(page(job)))
    blind = client_with("prodimages.view_generationjob")
    assert "Check the cut-out" not in text(blind.get(page(job)))


def test_a_waiting_job_says_that_no_worker_is_there(boss_client):
    assert "No worker has been seen for a minute" in text(boss_client.get(page(make_job())))


def test_refused_cancel_and_retry_become_messages(boss_client):
    job = finished_job()
    for name, words in (
        ("cancel", "The job has ended already."),
        ("retry", "The job has made all its pictures already."),
    ):
        address = reverse(f"admin:prodimages_generationjob_{name}", args=[job.pk])
        assert words in text(boss_client.post(address, follow=True))


def test_a_running_job_is_asked_to_stop(boss_client):
    job = make_job()
    later = timezone.now() + timedelta(minutes=5)
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_expires_at=later)
    address = reverse("admin:prodimages_generationjob_cancel", args=[job.pk])
    said = text(boss_client.post(address, follow=True))
    assert "stopping" in said
    job.refresh_from_db()
    assert job.cancel_requested


def test_pages_of_jobs_that_are_not_there(boss_client):
    for key in ("999", "abc", "9" * 30):
        assert boss_client.get(reverse(JOBS) + f"{key}/change/").status_code == 404


def test_job_of_a_deleted_product_and_style_still_shows(boss_client):
    job = finished_job()
    job.product.delete()
    job.style.delete()
    assert boss_client.get(page(job)).status_code == 200
    GenerationJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error_kind=FailureKind.CRASHED, error="Gone.", shop="gone"
    )
    assert "Worker died:" in text(boss_client.get(page(job)))


def test_back_goes_nowhere_else(boss_client):
    job = make_job()
    address = reverse("admin:prodimages_generationjob_cancel", args=[job.pk])
    response = boss_client.post(address, {"next": "https://evil.example/"})
    assert response["Location"] == page(job)


def test_whoever_is_logged_out_gets_the_whole_page_anew(client):
    address = reverse("admin:prodimages_generationjob_live", args=[make_job().pk])
    response = client.get(address, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Refresh"]) == (200, "true")
    assert not response.content
    assert client.get(address).status_code == 302


def test_pages_work_where_htmx_is_not_installed(boss_client, settings):
    job = make_job()
    assert "htmx-2" in text(boss_client.get(page(job)))
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "django_htmx"]
    assert "htmx-2" not in text(boss_client.get(page(job)))
