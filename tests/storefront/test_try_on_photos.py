"""What stops a try-on on its way through the whole chain, and what must not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prodimages.choices import Extra
from prodimages.models import ShopperPhoto
from prodimages.pipeline.steps import cutout
from prodimages.pipeline.steps.modesty import LIMIT
from prodimages.safety.nudity import nudity
from prodimages.services import cutouts
from prodimages.testing import run_jobs
from tests.services.test_house_models import make_model, make_style, order
from tests.storefront.shoppers import FITTING, ask, upload
from tests.wearing import encoded, make_top, person, top

data = pytest.importorskip("skimage.data")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fitting")]


def followed(client, picture: Image.Image) -> dict:
    body = ask(client, photo=upload(encoded(picture))).json()
    run_jobs()
    mine = {"X-Try-On-Token": body["token"]}
    return client.get(body["links"]["self"], headers=mine).json()


def test_two_persons_are_refused_in_words(client):
    one = data.astronaut()[:, :340]
    now = followed(client, Image.fromarray(np.concatenate([one, one], axis=1)))
    assert now["state"] == "failed"
    assert now["problem"]["kind"] == "person"
    assert "2 persons" in now["problem"]["detail"]
    assert "one person alone" in now["problem"]["detail"]


def test_one_face_is_counted_and_the_landmarks_are_asked_about(client, settings):
    settings.PRODIMAGES = {name: value for name, value in FITTING.items() if name != "CUTOUT"}
    now = followed(client, Image.fromarray(data.astronaut()))
    assert (now["state"], now["photo"]["faces"]) == ("placing", 1)
    neck, left, right = (now["landmarks"][f"{name}"] for name in ("neck", *_SHOULDERS))
    assert left[0] < neck[0] < right[0]
    assert 0.3 < neck[0] < 0.55
    assert 0.3 < neck[1] < 0.55


_SHOULDERS = ("left_shoulder", "right_shoulder")


def test_without_a_face_nothing_is_made_before_the_shopper_has_looked(client):
    now = followed(client, person())
    assert (now["state"], now["photo"]["faces"]) == ("placing", 0)
    assert ShopperPhoto.objects.get().confirmed_at is None


def test_somebody_cut_at_the_shoulders_is_told_what_photo_works(client):
    now = followed(client, person(size=(900, 1200)).crop((0, 0, 900, 295)))
    assert (now["state"], now["problem"]["kind"]) == ("failed", "person")
    assert "from the head to below the hips" in now["problem"]["detail"]


def on_a_hanger() -> bytes:
    picture = top(color=(40, 70, 130), side=400)
    draw = ImageDraw.Draw(picture)
    draw.line([(200, 70), (200, 36)], (70, 72, 76), 6)
    draw.arc((184, 4, 216, 38), 150, 90, (70, 72, 76), 6)
    return encoded(picture, "PNG")


def test_a_hanger_that_is_only_suspected_stops_the_job_until_somebody_has_looked(monkeypatch):
    monkeypatch.setattr(cutout, "SURE", 1.1)
    make_model()
    product, style = make_top(photo=on_a_hanger()), make_style()
    order(product, style=style)
    (job,) = run_jobs()
    assert job.photo.cutouts.get().extras, "the hook must be found for this test to tell anything"
    assert (job.state, job.error_kind) == ("failed", "garment")
    assert "hanger" in job.error
    cutouts.approve_cutout(job.photo.cutouts.get(), user=None)
    order(product, style=style)
    again = run_jobs()[-1]
    assert again.state == "succeeded", again.error


def test_a_sure_hanger_is_taken_out_by_itself():
    make_model()
    order(make_top(photo=on_a_hanger()))
    (job,) = run_jobs()
    assert job.state == "succeeded", job.error
    done = job.images.get().fidelity["operations"]
    assert Extra.HANGER in [one.get("kind") for one in done if one["name"] == "remove"]


def test_the_threshold_lets_dressed_people_pass():
    """What can be had without offending anybody: an astronaut, drawn people, bare arms, a face."""
    astronaut = data.astronaut()
    pictures = {
        "astronaut": astronaut,
        "her face": astronaut[20:220, 120:320],
        "somebody": np.asarray(person().convert("RGB")),
        "in a skin-colored top": np.asarray(person(top=(150, 104, 84)).convert("RGB")),
        "a cup": data.coffee(),
    }
    scores = {name: nudity(np.ascontiguousarray(rgb)) for name, rgb in pictures.items()}
    assert all(score < LIMIT / 2 for score in scores.values()), scores
    assert scores["a cup"] < 0.1


def test_the_score_is_the_networks_own(monkeypatch):
    """A threshold that nothing can reach would let everything pass."""

    class Session:
        def get_inputs(self):
            return [type("Input", (), {"name": "input"})]

        def run(self, outputs, values):
            (pixels,) = values.values()
            assert pixels.shape == (1, 224, 224, 3)
            return [np.float32([[0.1, 0.9]])]

    monkeypatch.setattr("prodimages.safety.nudity._session", Session())
    assert nudity(np.zeros((300, 200, 3), np.uint8)) == pytest.approx(0.9)
