from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import FailureKind
from prodimages.enlargement import realesrgan
from prodimages.enlargement.realesrgan import RealEsrganEnlarger
from prodimages.enlargement.registry import enlarger, require_enlarger, why_not
from prodimages.exceptions import JobFailure
from prodimages.imaging.enlarging import resized


def stripes() -> np.ndarray:
    rgb = np.full((24, 28, 3), (200, 60, 40), np.uint8)
    rgb[:, ::4] = rgb[:, 1::4] = (30, 40, 120)
    return rgb


def test_it_runs_the_weights_that_the_extra_brings():
    backend = RealEsrganEnlarger({})
    assert backend.problem() == ""
    photo = stripes()
    large = backend.enlarge(photo, 2)
    assert large.shape == (48, 56, 3)
    back = resized(large.astype(np.float32), (28, 24))
    assert np.abs(back - photo).mean() < 2.0
    assert (backend.enlarge(photo, 2) == large).all()
    record = backend.record()
    assert record["license"] == "BSD-3-Clause"
    assert len(record["sha256"]) == 64


def test_only_factors_that_are_offered():
    with pytest.raises(ValueError, match="factor"):
        RealEsrganEnlarger({}).enlarge(stripes(), 3)


def test_other_weights_are_refused_in_words(monkeypatch):
    monkeypatch.setitem(realesrgan.SHA256, "realesrgan-x4plus.bin", "0" * 64)
    with pytest.raises(JobFailure, match="SHA-256") as failure:
        RealEsrganEnlarger({}).enlarge(stripes(), 2)
    assert failure.value.kind == FailureKind.UNAVAILABLE


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(realesrgan, "DISTRIBUTION", "no-such-distribution")
    backend = RealEsrganEnlarger({})
    assert "prodimages[enlarge]" in backend.missing()
    with pytest.raises(JobFailure, match="enlarge"):
        backend.enlarge(stripes(), 2)


def test_options_are_checked():
    assert RealEsrganEnlarger({}).check() == []
    assert RealEsrganEnlarger({"TILE": 128, "THREADS": 4}).check() == []
    for options in ({"TILES": 128}, {"TILE": "128"}, {"THREADS": 0}):
        assert [found.id for found in RealEsrganEnlarger(options).check()] == ["prodimages.E031"]


def test_switched_off(settings):
    settings.PRODIMAGES = {**settings.PRODIMAGES, "ENLARGER": None}
    assert enlarger() is None
    assert "switched off" in why_not()
    with pytest.raises(JobFailure, match="switched off"):
        require_enlarger()
