"""House models in the admin: upload, consent, landmarks in numbers."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from prodimages.models import ModelPhoto
from tests.services.test_house_models import make_model
from tests.storefront.test_try_on import POSE
from tests.wearing import person_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("flat")]
ADD = reverse("admin:prodimages_modelphoto_add")


def form(**values):
    given = {
        "shop": "local",
        "name": "Anna",
        "slug": "anna",
        "is_active": "on",
        "consent_at": "2026-01-01",
        "consent_reference": "Folder 7",
        "photo": SimpleUploadedFile("anna.jpg", person_bytes(), "image/jpeg"),
    }
    return {name: value for name, value in (given | values).items() if value is not None}


def change(row):
    return reverse("admin:prodimages_modelphoto_change", args=[row.pk])


def test_a_model_is_added_with_photo_and_consent(admin_client, admin_user):
    answer = admin_client.post(ADD, form())
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = ModelPhoto.objects.get()
    assert (row.width, row.height) == (360, 480)
    assert row.created_by == admin_user
    photo = reverse("admin:prodimages_modelphoto_photo", args=[row.pk])
    assert admin_client.get(photo)["Cache-Control"].startswith("private")
    assert admin_client.get(reverse("admin:prodimages_modelphoto_changelist")).status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"photo": None},
        {"photo": SimpleUploadedFile("x.jpg", b"nothing", "image/jpeg")},
        {"consent_at": ""},
        {"consent_reference": ""},
    ],
)
def test_what_is_missing_or_no_photo_is_said(admin_client, values):
    answer = admin_client.post(ADD, form(**values))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not ModelPhoto.objects.exists()


def test_landmarks_are_placed_by_numbers(admin_client):
    row = make_model()
    page = admin_client.get(change(row)).content.decode()
    assert "data-landmarks" in page
    numbers = {
        f"{name}-{axis}": str(place[index] * 100)
        for name, place in POSE.items()
        for index, axis in enumerate("xy")
    }
    answer = admin_client.post(change(row), form(photo=None, **numbers))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert row.landmarks["left_shoulder"] == POSE["left_shoulder"]
    answer = admin_client.post(change(row), form(photo=None, **(numbers | {"neck-x": ""})))
    assert "neck" in str(answer.context["adminform"].form.errors)
    row.refresh_from_db()
    assert row.landmarks["left_shoulder"] == POSE["left_shoulder"]


def test_photos_need_the_permission(client, django_user_model):
    row = make_model()
    django_user_model.objects.create_user("eve", password="x", is_staff=True)
    client.login(username="eve", password="x")
    for name in ("photo", "thumbnail"):
        address = reverse(f"admin:prodimages_modelphoto_{name}", args=[row.pk])
        assert client.get(address).status_code in (403, 404)
