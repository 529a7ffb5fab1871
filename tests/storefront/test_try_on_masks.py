"""What is taken for a painted region, of whom, and when."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.imaging.regions import KEPT, OLD
from prodimages.models import GenerationJob, TryOn
from prodimages.services.try_on import painting
from prodimages.testing import run_jobs
from tests.storefront.painting import opened, paint, png, shown, white, without_chest
from tests.storefront.shoppers import ask, headers, shoppers_files
from tests.wearing import person_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


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
