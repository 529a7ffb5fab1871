"""Photos that no try-on is made of, and what the shopper is told."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from prodimages.models import GenerationJob, ShopperPhoto
from prodimages.testing import run_jobs
from tests.storefront.shoppers import POSE, ask, headers, upload
from tests.wearing import make_top, person_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


@pytest.mark.parametrize(
    "arms, words",
    [("crossed", "crossed")],
)
def test_what_the_photo_must_show_is_said_in_words(client, arms, words):
    body = ask(client, photo=upload(person_bytes(arms=arms))).json()
    moved = POSE | {"left_wrist": [0.6, 0.45], "right_wrist": [0.4, 0.45]}
    run_jobs()
    mine = headers(body)
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
    mine = headers(body)
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
    mine = headers(answer.json())
    now = client.get(answer.json()["links"]["self"], **mine).json()
    assert now["state"] == state
    assert "Say whether it is from the front" in now["problem"]["detail"]


def test_landmarks_in_the_form_do_not_pass_by_the_count_of_the_faces(client, monkeypatch):
    boxes = [(150.0, 40.0, 210.0, 110.0)] * 2
    monkeypatch.setattr("prodimages.engines.fitting.faces.find_faces", lambda rgb: boxes)
    body = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    mine = headers(body)
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
    mine = headers(body)
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
    mine = headers(body)
    now = client.get(body["links"]["self"], **mine).json()
    assert now["state"] == "failed"
    assert now["problem"]["kind"] == "person"


def test_a_photo_that_is_indecent_is_refused_before_anything_is_made_of_it(client, monkeypatch):
    monkeypatch.setattr("prodimages.safety.nudity.nudity", lambda rgb: 0.95)
    body = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    mine = headers(body)
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
