"""A shopper's try-on from the upload to the picture and its end, over HTTP and the real steps."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from prodimages.imaging import xmp
from prodimages.models import GenerationJob, ShopperPhoto, TryOn
from prodimages.testing import run_jobs
from tests.conftest import FLAT
from tests.wearing import make_top, person_bytes

pytestmark = pytest.mark.django_db
URL = "/api/v1/storefront/try-on/"
FITTING = FLAT | {
    "ENGINES": {
        **FLAT["ENGINES"],
        "fitting": {"BACKEND": "prodimages.engines.fitting.FittingEngine"},
    },
    "CUTOUT_MIN_CONFIDENCE": 0.0,
    "TRY_ON_SIZE": 480,
}


@pytest.fixture(autouse=True)
def _fitting(settings):
    settings.PRODIMAGES = FITTING


def upload(content: bytes | None = None, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, person_bytes() if content is None else content, "image/jpeg")


def form(product, **values):
    given = {
        "product": str(getattr(product, "pk", product)),
        "consent": "yes",
        "of_age": "yes",
        "consent_version": "1",
        "photo": upload(),
    }
    if "landmarks" in values:  # nobody drawn has a face that is found
        given["front_view"] = "yes"
    return {name: value for name, value in (given | values).items() if value is not None}


def ask(client, product=None, *, token: str = "", **values):
    headers = {"X-Try-On-Token": token} if token else {}
    product = values.pop("product", None) or product or make_top()
    return client.post(URL, form(product, **values), headers=headers)


def test_from_upload_to_picture_to_erasure(client):
    answer = ask(client)
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert body["state"] == "looking"
    assert body["token"] not in answer["Location"]
    assert "no-store" in answer["Cache-Control"]
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    run_jobs()
    found = client.get(answer["Location"], **mine).json()
    assert found["state"] == "placing", found
    points = found["landmarks"]
    assert abs(points["left_shoulder"][0] - 0.33) < 0.06
    assert abs(points["right_shoulder"][0] - 0.67) < 0.06
    agreed = client.put(
        found["links"]["self"] + "landmarks/",
        json.dumps({"landmarks": points, "front_view": True}),
        content_type="application/json",
        **mine,
    )
    assert agreed.status_code == 202, agreed.content
    assert agreed.json()["state"] == "making"
    run_jobs()
    done = client.get(answer["Location"], **mine).json()
    assert done["state"] == "done", done
    picture = client.get(done["links"]["image"], **mine)
    content = b"".join(picture.streaming_content)
    assert picture["Cache-Control"] == "private, no-store"
    assert xmp.read_source_type(content) == "compositeSynthetic"
    image = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
    chest = image[230, image.shape[1] // 2]
    assert chest[0] > chest[2] + 60  # the red tee, where a blue one was
    assert client.delete(answer["Location"], **mine).status_code == 204
    assert client.get(answer["Location"], **mine).status_code == 403
    assert not TryOn.objects.exists()
    assert not ShopperPhoto.objects.exists()
    assert not GenerationJob.every.exists()


def test_landmarks_in_the_form_go_straight_to_the_picture(client):
    points = POSE
    body = ask(client, landmarks=json.dumps(points)).json()
    assert body["state"] == "making"
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    assert client.get(body["links"]["self"], **mine).json()["state"] == "done"


POSE = {
    "neck": [0.5, 0.27],
    "left_shoulder": [0.34, 0.3],
    "right_shoulder": [0.66, 0.3],
    "left_elbow": [0.26, 0.47],
    "right_elbow": [0.74, 0.47],
    "left_wrist": [0.2, 0.62],
    "right_wrist": [0.8, 0.62],
    "left_hip": [0.38, 0.66],
    "right_hip": [0.62, 0.66],
}


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


def test_forged_foreign_and_expired_tokens_are_all_the_same_403(client, settings):
    body = ask(client).json()
    other = ask(client).json()
    answers = []
    for token in ("", "x", "A" * 43, other["token"], body["token"].swapcase(), "ä" * 43):
        headers = {"headers": {"X-Try-On-Token": token.encode().decode("latin-1")}}
        for method in ("get", "delete"):
            answers.append(getattr(client, method)(body["links"]["self"], **headers))
        answers.append(client.get(body["links"]["photo"], **headers))
    ShopperPhoto.objects.filter(owner__isnull=False).update(expires_at="2020-01-01T00:00Z")
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    answers.append(client.get(body["links"]["self"], **mine))
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert ShopperPhoto.objects.count() == 2


@pytest.mark.parametrize("photo", [True, False])
def test_nobody_brings_a_token_of_their_own(client, photo):
    """Not even with a photo: it might be one that others guess."""
    values = {} if photo else {"photo": None}
    for token in ("A" * 43, "x"):
        assert ask(client, token=token, **values).status_code == 403
    assert not ShopperPhoto.objects.exists()


def test_who_agreed_to_another_text_is_asked_again(client, settings):
    first = ask(client).json()
    settings.PRODIMAGES = FITTING | {"TRY_ON_CONSENT_VERSION": "2"}
    again = ask(client, token=first["token"], photo=None)
    assert again.status_code == 400
    assert [error["field"] for error in again.json()["errors"]] == ["consent_version"]
    assert TryOn.objects.count() == 1


def test_no_token_works_in_an_address(client):
    body = ask(client).json()
    for name in ("token", "X-Try-On-Token", "owner"):
        assert client.get(body["links"]["self"], {name: body["token"]}).status_code == 403


def test_the_same_photo_serves_another_garment_under_the_owner_token(client):
    first = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    again = ask(client, token=first["token"], photo=None, consent=None, of_age=None)
    assert again.status_code == 202, again.content
    assert again.json()["state"] == "making"
    assert ShopperPhoto.objects.count() == 1
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": first["token"]}}
    assert client.get(again.json()["links"]["self"], **mine).json()["state"] == "done"


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


@pytest.mark.parametrize(
    "arms, words",
    [("crossed", "crossed")],
)
def test_what_the_photo_must_show_is_said_in_words(client, arms, words):
    body = ask(client, photo=upload(person_bytes(arms=arms))).json()
    moved = POSE | {"left_wrist": [0.6, 0.45], "right_wrist": [0.4, 0.45]}
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    if now["state"] == "placing":  # read otherwise from the outline; the shopper says how it is
        client.put(
            body["links"]["self"] + "landmarks/",
            json.dumps({"landmarks": moved, "front_view": True}),
            content_type="application/json",
            **mine,
        )
        run_jobs()
        now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed"
    assert words in now["problem"]["detail"]


def test_a_photo_from_behind_is_refused_in_words_and_the_shopper_may_object(client):
    body = ask(client, photo=upload(person_bytes(is_behind=True))).json()
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed", now
    assert "Take one from the front" in now["problem"]["detail"]
    assert now["problem"]["may_place"] is True
    here = body["links"]["self"] + "landmarks/"
    for said, status in ((None, 400), (False, 409), (True, 202)):
        wish = {"landmarks": now["landmarks"], "front_view": said}
        answer = client.put(here, json.dumps(wish), content_type="application/json", **mine)
        assert answer.status_code == status, answer.content
        if said is None:
            assert answer.json()["errors"][0]["field"] == "front_view"
        if said is False:
            assert "Take one from the front" in answer.json()["detail"]
    run_jobs()
    assert client.get(body["links"]["self"], **mine).json()["state"] == "done"


@pytest.mark.parametrize(
    ("said", "status", "state"), [("no", 409, None), ("perhaps", 400, None), (None, 202, "failed")]
)
def test_landmarks_in_the_form_need_a_face_or_the_word_that_it_is_the_front(
    client, said, status, state
):
    answer = ask(client, landmarks=json.dumps(POSE), front_view=said)
    assert answer.status_code == status, answer.content
    if state is None:
        assert not ShopperPhoto.objects.exists()
        return
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": answer.json()["token"]}}
    now = client.get(answer.json()["links"]["self"], **mine).json()
    assert now["state"] == state
    assert "Say whether it is from the front" in now["problem"]["detail"]


def test_landmarks_in_the_form_do_not_pass_by_the_count_of_the_faces(client, monkeypatch):
    boxes = [(150.0, 40.0, 210.0, 110.0)] * 2
    monkeypatch.setattr("prodimages.engines.fitting.faces.find_faces", lambda rgb: boxes)
    body = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    assert "2 persons" in now["problem"]["detail"]


def test_the_garment_of_a_photo_that_is_not_plane_on_is_told_before_points_are_placed(client):
    from prodimages.models import ProductSettings

    product = make_top()
    ProductSettings.objects.update_or_create(
        product=product, defaults={"support": "surface", "elevation": 20.0}
    )
    body = ask(client, product).json()
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed"
    assert now["problem"]["kind"] == "garment"
    assert "photo of this product" in now["problem"]["detail"]
    assert now["problem"]["may_place"] is False


def test_a_wall_without_a_person_is_refused_in_words(client):
    plain = io.BytesIO()
    Image.new("RGB", (400, 500), (230, 230, 228)).save(plain, "JPEG")
    body = ask(client, photo=upload(plain.getvalue())).json()
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed"
    assert now["problem"]["kind"] == "person"


def test_a_photo_that_is_indecent_is_refused_before_anything_is_made_of_it(client, monkeypatch):
    monkeypatch.setattr("prodimages.safety.nudity.nudity", lambda rgb: 0.95)
    body = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    mine = {"headers": {"X-Try-On-Token": body["token"]}}
    now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed"
    assert now["problem"]["kind"] == "content_refused"


def test_without_the_weights_nothing_passes(client, monkeypatch):
    monkeypatch.setattr("prodimages.safety.nudity._session", None)
    monkeypatch.setattr("prodimages.safety.nudity._path", lambda: None)
    ask(client, landmarks=json.dumps(POSE))
    run_jobs()
    (job,) = GenerationJob.every.all()
    assert job.error_kind == "unavailable"


def test_switched_off_there_is_no_try_on(client, settings):
    settings.PRODIMAGES = FITTING | {"TRY_ON_ENGINE": ""}
    assert ask(client).status_code == 404


def test_quotas_refuse_with_the_seconds_until_tomorrow(client, settings):
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"token": 9, "address": 2, "product": 9}}
    assert [ask(client).status_code for _again in range(3)] == [202, 202, 429]
    answer = ask(client)
    assert 0 < int(answer["Retry-After"]) <= 86400
    assert ShopperPhoto.objects.count() == 2


def test_photos_that_are_refused_use_the_quotas_up_as_well(client, settings, monkeypatch):
    """Else whoever may ask for no more could have us open pictures all day."""
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"address": 2}}
    opened = []
    monkeypatch.setattr("prodimages.imaging.reencode.open_photo", lambda *given: opened.append(1))
    codes = [ask(client, photo=upload(b"hello")).status_code for _again in range(4)]
    assert codes == [400, 400, 429, 429]
    assert len(opened) == 2


def test_a_header_that_anybody_can_send_makes_no_new_address(client, settings, from_anywhere):
    settings.PRODIMAGES = FITTING | {"TRY_ON_QUOTAS": {"address": 1}}
    codes = [
        client.post(URL, form(make_top()), headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(2)
    ]
    assert codes == [202, 429]


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(URL).status_code == 405
