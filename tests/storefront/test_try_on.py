"""A shopper's try-on from the upload to the picture and its end, over HTTP and the real steps."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from prodimages.imaging import xmp
from prodimages.models import GenerationJob, ShopperPhoto, TryOn
from prodimages.testing import run_jobs
from tests.storefront.shoppers import FITTING, POSE, URL, ask, headers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def test_from_upload_to_picture_to_erasure(client):
    answer = ask(client)
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert body["state"] == "looking"
    assert body["token"] not in answer["Location"]
    assert "no-store" in answer["Cache-Control"]
    mine = headers(body)
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
    mine = headers(body)
    assert client.get(body["links"]["self"], **mine).json()["state"] == "done"


def test_the_same_photo_serves_another_garment_under_the_owner_token(client):
    first = ask(client, landmarks=json.dumps(POSE)).json()
    run_jobs()
    again = ask(client, token=first["token"], photo=None, consent=None, of_age=None)
    assert again.status_code == 202, again.content
    assert again.json()["state"] == "making"
    assert ShopperPhoto.objects.count() == 1
    run_jobs()
    mine = headers(first)
    assert client.get(again.json()["links"]["self"], **mine).json()["state"] == "done"


def test_switched_off_there_is_no_try_on(client, settings):
    settings.PRODIMAGES = FITTING | {"TRY_ON_ENGINE": ""}
    assert ask(client).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(URL).status_code == 405
