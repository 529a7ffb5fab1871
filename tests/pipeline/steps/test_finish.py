from __future__ import annotations

import types

import numpy as np

from prodimages.choices import SourceType
from prodimages.engines.base import EnginePicture
from prodimages.pipeline.steps.finish import Finish


def finished(*pictures: EnginePicture) -> dict:
    artifacts = {"generated": dict(enumerate(pictures))}

    class Context(dict):
        indexes = list(range(len(pictures)))
        stop_if_canceled = staticmethod(lambda: None)
        advance = staticmethod(lambda fraction: None)

    context = Context(artifacts)
    Finish().run(context, {})  # type: ignore[arg-type]
    return context


def picture(level: float, **values) -> EnginePicture:
    rgb = np.full((16, 24, 3), level, np.float32)
    return EnginePicture(rgb=rgb, seed=5, source_type=SourceType.TRAINED, **values)


def test_an_imagined_picture_becomes_8_bits_and_says_that_it_is_imagined():
    context = finished(picture(1.0), picture(100.5 / 255))
    white, gray = context["composed"][0], context["composed"][1]
    assert white.dtype == np.uint8
    assert white.shape == (16, 24, 3)
    assert (white == 255).all()
    assert set(np.unique(gray)) == {100, 101}
    report = context["fidelity"][0]
    assert report["passed"]
    assert [check["code"] for check in report["checks"]] == ["imagined"]
    assert "not the one in the photo" in report["checks"][0]["message"]


def test_what_the_engine_wants_looked_at_comes_along():
    check = types.MappingProxyType({"code": "light", "message": "Dark.", "value": 2.0})
    report = finished(picture(0.5, checks=[check]))["fidelity"][0]
    assert [found["code"] for found in report["checks"]] == ["imagined", "light"]
