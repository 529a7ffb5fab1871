"""What staff without a permission neither see nor can do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from prodimages.choices import ImageState, JobState
from prodimages.models import GenerationJob
from tests.admin.helpers import FORM, PRODUCTS, finished_job, order, published, tick
from tests.factories import make_job, make_product, make_style

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat_only")]

VIEW_PRODUCT = "prodimages_catalogue.view_product"
GENERATE = "prodimages.add_generationjob"
VIEW_JOB = "prodimages.view_generationjob"
CHANGE_JOB = "prodimages.change_generationjob"
VIEW_IMAGE = "prodimages.view_generatedimage"
REVIEW = "prodimages.review_generatedimage"


def page(job) -> str:
    return reverse("admin:prodimages_generationjob_change", args=[job.pk])


@pytest.mark.parametrize("names", [[VIEW_PRODUCT], [GENERATE], [VIEW_PRODUCT, VIEW_JOB]])
def test_generating_needs_the_hosts_permission_and_ours(client_with, names):
    client, product, style = client_with(*names), make_product(), make_style()
    assert client.post(reverse(FORM), order([product], style)).status_code == 403
    one = reverse("admin:prodimages_catalogue_product_generate_image", args=[product.pk])
    assert client.get(one).status_code == 403
    tick(client, [product])
    assert not GenerationJob.objects.exists()


def test_without_permission_there_is_no_action_and_no_button(client_with):
    client, product = client_with(VIEW_PRODUCT), make_product()
    change = reverse("admin:prodimages_catalogue_product_change", args=[product.pk])
    assert "generate_images" not in client.get(reverse(PRODUCTS)).content.decode()
    assert "generate-images" not in client.get(change).content.decode()


def test_view_permission_on_the_product_and_ours_suffice(client_with):
    client, product, style = client_with(VIEW_PRODUCT, GENERATE), make_product(), make_style()
    assert tick(client, [product]).status_code == 200
    response = client.post(reverse(FORM), order([product], style))
    assert response["Location"] == reverse(PRODUCTS)  # the job's page would answer 403
    assert GenerationJob.objects.count() == 1


def test_strangers_are_sent_to_the_login(client):
    make_product()
    response = client.post(reverse(FORM), {})
    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_job_pages_need_the_view_permission(client_with):
    job = make_job()
    for client, status in ((client_with(), 403), (client_with(VIEW_JOB), 200)):
        assert client.get(page(job)).status_code == status
        live = reverse("admin:prodimages_generationjob_live", args=[job.pk])
        assert client.get(live).status_code == status
        jobs = reverse("admin:prodimages_generationjob_changelist")
        assert client.get(jobs).status_code == status


def test_live_rows_tell_nothing_without_the_view_permission(client_with):
    job = make_job()
    address = reverse("admin:prodimages_generationjob_live_rows") + f"?jobs={job.pk}"
    assert f"job-{job.pk}-state" in client_with(VIEW_JOB).get(address).content.decode()
    assert f"job-{job.pk}" not in client_with(VIEW_PRODUCT).get(address).content.decode()


def test_cancel_and_retry_need_the_change_permission(client_with):
    job = make_job()
    cancel = reverse("admin:prodimages_generationjob_cancel", args=[job.pk])
    retry = reverse("admin:prodimages_generationjob_retry", args=[job.pk])
    viewer, changer = client_with(VIEW_JOB), client_with(VIEW_JOB, CHANGE_JOB)
    assert cancel not in viewer.get(page(job)).content.decode()
    assert viewer.post(cancel).status_code == 403
    assert cancel in changer.get(page(job)).content.decode()
    assert changer.get(cancel).status_code == 405
    changer.post(cancel)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert viewer.post(retry).status_code == 403
    assert retry in changer.get(page(job)).content.decode()
    changer.post(retry)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_list_actions_need_the_change_permission(client_with):
    job = make_job()
    jobs = reverse("admin:prodimages_generationjob_changelist")
    data = {"action": "cancel_jobs", "_selected_action": job.pk}
    client_with(VIEW_JOB).post(jobs, data)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    client_with(CHANGE_JOB).post(jobs, data)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED


def test_pictures_show_only_to_those_who_may_see_them(client_with):
    job = finished_job()
    image = job.images.get()
    name = reverse("admin:prodimages_generatedimage_file", args=[image.pk])
    assert name not in client_with(VIEW_JOB).get(page(job)).content.decode()
    assert name in client_with(VIEW_JOB, VIEW_IMAGE).get(page(job)).content.decode()


def test_reviewing_needs_its_permission(client_with):
    job = finished_job()
    image = job.images.get()
    review = reverse("admin:prodimages_generatedimage_review")
    grid = reverse("admin:prodimages_generatedimage_changelist")
    viewer = client_with(VIEW_JOB, VIEW_IMAGE)
    assert 'name="approve"' not in viewer.get(page(job)).content.decode()
    assert viewer.post(review, {"approve": image.pk}).status_code == 403
    action = {"action": "approve_images", "_selected_action": image.pk}
    viewer.post(grid, action)
    image.refresh_from_db()
    assert image.state == ImageState.PENDING
    reviewer = client_with(VIEW_JOB, REVIEW)
    assert 'name="approve"' in reviewer.get(page(job)).content.decode()
    assert reviewer.get(review).status_code == 405
    reviewer.post(grid, action)
    assert published(job.product) == 1


def test_jobs_are_neither_added_nor_deleted_by_hand(boss_client):
    job = make_job()
    add = reverse("admin:prodimages_generationjob_add")
    delete = reverse("admin:prodimages_generationjob_delete", args=[job.pk])
    assert boss_client.get(add).status_code == 403
    assert boss_client.post(delete, {"post": "yes"}).status_code == 403
