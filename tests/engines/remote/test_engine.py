"""The remote engine against a server that answers as the documented ones do."""

from __future__ import annotations

import dataclasses
import io
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.engines import canvas
from prodimages.engines.base import GenerationRequest, TryOn
from prodimages.engines.remote import RemoteEngine
from prodimages.exceptions import JobCanceled, JobFailure
from prodimages.imaging.types import PlacedProduct
from tests.engines.remote.server import ImageServer, running


@pytest.fixture
def server() -> Iterator[ImageServer]:
    with running() as server:
        yield server


def engine(server: ImageServer, **options: Any) -> RemoteEngine:
    return RemoteEngine("far", {"URL": server.url, "MODEL": "m", "RETRIES": 0, **options})


def product(size: int = 256) -> PlacedProduct:
    """A textured disk in the middle."""
    y, x = np.mgrid[:size, :size]
    alpha = (np.hypot(x - size / 2, y - size / 2) < size / 4).astype(np.float32)
    noise = np.random.default_rng(1).integers(40, 220, (size // 8, size // 8, 3))
    rgb = np.kron(noise, np.ones((8, 8, 1))).astype(np.uint8)
    rgb[alpha == 0] = 0
    box = (size // 4, size // 4, size * 3 // 4, size * 3 // 4)
    return PlacedProduct(rgb=rgb, alpha=alpha, box=box, scale=1.0)


def request(**fields: Any) -> GenerationRequest:
    given = {"task": Task.TEXT_TO_IMAGE, "prompt": "a mug", "seed": 7, "width": 256, "height": 256}
    return GenerationRequest(**(given | fields))


def background(**fields: Any) -> GenerationRequest:
    return request(
        task=Task.BACKGROUND, product=product(), parameters={"canvas": "neutral"}, **fields
    )


def generate(engine: RemoteEngine, *requests: GenerationRequest) -> list[Any]:
    return list(
        engine.generate(requests, on_progress=lambda fraction: None, is_canceled=lambda: False)
    )


def test_text_becomes_a_picture(server: ImageServer) -> None:
    asked = request(negative_prompt="text", parameters={"steps": 4, "guidance": 1.5})

    (picture,) = generate(engine(server, KEY="secret", PRICE=0.04), asked)

    ((path, fields),) = server.requests
    assert path == "/v1/images/generations"
    assert fields == {
        **{"model": "m", "prompt": "a mug", "n": 1, "size": "256x256", "seed": 7},
        **{"negative_prompt": "text", "num_inference_steps": 4, "guidance_scale": 1.5},
        **{"response_format": "b64_json", "_key": "Bearer secret"},
    }
    expected = server.draw(256, 256, 7) / np.float32(255)
    assert np.abs(picture.rgb - expected).max() < 1e-6
    assert picture.source_type == SourceType.TRAINED
    assert picture.metadata["price"] == {"amount": 0.04, "currency": "USD"}
    assert picture.notices == []


@pytest.mark.parametrize("kind", ["vllm-omni", "openai"])
def test_the_mask_protects_the_product(server: ImageServer, kind: str) -> None:
    options = {"SERVER": kind, "SIZES": ["256x256"]}

    (picture,) = generate(engine(server, **options), background())

    goods = product()
    inside = goods.alpha == 1
    assert server.requests[0][0] == "/v1/images/edits"
    assert np.abs(picture.rgb[inside] * 255 - goods.rgb[inside]).max() < 0.01
    corner = picture.rgb[0, :20] * 255
    seed = 7 if kind == "vllm-omni" else 0
    assert np.abs(corner - server.draw(256, 256, seed)[0, :20]).max() < 0.01
    assert picture.source_type == SourceType.COMPOSITE_WITH_TRAINED
    assert any("no seed" in notice for notice in picture.notices) == (kind == "openai")


@pytest.mark.parametrize("kind", ["vllm-omni", "openai", "sglang"])
def test_a_restyle_may_paint_over_everything(server: ImageServer, kind: str) -> None:
    request = dataclasses.replace(background(), task=Task.RESTYLE)
    (made,) = generate(engine(server, SERVER=kind, SIZES=["256x256"]), request)
    assert made.source_type == SourceType.COMPOSITE_WITH_TRAINED
    ((path, fields),) = server.requests
    assert path.endswith("/edits")
    assert "Keep each thing in it where it is" in fields["prompt"]
    assert ("mask" in fields or "mask_image" in fields) == (kind != "sglang")


def test_a_restyle_that_moves_the_product_is_refused(server: ImageServer) -> None:
    server.moves = (5, 3)
    request = dataclasses.replace(background(), task=Task.RESTYLE)
    (made,) = generate(engine(server, SERVER="sglang"), request)
    assert isinstance(made, JobFailure)
    assert "moved the product" in str(made)


def test_an_editor_without_a_mask_may_not_move_the_product(server: ImageServer) -> None:
    still = generate(engine(server, SERVER="sglang"), background())[0]
    server.moves = (0, 6)
    moved = generate(engine(server, SERVER="sglang"), background())[0]

    assert still.rgb.shape == (256, 256, 3)
    assert isinstance(moved, JobFailure)
    assert "moved the product" in str(moved)


def worn(**fields: Any) -> GenerationRequest:
    """Noise in a garment of noise."""
    random = np.random.default_rng(3)
    region = np.zeros((256, 192), bool)
    region[80:200, 50:140] = True
    pictures = TryOn(
        person=random.integers(0, 256, (256, 192, 3), np.uint8),
        garment=random.integers(0, 256, (1600, 1200, 3), np.uint8),
        region=region,
    )
    given = {"task": Task.TRY_ON, "width": 192, "height": 256, "try_on": pictures}
    return request(**(given | fields))


@pytest.mark.parametrize("kind", ["vllm-omni", "openai", "sglang"])
def test_a_try_on_sends_the_person_with_the_region_gray_and_the_garment(
    server: ImageServer, kind: str
) -> None:
    asked = worn(prompt="in soft light")
    (made,) = generate(engine(server, SERVER=kind, SIZES=["192x256"]), asked)

    ((path, fields),) = server.requests
    assert path == "/v1/images/edits"
    person, garment = (np.asarray(Image.open(io.BytesIO(file))) for file in fields["image[]"])
    region = asked.try_on.region
    assert (person[region] == 128).all()
    assert np.array_equal(person[~region], asked.try_on.person[~region])
    assert garment.shape[0] * garment.shape[1] <= 1024 * 1024
    assert "picture 2" in fields["prompt"]
    assert fields["prompt"].endswith("in soft light")
    if kind == "openai":
        hidden = np.asarray(Image.open(io.BytesIO(fields["mask"])))[..., 3]
        assert np.array_equal(hidden == 0, region)
    assert ("mask_image" in fields) == (kind == "vllm-omni")
    assert made.source_type == SourceType.COMPOSITE_WITH_TRAINED
    eight = np.rint(made.rgb * 255).astype(np.uint8)
    assert np.array_equal(eight[~region], asked.try_on.person[~region])


@pytest.mark.parametrize("kind", ["vllm-omni", "sglang"])
def test_a_person_who_was_moved_is_refused(server: ImageServer, kind: str) -> None:
    server.moves = (0, 5)
    (made,) = generate(engine(server, SERVER=kind), worn())
    assert isinstance(made, JobFailure)
    assert "moved the person" in str(made)


def test_a_try_on_without_pictures_is_refused(server: ImageServer) -> None:
    (made,) = generate(engine(server), worn(try_on=None))
    assert isinstance(made, JobFailure)
    assert "needs a person" in str(made)
    assert server.requests == []


def test_other_sizes_are_drawn_larger_and_cut_back(server: ImageServer) -> None:
    asked = request(width=300, height=400)

    (picture,) = generate(engine(server, SERVER="openai"), asked)

    assert server.requests[0][1]["size"] == "1024x1536"
    assert picture.rgb.shape == (400, 300, 3)


def test_a_refused_picture_leaves_its_neighbors_theirs(server: ImageServer) -> None:
    refusal = {"error": {"message": "Not this.", "code": "content_policy_violation"}}
    server.script = [(400, refusal, {})]

    made = generate(engine(server, CONCURRENCY=1), request(seed=1), request(seed=2))

    assert isinstance(made[0], JobFailure)
    assert made[0].kind == FailureKind.CONTENT_REFUSED
    assert not made[0].retryable
    assert "Not this." in str(made[0])
    assert made[1].rgb.shape == (256, 256, 3)


@pytest.mark.parametrize(
    ("status", "body", "kind", "again", "words"),
    [
        (429, {"detail": "slow down"}, FailureKind.UNAVAILABLE, True, "busy"),
        (429, {"error": {"code": "insufficient_quota"}}, FailureKind.UNAVAILABLE, False, "budget"),
        (503, {"detail": "Diffusion engine not initialized."}, "unavailable", True, "not init"),
        (401, {"error": {"message": "bad key"}}, FailureKind.UNAVAILABLE, False, "KEY"),
        (404, {"error": {"message": "no model"}}, FailureKind.UNAVAILABLE, False, "MODEL"),
        (400, {"detail": "Invalid size"}, FailureKind.ENGINE, False, "Invalid size"),
        (422, {"detail": [{"msg": "field required"}]}, FailureKind.ENGINE, False, "required"),
        (200, {"data": [{"url": "http://169.254.169.254/"}]}, "engine", False, "without a picture"),
        (200, {"data": [{"b64_json": "!!"}]}, FailureKind.ENGINE, False, "decoded"),
        (200, {"data": [{"b64_json": "aGVsbG8="}]}, FailureKind.ENGINE, False, "not a picture"),
    ],
)
def test_refusals_in_words(
    server: ImageServer, status: int, body: Any, kind: str, again: bool, words: str
) -> None:
    server.script = [(status, body, {})]

    (failure,) = generate(engine(server), request())

    assert isinstance(failure, JobFailure)
    assert (failure.kind, failure.retryable) == (kind, again)
    assert words in str(failure)


def test_a_busy_server_is_asked_again(server: ImageServer) -> None:
    server.script = [(429, {"detail": "slow down"}, {"Retry-After": "0.05"}), (500, {}, {})]

    (picture,) = generate(engine(server, RETRIES=2), request())

    assert picture.rgb.shape == (256, 256, 3)
    assert len(server.requests) == 3


def test_nobody_there() -> None:
    (failure,) = generate(
        RemoteEngine("far", {"URL": "http://127.0.0.1:9/v1", "MODEL": "m", "RETRIES": 0}), request()
    )

    assert failure.retryable
    assert "can't be reached" in str(failure)


def test_a_cancel_hangs_up(server: ImageServer) -> None:
    server.delay = 20
    canceled = threading.Event()
    threading.Timer(0.3, canceled.set).start()
    started = time.monotonic()

    with pytest.raises(JobCanceled):
        engine(server).generate(
            [request()], on_progress=lambda fraction: None, is_canceled=canceled.is_set
        )

    assert time.monotonic() - started < 10  # far under the server's delay


def test_parameters_are_refused_in_words() -> None:
    hosted = RemoteEngine("far", {"URL": "http://x/v1", "MODEL": "m", "SERVER": "openai"})
    own = RemoteEngine("near", {"URL": "http://x/v1", "MODEL": "m"})

    assert own.refuse({"steps": 4, "guidance": 2, "canvas": "neutral"}) == []
    assert own.refuse({"steps": 0})[0].startswith("“steps”")
    assert own.refuse({"quality": "high"}) == ["vLLM-Omni takes no parameter “quality”."]
    assert hosted.refuse({"quality": "high"}) == []
    assert hosted.refuse({"steps": 4}) == ["OpenAI takes no parameter “steps”."]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "URL is missing"),
        ({"URL": "gpu:8000", "MODEL": "m"}, "must begin with http"),
        ({"URL": "http://x/v1"}, "MODEL is missing"),
        ({"URL": "http://x/v1", "MODEL": "m", "SERVER": "comfy"}, "known are"),
        ({"URL": "http://x/v1", "MODEL": "m", "TASKS": ["upscale"]}, "possible are"),
        ({"URL": "http://x/v1", "MODEL": "m", "SIZES": ["big"]}, "1024x1024"),
        ({"URL": "http://x/v1", "MODEL": "m", "RETRIES": -1}, "the least is 0"),
        ({"URL": "http://x/v1", "MODEL": "m", "TIMEOUT": "long"}, "a number"),
        ({"URL": "http://x/v1", "MODEL": "m", "URI": 1}, "no option"),
    ],
)
def test_wrong_options_are_check_errors(options: dict[str, Any], words: str) -> None:
    found = RemoteEngine("far", options).check()

    assert len(found) >= 1
    assert any(words in message.msg for message in found)


def test_the_ring_around_the_product_is_kept() -> None:
    asked = background()

    grown = ~canvas.repaint(asked, ring=4)

    inside = product().alpha > 0
    assert grown[inside].all()
    assert not canvas.repaint(asked, ring=4)[128 - 64 - 3, 128]
    assert canvas.repaint(asked, ring=4)[128 - 64 - 8, 128]


def test_the_studio_canvas_holds_the_product_and_its_shadow() -> None:
    drafted = canvas.canvas(background(), "studio")

    goods = product()
    assert np.array_equal(drafted[goods.alpha == 1], goods.rgb[goods.alpha == 1])
    assert len(np.unique(drafted[goods.alpha == 0])) > 20
