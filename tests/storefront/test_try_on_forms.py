"""What a shopper sends is checked field by field, and nothing of a bad form is kept."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from prodimages.models import GenerationJob, ShopperPhoto, TryOn
from tests.storefront.shoppers import FITTING, POSE, ask, upload
from tests.wearing import make_top, person_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def many_frames() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (300, 300), (shade, 0, 0)) for shade in range(0, 200, 50)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def huge() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (person_bytes()[:3000], "damaged"),
        (many_frames(), "animation"),
        (huge(), "too many pixels"),
        (person_bytes(size=(90, 120)), "too small"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
    ],
    ids=["empty", "text", "truncated", "frames", "huge", "small", "svg", "pdf"],
)
def test_bad_uploads_get_400_in_words_and_leave_nothing(client, content, words):
    answer = ask(client, photo=upload(content))
    assert answer.status_code == 400, answer.content
    errors = answer.json()["errors"]
    assert errors[0]["field"] == "photo"
    assert words in errors[0]["detail"]
    assert not ShopperPhoto.objects.exists()
    assert not GenerationJob.every.exists()


@pytest.mark.parametrize(
    "values, field",
    [
        ({"photo": None}, "photo"),
        ({"consent": None}, "consent"),
        ({"consent": "no"}, "consent"),
        ({"consent_version": "0"}, "consent_version"),
        ({"consent_version": None}, "consent_version"),
        ({"of_age": None}, "of_age"),
        ({"product": "no-such"}, "product"),
        ({"landmarks": "{"}, "landmarks"),
        ({"landmarks": json.dumps({"neck": [0, 0]})}, "landmarks"),
        ({"landmarks": json.dumps(POSE | {"neck": [float("1e999"), 0]})}, "landmarks"),
        ({"landmarks": json.dumps(POSE | {"tail": [0, 0]})}, "landmarks"),
        ({"landmarks": json.dumps(POSE | {"left_shoulder": [0.9, 0.3]})}, "landmarks"),
    ],
)
def test_each_field_of_the_form_is_checked(client, values, field):
    answer = ask(client, **values)
    assert answer.status_code == 400, answer.content
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not ShopperPhoto.objects.exists()


def test_a_product_that_is_no_garment_is_a_conflict(client):
    from tests.factories import make_product

    answer = ask(client, make_product())
    assert answer.status_code == 409
    assert "no garment" in answer.json()["detail"]
    for category, name in (
        ("clothing/jeans", "Blue jeans"),
        ("clothing/trousers", "Slim trousers"),
        ("clothing/dresses", "Summer dress"),
        ("clothing/coats", "Wool coat"),
        ("clothing", "短裙"),
    ):
        answer = ask(client, make_top(category=category, name=name, sku=name))
        assert answer.status_code == 409
        assert "Only tops" in answer.json()["detail"]


def test_who_agreed_to_another_text_is_asked_again(client, settings):
    first = ask(client).json()
    settings.PRODIMAGES = FITTING | {"TRY_ON_CONSENT_VERSION": "2"}
    again = ask(client, token=first["token"], photo=None)
    assert again.status_code == 400
    assert [error["field"] for error in again.json()["errors"]] == ["consent_version"]
    assert TryOn.objects.count() == 1


def test_nothing_of_the_camera_is_kept(client, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # lying on its side
    exif.get_ifd(0x8825)[1] = "N"
    from tests.wearing import encoded, person

    photo = encoded(person().transpose(Image.Transpose.ROTATE_90), exif=exif, comment=b"home")
    ask(client, photo=upload(photo))
    kept = [path for path in (tmp_path / "private").rglob("*") if path.is_file()]
    assert len(kept) == 1
    content = kept[0].read_bytes()
    assert b"SecretCamera" not in content
    assert b"home" not in content
    with Image.open(kept[0]) as image:
        assert not image.getexif()
        assert image.height > image.width  # upright by its pixels
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
