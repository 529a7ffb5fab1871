"""House models in the admin: upload, consent, landmarks in numbers."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from prodimages.imaging.regions import KEPT, OLD
from prodimages.models import ModelPhoto
from prodimages.services.try_on import regions
from tests.services.test_house_models import make_model
from tests.storefront.shoppers import POSE
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


def test_what_may_be_repainted_is_shown_and_taken_from_an_uploaded_mask(admin_client):
    row = make_model()
    assert "Nothing is marked yet" in admin_client.get(change(row)).content.decode()
    assert admin_client.get(region(row, "old")).status_code == 404
    regions.found(row, marks(), POSE)
    row.refresh_from_db()
    page = admin_client.get(change(row)).content.decode()
    assert region(row, "kept") in page
    for name in ("canvas", "overlay"):
        address = reverse(f"admin:prodimages_modelphoto_region_{name}", args=[row.pk])
        answer = admin_client.get(address)
        assert Image.open(io.BytesIO(answer.content)).size == (360, 480)
        assert answer["Cache-Control"].startswith("private")
    editor = admin_client.get(region(row, "kept")).content.decode()
    assert 'data-width="360"' in editor
    mask = Image.new("L", (360, 480))
    mask.paste(255, (0, 0, 10, 10))
    answer = admin_client.post(region(row, "kept"), {"mask": as_file(mask)})
    assert answer.status_code == 302
    row.refresh_from_db()
    painted = Image.open(io.BytesIO(regions.stored(row)))
    assert (painted.getpixel((5, 5)), painted.getpixel((180, 230))) == (KEPT, OLD)
    wrong = Image.new("L", (36, 48))
    answer = admin_client.post(
        region(row, "kept"), {"mask": as_file(wrong)}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 1)
    assert admin_client.post(region(row, "old"), {"forget": "1"}).status_code == 302
    row.refresh_from_db()
    assert not row.region
    assert admin_client.get(f"{region(row, 'old')[:-4]}nonsense/").status_code == 404


def region(row, part):
    return reverse("admin:prodimages_modelphoto_region", args=[row.pk, part])


def marks() -> bytes:
    image = Image.new("L", (360, 480))
    image.paste(OLD, (120, 140, 240, 300))
    return as_file(image).read()


def as_file(image: Image.Image) -> SimpleUploadedFile:
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("mask.png", out.getvalue(), "image/png")


def test_marking_needs_the_permission_to_change(client, django_user_model):
    row = make_model()
    regions.found(row, marks(), POSE)
    user = django_user_model.objects.create_user("eve", password="x", is_staff=True)
    client.force_login(user)
    for name in ("canvas", "overlay"):
        address = reverse(f"admin:prodimages_modelphoto_region_{name}", args=[row.pk])
        assert client.get(address).status_code in (403, 404)
    user.user_permissions.add(Permission.objects.get(codename="view_modelphoto"))
    mask = reverse("admin:prodimages_modelphoto_region_mask", args=[row.pk, "old"])
    assert client.get(mask).status_code == 200
    assert client.get(region(row, "old")).status_code == 403
    assert client.post(region(row, "old"), {"forget": "1"}).status_code == 403


def test_photos_need_the_permission(client, django_user_model):
    row = make_model()
    django_user_model.objects.create_user("eve", password="x", is_staff=True)
    client.login(username="eve", password="x")
    for name in ("photo", "thumbnail"):
        address = reverse(f"admin:prodimages_modelphoto_{name}", args=[row.pk])
        assert client.get(address).status_code in (403, 404)
