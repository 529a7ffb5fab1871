"""A denoiser from a file of the format GGUF."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from prodimages.choices import Task
from prodimages.diffusion import loading, quantized_file
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture
from tests.diffusion.conftest import options_for

gguf = pytest.importorskip("gguf")
WORDS = Task.TEXT_TO_IMAGE
_BLOCK = 32
"""Weights that share a scale in the kind Q8_0."""


def written(file, denoiser):
    """The weights of ``denoiser`` in 8 bits, those of layers whose rows fit; gives the option."""
    writer = gguf.GGUFWriter(file, "qwen_image")
    layers = {
        f"{name}.weight"
        for name, module in denoiser.named_modules()
        if isinstance(module, torch.nn.Linear) and module.in_features % _BLOCK == 0
    }
    for name, values in denoiser.state_dict().items():
        numbers = values.float().numpy()
        if name in layers:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {"PATH": str(file), "SHA256": hashlib.sha256(file.read_bytes()).hexdigest()}


@pytest.fixture
def given(tmp_path):
    return written(tmp_path / "qwen.gguf", tiny.qwen_image().transformer)


def test_it_paints_nearly_what_the_full_weights_paint(engine_for, qwen, given):
    full = picture(engine_for(qwen, "qwen-image"), ask(WORDS))
    engine = engine_for(qwen, "qwen-image", GGUF=given)
    made = picture(engine, ask(WORDS))
    assert 0 < np.abs(made.rgb - full.rgb).max() < 0.02
    model = engine._painter.model
    kinds = {type(one).__name__ for one in model.denoiser.parameters()}
    assert "GGUFParameter" in kinds
    assert made.metadata["revision"].endswith(f"with sha256:{given['SHA256']}")


def test_all_tasks_share_it(engine_for, qwen, given):
    engine = engine_for(qwen, "qwen-image", GGUF=given)
    picture(engine, ask(WORDS))
    model = engine._painter.model
    picture(engine, ask(Task.BACKGROUND, parameters={"retries": 0}))
    assert engine._painter.model is model
    assert all(one.transformer is model.denoiser for one in model.pipelines)
    assert not model.make_safer()


def test_what_it_will_take_in_memory_is_told_before(qwen, given):
    def expected(**options) -> int:
        read = ModelOptions.parse(options_for(qwen, "qwen-image", **options))[0]
        assert read is not None
        return loading.expected_bytes(read)

    assert 0 < expected(GGUF=given) < expected()


def test_another_file_is_refused(engine_for, qwen, given):
    with pytest.raises(JobFailure, match=r"qwen\.gguf.* digest"):
        generate(engine_for(qwen, "qwen-image", GGUF=given | {"SHA256": 64 * "0"}), ask(WORDS))
    missing = given | {"PATH": given["PATH"].replace("qwen", "none")}
    with pytest.raises(JobFailure, match="not on this machine"):
        generate(engine_for(qwen, "qwen-image", GGUF=missing), ask(WORDS))


def test_weights_of_another_model_are_told_in_words(engine_for, qwen, tmp_path):
    given = written(tmp_path / "z.gguf", tiny.z_image().transformer)
    with pytest.raises(JobFailure, match="could not be loaded"):
        generate(engine_for(qwen, "qwen-image", GGUF=given), ask(WORDS))


def test_the_package_is_named_where_it_is_missing(engine_for, qwen, given, monkeypatch):
    monkeypatch.setattr(quantized_file, "find_spec", lambda name: None)
    with pytest.raises(JobFailure, match="package gguf"):
        generate(engine_for(qwen, "qwen-image", GGUF=given), ask(WORDS))
