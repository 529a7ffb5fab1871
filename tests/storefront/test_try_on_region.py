"""The region that a shopper looks at and paints: shown, kept to, and erased with the rest."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.cache import cache
from django.core.signals import got_request_exception
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from prodimages.imaging.regions import KEPT, OLD
from prodimages.models import GenerationJob, ShopperPhoto, TryOn
from prodimages.services import housekeeping
from prodimages.services.try_on import erasure, ordering, painting
from prodimages.testing import run_jobs
from tests.storefront.test_try_on import FITTING, POSE, ask
from tests.storefront.test_try_on_privacy import (
    assert_nothing_is_left,
    everything_in_the_database,
    headers,
    shoppers_files,
)
from tests.wearing import person_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fitting(settings):
    settings.PRODIMAGES = FITTING


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def opened(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def white(region: np.ndarray) -> np.ndarray:
    return np.where(region == OLD, 255, 0).astype(np.uint8)


PATCH = np.s_[200:236, 160:200]  # a brooch, say, on the chest
HEM = np.s_[385:400, 132:168]  # on a leg


def without_chest(found: bytes) -> bytes:
    mask = white(opened(found))
    mask[PATCH] = 0
    return png(mask)


def put(client, body, name: str, content, kind: str = "application/json"):
    data = content if isinstance(content, bytes) else json.dumps(content)
    return client.put(f"{body['links']['self']}{name}/", data, content_type=kind, **headers(body))


def shown(client, **values):
    """A try-on whose region is there to be painted, and the region."""
    body = ask(client, landmarks=json.dumps(POSE), show_region="yes", **values).json()
    assert body["state"] == "outlining", body
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "painting", now
    answer = client.get(now["links"]["region"], **headers(body))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "image/png"
    return body, answer.content


def paint(client, body, mask: bytes, kind: str = "image/png"):
    return put(client, body, "region", mask, kind)


def picture(client, body) -> np.ndarray:
    run_jobs()
    now = client.get(body["links"]["self"], **headers(body)).json()
    assert now["state"] == "done", now
    content = b"".join(client.get(now["links"]["image"], **headers(body)).streaming_content)
    return opened(content)[..., :3].astype(int)


def own_photo() -> np.ndarray:
    return opened(person_bytes("PNG"))[..., :3].astype(int)


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


def many_frames() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("L", (360, 480), shade) for shade in (0, 255)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def colored() -> bytes:
    return png(np.zeros((480, 360, 3), np.uint8))


def heavy() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (600, 600), np.uint8)
    return png(noise)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (b"hello", "damaged"),
        (png(np.zeros((480, 360), np.uint8))[:60], "damaged"),
        (person_bytes(), "damaged"),
        (many_frames(), "gray PNG"),
        (colored(), "gray PNG"),
        (png(np.zeros((480, 360), np.uint16)), "gray PNG"),
        (heavy(), "too large"),
        (png(np.zeros((360, 480), np.uint8)), "proportions"),
        (png(np.zeros((4800, 3600), np.uint8)), "proportions"),
        (png(np.zeros((48, 36), np.uint8)), "proportions"),
        (png(np.zeros((480, 360), np.uint8)), "neither nothing"),
        (png(np.full((480, 360), 255, np.uint8)), "neither nothing"),
    ],
    ids=[
        *("text", "truncated", "jpeg", "animated", "colored", "16 bits", "heavy"),
        *("lying", "huge", "tiny", "black", "white"),
    ],
)
def test_a_mask_that_can_not_be_used_is_refused_in_words_and_changes_nothing(client, mask, words):
    body, found = shown(client)
    before = shoppers_files(painting.shopper_storage())
    answer = paint(client, body, mask)
    assert answer.status_code == 400, answer.content
    (error,) = answer.json()["errors"]
    assert error["field"] == "region"
    assert words in error["detail"]
    assert shoppers_files(painting.shopper_storage()) == before
    assert paint(client, body, without_chest(found)).status_code == 202


def test_a_mask_half_as_large_is_taken_by_its_proportions(client):
    body, found = shown(client)
    half = Image.open(io.BytesIO(found)).resize((180, 240), Image.Resampling.NEAREST)
    mask = white(np.asarray(half))
    mask[100:118, 80:100] = 0
    assert paint(client, body, png(mask)).status_code == 202
    edits = opened(painting.shopper_storage().open(TryOn.objects.get().edits.name).read())
    assert (edits == KEPT).sum() == 18 * 20
    assert not (edits == OLD).any()


def test_other_media_types_are_refused(client):
    body, found = shown(client)
    assert paint(client, body, found, "application/octet-stream").status_code == 415
    assert paint(client, body, found, "multipart/form-data").status_code == 415


def test_nothing_is_shown_or_painted_out_of_turn(client):
    body = ask(client).json()
    assert client.get(body["links"]["self"] + "region/", **headers(body)).status_code == 404
    assert paint(client, body, b"x").status_code == 400
    run_jobs()
    assert paint(client, body, b"x").status_code == 400  # the landmarks come first
    done, found = shown(client)
    paint(client, done, without_chest(found))
    assert paint(client, done, without_chest(found)).status_code == 400
    run_jobs()
    assert paint(client, done, without_chest(found)).status_code == 400


def test_forged_and_foreign_tokens_see_and_change_nothing(client):
    body, found = shown(client)
    other = ask(client).json()
    for token in ("", "A" * 43, other["token"]):
        wrong = {"headers": {"X-Try-On-Token": token}}
        here = body["links"]["self"] + "region/"
        assert client.get(here, **wrong).status_code == 403
        assert client.put(here, found, content_type="image/png", **wrong).status_code == 403
    assert not TryOn.objects.exclude(edits="").exists()


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


def test_everything_is_erased_with_the_photo(client, tmp_path):
    body, found = shown(client)
    paint(client, body, without_chest(found))
    picture(client, body)
    names = shoppers_files(tmp_path)
    assert len(names) == 4  # the photo, the region, the edits, the picture
    assert client.delete(body["links"]["self"], **headers(body)).status_code == 204
    assert_nothing_is_left(tmp_path)


def test_after_the_deadline_nothing_of_it_is_left_anywhere(client, tmp_path, monkeypatch, logged):
    """Storage, rows, cache and words of the log, with the clock a day on."""
    body, found = shown(client)
    mask = without_chest(found)
    paint(client, body, mask)
    run_jobs()
    names = [Path(name).name for name in shoppers_files(tmp_path)]
    assert len(names) == 4
    rows = everything_in_the_database()
    assert all(name in rows for name in names)
    over = timezone.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    for method, name in (("get", "region"), ("put", "region"), ("put", "landmarks")):
        answer = getattr(client, method)(f"{body['links']['self']}{name}/", **headers(body))
        assert answer.status_code in (403, 415)
    housekeeping.reap()
    assert_nothing_is_left(tmp_path)
    kept = everything_in_the_database() + str(getattr(cache, "_cache", {})) + "\n".join(logged)
    for secret in (*names, body["id"], body["token"], str(mask[40:60]), str(POSE["neck"])):
        assert secret not in kept


@override_settings(DEBUG=False)
def test_error_reports_hold_nothing_of_the_mask(client, monkeypatch):
    from django.views.debug import ExceptionReporter

    body, found = shown(client)
    mask = without_chest(found)
    reports = []

    def keep(sender, request, **kwargs):
        reporter = ExceptionReporter(request, *sys.exc_info())
        reports.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(keep, weak=False, dispatch_uid="test")
    monkeypatch.setattr(painting.ordering, "queue", lambda *given: 1 / 0)
    client.raise_request_exception = False
    try:
        assert paint(client, body, mask).status_code == 500
    finally:
        got_request_exception.disconnect(dispatch_uid="test")
    assert body["token"] not in reports[0]
    assert "IHDR" not in reports[0]
    assert not TryOn.objects.get().edits
    assert len(shoppers_files(painting.shopper_storage())) == 2  # the photo, and the region


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_erasing_while_the_region_is_found_stores_nothing(client, tmp_path, monkeypatch, moment):
    from prodimages.services.try_on import people

    body = ask(client, landmarks=json.dumps(POSE), show_region="yes").json()
    erase_within(monkeypatch, people.files, client, body, moment)
    run_jobs()
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_erasing_while_the_mask_is_stored_stores_nothing(client, tmp_path, monkeypatch, moment):
    body, found = shown(client)
    erase_within(monkeypatch, painting.files, client, body, moment)
    assert paint(client, body, without_chest(found)).status_code == 403
    assert_nothing_is_left(tmp_path)
    assert run_jobs() == []


def erase_within(monkeypatch, files, client, body, moment: str) -> None:
    write = files.write_verified

    def write_and_erase(storage, name, content):
        if moment == "before the file":
            client.delete(body["links"]["self"], **headers(body))
        written = write(storage, name, content)
        if moment == "after the file":
            client.delete(body["links"]["self"], **headers(body))
        return written

    monkeypatch.setattr(files, "write_verified", write_and_erase)


def test_a_web_process_that_died_between_name_and_file_leaves_nothing(client, tmp_path):
    """The name stands in the row first: whatever lies there goes with the photo."""
    _body, found = shown(client)
    try_on = TryOn.objects.get()
    name = f"shoppers/{try_on.photo_id}/left.png"
    TryOn.objects.update(edits=name)
    painting.files.write_verified(painting.shopper_storage(), name, found)
    erasure.erase(ShopperPhoto.objects.get())
    assert_nothing_is_left(tmp_path)


def test_of_two_masks_at_once_one_is_kept(client, monkeypatch):
    body, found = shown(client)
    write, codes = painting.files.write_verified, []

    def meanwhile(storage, name, content):
        monkeypatch.setattr(painting.files, "write_verified", write)
        codes.append(paint(client, body, png(white(opened(found)))).status_code)
        return write(storage, name, content)

    monkeypatch.setattr(painting.files, "write_verified", meanwhile)
    codes.append(paint(client, body, without_chest(found)).status_code)
    assert sorted(codes) == [202, 400]
    assert GenerationJob.every.filter(state="queued").count() == 1
    kept = [name for name in shoppers_files(painting.shopper_storage()) if "region" not in name]
    assert len(kept) == 1  # the photo
