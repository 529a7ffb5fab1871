"""The region that a shopper looks at and paints: shown, and kept to."""

from __future__ import annotations

import json

import numpy as np
import pytest

from prodimages.imaging.regions import KEPT, OLD
from prodimages.models import GenerationJob, TryOn
from prodimages.services.try_on import ordering, painting
from prodimages.testing import run_jobs
from tests.storefront.painting import (
    HEM,
    opened,
    own_photo,
    paint,
    picture,
    png,
    put,
    shown,
    white,
    without_chest,
)
from tests.storefront.shoppers import POSE, ask, headers, shoppers_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def test_the_region_is_there_with_the_landmarks_and_holds_while_they_stay(client):
    """No job runs anew for points that nobody moved, though fields round them."""
    body = ask(client).json()
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "placing"
    assert now["asks_front_view"] is True
    assert "region" in now["links"]
    rounded = {name: [round(x, 3), round(y, 3)] for name, (x, y) in now["landmarks"].items()}
    wish = {"landmarks": rounded, "front_view": True, "show_region": True}
    agreed = put(client, body, "landmarks", wish)
    assert agreed.status_code == 202, agreed.content
    assert agreed.json()["state"] == "painting"
    assert agreed.json()["landmarks"] == now["landmarks"]
    assert run_jobs() == []
    moved = rounded | {"left_hip": [rounded["left_hip"][0] - 0.02, rounded["left_hip"][1]]}
    again = put(client, body, "landmarks", wish | {"landmarks": moved})
    assert again.json()["state"] == "outlining"
    assert "region" not in again.json()["links"]
    before = TryOn.objects.get().region.name
    run_jobs()
    try_on = TryOn.objects.get()
    assert try_on.region.name != before
    assert try_on.regions_asked == 1
    names = shoppers_files(painting.shopper_storage())
    assert len([name for name in names if name.endswith("-region.png")]) == 1


def test_the_region_covers_the_old_top_and_never_face_or_hands(client):
    _body, content = shown(client)
    region = opened(content)
    assert region.shape == (480, 360)
    assert region[230, 180] == OLD  # the chest
    assert region[80, 180] == KEPT  # the face
    assert region[45, 180] == KEPT  # the hair
    assert region[296, 290] == KEPT  # a hand
    assert region[20, 20] == 0


def test_what_was_found_makes_the_same_picture_as_without_looking_at_it(client):
    body, found = shown(client)
    assert paint(client, body, png(white(opened(found)))).json()["state"] == "making"
    assert not TryOn.objects.get().edits
    looked = picture(client, body)
    other = ask(client, landmarks=json.dumps(POSE)).json()
    assert np.array_equal(picture(client, other), looked)


def test_what_is_taken_out_stays_as_it_is(client):
    body, found = shown(client)
    answer = paint(client, body, without_chest(found))
    assert answer.status_code == 202, answer.content
    made, own = picture(client, body), own_photo()
    inner = np.s_[208:228, 168:192]
    assert np.abs(made[inner] - own[inner]).mean() < 3  # as far as a JPEG is the same
    assert np.abs(made[260:290, 150:210] - own[260:290, 150:210]).mean() > 20


def test_what_is_put_in_is_repainted_but_never_the_face(client):
    body, found = shown(client)
    region = opened(found)
    assert (region[HEM] == 0).all()
    mask = white(region)
    mask[HEM] = 255
    mask[40:112, 150:210] = 255  # the whole head
    assert paint(client, body, png(mask)).status_code == 202
    edits = opened(painting.shopper_storage().open(TryOn.objects.get().edits.name).read())
    assert (edits[HEM] == OLD).all()
    assert (edits[60:100, 165:195] == 0).all()
    made, own = picture(client, body), own_photo()
    assert np.abs(made[60:100, 165:195] - own[60:100, 165:195]).mean() < 3
    report = GenerationJob.every.get()
    assert report.state == "succeeded"


def test_the_worker_guards_the_face_whatever_the_edits_say(client):
    """Should the marks of the day it was painted have been others."""
    body, _found = shown(client)
    try_on = TryOn.objects.get()
    name = f"shoppers/{try_on.photo_id}/forged.png"
    everything = np.full((480, 360), OLD, np.uint8)
    painting.files.write_verified(painting.shopper_storage(), name, png(everything))
    TryOn.objects.update(edits=name, is_painting=False)
    try_on.refresh_from_db()
    ordering.queue(try_on, try_on.product)
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    if now["state"] == "done":
        made, own = picture(client, body), own_photo()
        assert np.abs(made[60:100, 165:195] - own[60:100, 165:195]).mean() < 3
    else:
        assert "does not fit" in now["problem"]["detail"]


def test_looking_again_and_again_has_its_limit(client, monkeypatch):
    monkeypatch.setattr(ordering, "MOST_REGIONS", 2)
    body, _found = shown(client)
    codes = []
    for step in range(3):
        moved = POSE | {"left_hip": [0.36 - 0.01 * step, 0.66]}
        wish = {"landmarks": moved, "show_region": True}
        codes.append(put(client, body, "landmarks", wish).status_code)
        run_jobs()
    assert codes == [202, 202, 429]
    again = put(client, body, "landmarks", {"landmarks": POSE})
    assert again.json()["state"] == "making"  # without a look


def test_the_photo_serves_another_garment_and_its_region_is_shown_first(client):
    body, found = shown(client)
    paint(client, body, without_chest(found))
    run_jobs()
    again = ask(
        client, token=body["token"], photo=None, consent=None, of_age=None, show_region="yes"
    ).json()
    assert again["state"] == "outlining"
    run_jobs()
    now = client.get(again["links"]["self"], **headers(body)).json()
    assert now["state"] == "painting"
    assert not TryOn.objects.order_by("-pk").first().edits


def test_landmarks_that_move_take_what_was_painted_with_them(client, monkeypatch):
    """After a picture that failed, say: edits are of a region, and that is another one now."""
    body, found = shown(client)
    paint(client, body, without_chest(found))
    GenerationJob.every.update(state="failed", error="x", error_kind="internal")
    name = TryOn.objects.get().edits.name
    assert put(client, body, "landmarks", {"landmarks": POSE}).status_code == 202
    assert not TryOn.objects.get().edits
    assert not painting.shopper_storage().exists(name)
