"""Encoded pictures are marked, white where they must be, and tell nothing of the photo."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import SourceType
from prodimages.imaging.xmp import read_source_type
from prodimages.pipeline.steps.compose import Compose
from prodimages.pipeline.steps.cutout import CutOut
from prodimages.pipeline.steps.fidelity import Fidelity
from prodimages.pipeline.steps.mark import Mark
from prodimages.pipeline.steps.place import Place
from prodimages.pipeline.steps.prepare import Prepare
from prodimages.services import reasons
from tests.pipeline.steps.job import (
    SIZE,
    finished,
    generated,
    make_context,
    mug_photo,
    run,
)

pytestmark = pytest.mark.usefixtures("flat")


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_encoded_pictures_are_marked_and_white(format):
    context = finished(make_context(mug_photo()), format=format, quality=85)
    for index in (0, 1):
        encoded = context["encoded"][index]
        assert encoded.sha256 == hashlib.sha256(encoded.content).hexdigest()
        assert (encoded.width, encoded.height, encoded.format) == (SIZE, SIZE, format)
        assert encoded.source_type == SourceType.COMPOSITE_SYNTHETIC
        for content in (encoded.content, encoded.thumbnail):
            assert read_source_type(content) == "compositeSynthetic"
        decoded = np.asarray(Image.open(io.BytesIO(encoded.content)).convert("RGB"))
        for border in (decoded[0], decoded[-1], decoded[:, 0], decoded[:, -1]):
            assert (border == 255).all()
    assert context.notices == []


def test_nothing_of_the_photos_metadata_or_the_prompt_is_published():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    context = make_context(mug_photo(exif=exif), prompt="SecretPrompt")
    content = finished(context)["encoded"][0].content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
    for secret in (b"SecretCamera", b"SecretPrompt", b"Exif", b"GPS"):
        assert secret not in content


def test_the_same_job_gives_the_same_bytes():
    first = finished(make_context(mug_photo()), 0.53)["encoded"]
    again = finished(make_context(mug_photo()), 0.53)["encoded"]
    assert first[0].sha256 == again[0].sha256
    assert first[0].thumbnail == again[0].thumbnail
    assert first[0].sha256 != first[1].sha256


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_a_white_packshot_is_verified_after_encoding(format):
    report = finished(make_context(mug_photo()), format=format, quality=60)["fidelity"][0]
    assert report["white"] == {"border": 4 * SIZE - 4, "off": 0, "chroma": "4:4:4"}
    assert {"white_border", "chroma"}.isdisjoint(check["code"] for check in report["checks"])


def test_a_packshot_that_is_not_white_along_its_border_says_so():
    context = make_context(mug_photo())
    context["generated"] = generated(context)
    context["generated"][0].rgb[0, :5] = 0.99
    done = run(context, Prepare, CutOut, Place, Compose, Fidelity, Mark, format="png")
    report = done["fidelity"][0]
    assert report["white"]["off"] == 5
    (check,) = (check for check in report["checks"] if check["code"] == "white_border")
    assert "5 of 1276 pixels" in check["message"]
    assert reasons.of_picture({"fidelity": report, "passed": True})["reasons"] == ",other,"


def test_a_colored_packshot_is_not_held_to_white():
    assert "white" not in finished(make_context(mug_photo()), level=0.8)["fidelity"][0]
