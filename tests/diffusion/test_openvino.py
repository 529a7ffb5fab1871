"""Denoisers and decoders in OpenVINO: the same pictures as torch's, within what is stated."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest
import torch

pytest.importorskip("openvino")

from diffusers import AutoencoderTiny, UNet2DConditionModel
from django.core.management import CommandError, call_command

from prodimages.choices import FailureKind, Task
from prodimages.diffusion.openvino import calibration
from prodimages.diffusion.openvino import quantize as quantizing
from prodimages.diffusion.openvino.call import Call, nested
from prodimages.diffusion.openvino.graph import Graph
from prodimages.diffusion.openvino.part import Part
from prodimages.exceptions import JobFailure
from tests.conftest import FLAT
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture
from tests.diffusion.conftest import options_for

ONE = {"retries": 0}


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    """Each module of a tiny model is converted once for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(settings, shared_cache):
    settings.PRODIMAGES = FLAT | {"MODEL_CACHE": str(shared_cache)}
    return shared_cache / "openvino"


@pytest.fixture
def own_cache(settings, tmp_path):
    settings.PRODIMAGES = FLAT | {"MODEL_CACHE": str(tmp_path)}
    return tmp_path / "openvino"


@pytest.fixture
def warm_cache(settings, shared_cache, engine_for, four, tmp_path):
    """A cache of its own, where what ``four`` needs is converted already."""
    engine = engine_for(four, "sd", CPU="openvino")
    picture(engine, ask(Task.TEXT_TO_IMAGE))
    engine.close()
    own = shutil.copytree(shared_cache, tmp_path / "warm")
    settings.PRODIMAGES = FLAT | {"MODEL_CACHE": str(own)}
    return own


@pytest.fixture
def exact(monkeypatch):
    """float32 also on a CPU that is quicker in another format."""
    made = Part.__init__

    def init(self, *args, **kwargs):
        made(self, *args, **kwargs)
        self.precision = "f32"

    monkeypatch.setattr(Part, "__init__", init)


@pytest.fixture
def conversions(monkeypatch):
    """Names of the modules that are converted."""
    names, convert = [], Part.convert

    def counted(self, call):
        names.append(self.name)
        return convert(self, call)

    monkeypatch.setattr(Part, "convert", counted)
    return names


@pytest.mark.parametrize(
    "family, weights, task",
    [
        ("sd-inpaint", "nine", Task.BACKGROUND),
        ("sd", "four", Task.RESTYLE),
        ("sdxl-inpaint", "xl", Task.TEXT_TO_IMAGE),
    ],
)
def test_openvino_paints_what_torch_paints(engine_for, request, exact, family, weights, task):
    folder = request.getfixturevalue(weights)
    asked = ask(task, parameters=ONE)
    torchs = picture(engine_for(folder, family), asked).rgb
    ours = picture(engine_for(folder, family, CPU="openvino"), asked).rgb
    assert np.abs(torchs - ours).max() < 2e-3  # weights are kept in 16 bits


def test_a_tiny_decoder_runs_in_openvino_too(engine_for, exact, tmp_path):
    pipeline = tiny.stable_diffusion(4)
    torch.manual_seed(0)
    pipeline.vae = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8)
    )
    folder, asked = tiny.save(pipeline, tmp_path / "model"), ask(Task.RESTYLE, parameters=ONE)
    torchs = picture(engine_for(folder, "sd"), asked).rgb
    ours = picture(engine_for(folder, "sd", CPU="openvino"), asked).rgb
    assert np.abs(torchs - ours).max() < 2e-3


def test_a_later_start_reads_the_graphs_alone(engine_for, four, own_cache, conversions):
    engine = engine_for(four, "sd", CPU="openvino")
    first = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    assert sorted(conversions) == ["AutoencoderKL.decoder", "UNet2DConditionModel"]
    engine.close()
    assert picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb.tobytes() == first.tobytes()
    assert len(conversions) == 2
    denoiser = engine._painter.model.denoiser
    assert isinstance(denoiser, UNet2DConditionModel)
    assert {value.device.type for value in denoiser.parameters()} == {"meta"}


def test_a_damaged_graph_is_made_anew(engine_for, four, warm_cache, conversions):
    engine = engine_for(four, "sd", CPU="openvino")
    first = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    assert conversions == []
    for file in warm_cache.rglob("graph.xml"):
        file.write_text("no graph")
    engine.close()
    assert (picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb == first).all()
    assert sorted(conversions) == ["AutoencoderKL.decoder", "UNet2DConditionModel"]


def test_one_graph_serves_every_size_and_batch():
    torch.manual_seed(0)
    unet = tiny.stable_diffusion(4).unet.eval()
    part = Part(lambda: unet, name="unet", digest="0" * 64, any_size=True, cut_to=2)
    part.precision = "f32"
    whats = set()
    for batch, height, width in ((1, 8, 8), (3, 8, 12), (2, 7, 5)):
        given = (torch.randn(batch, 4, height, width), torch.tensor(7), torch.randn(batch, 5, 16))
        call = Call.of(UNet2DConditionModel.forward, (unet, *given), {"return_dict": False})
        with torch.no_grad():
            wanted = unet(*given, return_dict=False)[0]
        assert (part.run(call) - wanted).abs().max() < 1e-3
        whats.add(part.slot(call, int8=False).what)
    assert len(whats) == 1
    assert part.bytes_held > 0


def test_arguments_within_dictionaries_come_back_as_they_were():
    def forward(self, sample, timestep, added=None, scale=1.0, return_dict=True):
        return sample * added["x"] + timestep * scale

    given = {"added": {"x": torch.ones(2)}, "timestep": 3, "return_dict": False}
    call = Call.of(forward, (None, torch.ones(2)), given)
    assert list(call.tensors) == ["added.x", "sample", "timestep"]
    assert nested(call.tensors)["added"]["x"].tolist() == [1, 1]
    with pytest.raises(TypeError, match="added"):
        Call.of(forward, (None, torch.ones(2), 1), {"added": (torch.ones(1),)})


def test_blank_pictures_are_painted_again_in_float32(engine_for, four, monkeypatch):
    engine = engine_for(four, "sd", CPU="openvino")
    picture(engine, ask(Task.TEXT_TO_IMAGE))
    parts = engine._painter.model.openvino_parts
    run, formats = Graph.run, []

    def overflowing(self, tensors):
        formats.append(self.precision)
        made = run(self, tensors)
        return made if self.precision == "f32" else made * torch.nan

    for part in parts:
        for graph in part._graphs.values():
            graph.precision = "bf16"
    monkeypatch.setattr(Graph, "run", overflowing)
    assert np.isfinite(picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb).all()
    assert "f32" in formats


def test_eight_bits_that_nobody_made_are_a_failure_in_words(engine_for, four, own_cache):
    engine = engine_for(four, "sd", CPU="openvino-int8")
    (failure,) = generate(engine, ask(Task.TEXT_TO_IMAGE))
    assert isinstance(failure, JobFailure)
    assert "prodimages_models quantize" in str(failure)
    assert failure.kind == FailureKind.UNAVAILABLE


def declared(settings, folder, cache, **options):
    engine = {
        "BACKEND": "prodimages.engines.diffusers.DiffusersEngine",
        "OPTIONS": options_for(folder, "sd", CPU="openvino", **options),
    }
    settings.PRODIMAGES = FLAT | {"ENGINES": {"tiny": engine}, "MODEL_CACHE": str(cache)}


def test_quantizing_keeps_what_stays_near_and_says_how_near(
    settings, four, warm_cache, engine_for, capsys
):
    declared(settings, four, warm_cache)
    call_command("prodimages_models", "quantize", "tiny")
    assert "Kept. By 64 samples" in capsys.readouterr().out
    engine = engine_for(four, "sd", CPU="openvino-int8")
    made = picture(engine, ask(Task.TEXT_TO_IMAGE)).rgb
    full = picture(engine_for(four, "sd", CPU="openvino"), ask(Task.TEXT_TO_IMAGE)).rgb
    assert 0 < np.abs(made - full).max() < 0.2
    (slot,) = [file for file in warm_cache.rglob("facts.json") if "distances" in file.read_text()]
    assert "FakeQuantize" in slot.with_name("graph.xml").read_text()


def test_quantizing_refuses_what_goes_astray(four, warm_cache, monkeypatch):
    options = calibration.ModelOptions.parse(options_for(four, "sd", CPU="openvino"))[0]
    pictures = calibration.pictures

    def astray(options, count, on_one):
        for one in pictures(options, count, on_one):
            yield dataclasses.replace(one, rgb=one.rgb * (0.2 if fitted else 1))

    fitted = []
    original = quantizing._fitted
    monkeypatch.setattr(quantizing.calibration, "pictures", astray)
    monkeypatch.setattr(quantizing, "_fitted", lambda *given: fitted.append(1) or original(*given))
    with pytest.raises(JobFailure, match="Not kept: in 8 bits the pictures differ"):
        quantizing.quantize(options, count=8, compared=2, on_stage=lambda *of: lambda: None)
    assert not [file for file in warm_cache.rglob("facts.json") if "distances" in file.read_text()]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"CPU": "torch"}, "only what runs in OpenVINO"),
        ({"MAX_BATCH": 0}, "MAX_BATCH is 0"),
    ],
)
def test_quantizing_what_can_not_be_is_refused(settings, four, tmp_path, options, words):
    declared(settings, four, tmp_path)
    settings.PRODIMAGES["ENGINES"]["tiny"]["OPTIONS"] |= options
    settings.PRODIMAGES = dict(settings.PRODIMAGES)
    with pytest.raises(CommandError, match=words):
        call_command("prodimages_models", "quantize", "tiny")


def test_quantizing_asks_for_one_engine_and_enough_samples(settings, four, tmp_path):
    declared(settings, four, tmp_path)
    with pytest.raises(CommandError, match="Name the one engine"):
        call_command("prodimages_models", "quantize")
    with pytest.raises(CommandError, match="64"):
        call_command("prodimages_models", "quantize", "tiny", "--samples", "8")
