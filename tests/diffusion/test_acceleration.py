from __future__ import annotations

import os
import sys

import numpy as np
import pytest
import torch

from prodimages.choices import FailureKind, Task
from prodimages.diffusion import acceleration, warming
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, picture
from tests.diffusion.conftest import options_for

WORDS = Task.TEXT_TO_IMAGE


def read(**options) -> ModelOptions:
    found, faults = ModelOptions.parse(options_for("/nowhere", "flux2-klein", **options))
    assert found is not None
    assert faults == []
    return found


def test_only_the_blocks_that_repeat_are_compiled(monkeypatch):
    denoiser, compiled = tiny.flux2_klein().transformer, []
    monkeypatch.setattr(
        torch.nn.Module, "compile", lambda self, **given: compiled.append(type(self).__name__)
    )
    monkeypatch.setattr(os, "environ", {})
    acceleration.compile_blocks(denoiser, "/var/compiled")
    assert sorted(set(compiled)) == ["Flux2SingleTransformerBlock", "Flux2TransformerBlock"]
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/var/compiled/inductor"
    assert os.environ["TRITON_CACHE_DIR"] == "/var/compiled/triton"


def test_a_card_compiles_and_a_processor_never(engine_for, klein, monkeypatch):
    asked = []
    monkeypatch.setattr(acceleration, "compile_blocks", lambda *given: asked.append(given))
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *args, **given: self)
    pipeline = tiny.flux2_klein()
    acceleration.accelerate(pipeline, read(COMPILE=True, DEVICE="cuda"), torch.device("cuda"))
    assert len(asked) == 1
    assert ModelOptions.parse(options_for(klein, "sd", COMPILE=True))[1][0].id == "prodimages.E060"


def test_weights_in_eight_bits_are_half_as_large_and_paint():
    pipeline = tiny.flux2_klein()
    before = sum(p.numel() * p.element_size() for p in pipeline.transformer.parameters())
    acceleration.quantize(pipeline.transformer, "fp8-storage")
    after = sum(p.numel() * p.element_size() for p in pipeline.transformer.parameters())
    assert after < 0.6 * before


def test_a_sibling_leaves_eight_bits_as_they_are(engine_for, klein, monkeypatch):
    engine = engine_for(klein, "flux2-klein")
    first = picture(engine, ask(WORDS)).rgb
    model = engine._painter.model
    acceleration.quantize(model.denoiser, "fp8-storage")
    monkeypatch.setattr(model, "options", read(QUANTIZE="fp8-storage", DEVICE="cuda"))
    sibling = model.pipeline("Flux2KleinInpaintPipeline")
    assert sibling.config.is_distilled
    kinds = {parameter.dtype for parameter in sibling.transformer.parameters()}
    assert torch.float8_e4m3fn in kinds
    assert not model.make_safer()
    assert np.abs(picture(engine, ask(WORDS)).rgb - first).mean() < 0.1


def test_integers_are_a_quarter_as_large_and_compute_nearly_the_same(monkeypatch):
    pytest.importorskip("torchao")
    monkeypatch.setattr(acceleration, "_LEAST_FEATURES", 16)
    denoiser = tiny.qwen_image().transformer
    layer = next(
        module
        for name, module in denoiser.named_modules()
        if isinstance(module, torch.nn.Linear) and "block" in name and module.in_features >= 32
    )
    given = torch.randn(3, layer.in_features)
    before = layer(given)
    acceleration.quantize(denoiser, "int8")
    assert type(layer.weight.data) is not torch.Tensor
    assert (layer(given) - before).abs().max() < 0.05 * before.abs().max()


@pytest.mark.parametrize("how", ["fp8", "int8"])
def test_a_package_that_is_not_there_is_named(monkeypatch, how):
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)
    with pytest.raises(JobFailure, match="torchao") as caught:
        acceleration.quantize(tiny.flux2_klein().transformer, how)
    assert caught.value.kind == FailureKind.UNAVAILABLE


def test_attention_that_can_not_be_had_is_told_in_words():
    with pytest.raises(JobFailure, match="flash"):
        acceleration._attend(tiny.flux2_klein().transformer, "flash")


@pytest.mark.parametrize("compile, sizes", [(True, [4, 1]), (False, [1])])
def test_a_warm_up_paints_what_jobs_will_need(compile, sizes):
    options = read(COMPILE=compile, DEVICE="cuda", MAX_BATCH=4)
    batches = warming.trials(options)
    assert [len(batch) for batch in batches] == sizes
    assert batches[0][0].width == tiny.SIDE


def test_a_warm_engine_has_its_model(engine_for, klein):
    engine = engine_for(klein, "flux2-klein", WARM_UP=True)
    assert engine.warms_up
    engine.warm_up()
    assert engine.is_warm


@pytest.mark.parametrize(
    "options, overlaps",
    [({"DEVICE": "cpu"}, False), ({"DEVICE": "cuda"}, True), ({"DEVICE": "auto"}, True)],
)
def test_batches_overlap_beside_a_card(klein, options, overlaps):
    assert DiffusersEngine("one", options_for(klein, "flux2-klein", **options)).overlaps == overlaps


def test_where_auto_finds_no_card_nothing_overlaps(engine_for, klein, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    engine = engine_for(klein, "flux2-klein", DEVICE="auto")
    picture(engine, ask(WORDS))
    assert not engine.overlaps
