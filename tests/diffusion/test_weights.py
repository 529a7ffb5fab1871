"""Weights that may be loaded, and those that are refused in words."""

from __future__ import annotations

import hashlib
import json
import os
import shutil

import pytest

from prodimages.choices import FailureKind
from prodimages.diffusion import weights
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.exceptions import JobFailure
from tests.diffusion.asking import ask, generate, picture

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def copied(nine, tmp_path):
    return shutil.copytree(nine, tmp_path / "copy")


def refusal(engine) -> str:
    with pytest.raises(JobFailure) as caught:
        generate(engine, ask())
    assert caught.value.kind == FailureKind.UNAVAILABLE
    return str(caught.value)


def test_weights_that_are_not_on_the_machine_are_told_how_to_fetch(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    hub = "black-forest-labs/FLUX.2-klein-4B"
    options = {"PRESET": "flux2-klein-4b", "REVISIONS": {hub: COMMIT}, "DEVICE": "cpu"}
    words = refusal(DiffusersEngine("diffusion", options))
    assert f"hf download {hub} --revision {COMMIT}" in words


def test_an_unpinned_revision_is_never_looked_for():
    with pytest.raises(JobFailure, match="No revision"):
        weights.folder_of("some/model", "main", download=False)


def test_a_folder_without_a_model_is_refused(engine_for, tmp_path):
    words = refusal(engine_for(tmp_path, "sd"))
    assert "model_index.json" in words
    assert str(tmp_path) not in words


def test_pickled_weights_are_refused(engine_for, copied):
    file = copied / "unet" / "diffusion_pytorch_model.safetensors"
    file.rename(file.with_suffix(".bin"))
    assert "pickles" in refusal(engine_for(copied, "sd-inpaint"))


def test_code_beside_the_weights_is_refused(engine_for, copied):
    (copied / "pipeline.py").write_text("raise SystemExit")
    assert "code of their own (“pipeline.py”)" in refusal(engine_for(copied, "sd-inpaint"))


def test_a_component_of_an_unknown_library_is_refused(engine_for, copied):
    index = copied / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"unet": ["mine", "Net"]}))
    assert "code of their own (“unet”)" in refusal(engine_for(copied, "sd-inpaint"))


def test_a_digest_that_differs_is_refused(engine_for, copied):
    name = "unet/diffusion_pytorch_model.safetensors"
    right = weights.sha256_of(copied / name)
    engine = engine_for(copied, "sd-inpaint", SHA256={name: right.upper()})
    picture(engine, ask())
    wrong = engine_for(copied, "sd-inpaint", SHA256={name: "0" * 64})
    assert f"“{name}”" in refusal(wrong)


def test_damaged_weights_are_a_failure_in_words(engine_for, copied):
    (copied / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
    words = refusal(engine_for(copied, "sd-inpaint"))
    assert "could not be loaded" in words
    assert str(copied) not in words


def test_a_digest_is_read_once_while_the_file_stays_the_same(tmp_path):
    file = tmp_path / "weights.safetensors"
    file.write_bytes(b"one")
    read = weights._sha256.cache_info().misses
    first = [weights.sha256_of(file) for _ in range(3)]
    assert weights._sha256.cache_info().misses == read + 1
    assert first == [hashlib.sha256(b"one").hexdigest()] * 3
    before = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # as if nothing had happened
    assert weights.sha256_of(file) == hashlib.sha256(b"two").hexdigest()


def test_the_fingerprint_is_that_of_the_weights(copied):
    before = weights.fingerprint(copied)
    assert before == weights.fingerprint(copied)
    (copied / "README.md").write_text("words")
    assert weights.fingerprint(copied) == before
    (copied / "unet" / "config.json").write_text("{}")
    assert weights.fingerprint(copied) != before
