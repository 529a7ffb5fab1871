"""LoRAs that styles name: another look by the same weights, which stay where they are."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from prodimages.choices import Task
from prodimages.diffusion import loras
from prodimages.diffusion.residency import of_this_process
from prodimages.engines.model_options import ModelOptions
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture
from tests.diffusion.conftest import options_for

WORDS = Task.TEXT_TO_IMAGE
MODELS = [
    ("sd-inpaint", "nine", "unet"),
    ("sdxl-inpaint", "xl", "unet"),
    ("flux2-klein", "klein", "transformer"),
    ("qwen-image", "qwen", "transformer"),
    ("z-image", "z_image", "transformer"),
]


def written(file, denoiser, prefix, layers, rank, seed):
    """A LoRA of ``rank`` for the ``layers`` of ``denoiser``; gives the option's value."""
    torch.manual_seed(seed)
    weights = {}
    for name, module in denoiser.named_modules():
        if isinstance(module, torch.nn.Linear) and name.endswith(layers):
            weights[f"{prefix}.{name}.lora_A.weight"] = torch.randn(rank, module.in_features)
            weights[f"{prefix}.{name}.lora_B.weight"] = torch.randn(module.out_features, rank)
    save_file(weights, file)
    return {"PATH": str(file), "SHA256": hashlib.sha256(file.read_bytes()).hexdigest()}


def two(folder, denoiser, prefix):
    """Of different ranks, in layers of which only some are the same."""
    return {
        "linen": written(folder / "linen.safetensors", denoiser, prefix, ("to_q",), 2, 1),
        "neon": written(folder / "neon.safetensors", denoiser, prefix, ("to_q", "to_k"), 4, 2),
    }


PIPELINES = {
    "sd-inpaint": lambda: tiny.stable_diffusion(9),
    "sdxl-inpaint": lambda: tiny.stable_diffusion_xl(9),
    "flux2-klein": tiny.flux2_klein,
    "qwen-image": tiny.qwen_image,
    "z-image": tiny.z_image,
}


@pytest.fixture
def dressed(engine_for, request, tmp_path):
    def make(family, weights, prefix, **options):
        denoiser = getattr(PIPELINES[family](), prefix)
        given = {"LORAS": two(tmp_path, denoiser, prefix)} | options
        return engine_for(request.getfixturevalue(weights), family, **given)

    return make


def as_trained(folder, form):
    """A pipeline and a LoRA of rank 2 with an alpha of its own, as trainers write it."""
    file = folder / "trained.safetensors"
    if form == "diffusers":
        pipeline = tiny.qwen_image()
        written(file, pipeline.transformer, "transformer", ("to_q", "to_k"), 2, 1)
        facts = {"r": 2, "lora_alpha": 5, "target_modules": ["to_q", "to_k"]}
        facts["alpha_pattern"] = {"to_k": 3}
        named = {f"transformer.{name}": value for name, value in facts.items()}
        save_file(load_file(file), file, {"lora_adapter_metadata": json.dumps(named)})
        return pipeline, file
    pipeline = tiny.stable_diffusion(9)
    written(file, pipeline.unet, "unet", ("to_q",), 2, 1)
    kohya = {}
    for key, value in load_file(file).items():
        layer, _dot, half = key.removeprefix("unet.").partition(".lora_")
        name = "lora_unet_" + layer.replace(".", "_")
        kohya[f"{name}.lora_{'down' if half.startswith('A') else 'up'}.weight"] = value
        kohya[f"{name}.alpha"] = torch.tensor(0.5)
    save_file(kohya, file)
    return pipeline, file


@pytest.mark.parametrize("form", ["diffusers", "kohya"])
def test_it_counts_as_much_as_its_trainer_meant(tmp_path, form):
    pipeline, file = as_trained(tmp_path, form)
    pipeline.set_progress_bar_config(disable=True)
    given = {"prompt": "a mug", "num_inference_steps": 2, "output_type": "pt"}
    given |= {"image": torch.rand(1, 3, 64, 64), "mask_image": torch.ones(1, 1, 64, 64)}
    given |= {"height": 64, "width": 64}

    def paint() -> torch.Tensor:
        return pipeline(generator=torch.Generator().manual_seed(0), **given).images

    plain = paint()
    pipeline.load_lora_weights(str(file))
    meant = paint()
    pipeline.unload_lora_weights()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    loras.Loras(pipeline, {"one": {"PATH": str(file), "SHA256": digest}}).wear("one")
    assert (paint() - meant).abs().max() < 1e-5
    assert (plain - meant).abs().max() > 1e-4


def test_a_damaged_file_is_told_in_words(engine_for, nine, tmp_path):
    file = tmp_path / "damaged.safetensors"
    file.write_bytes(b"nothing of the kind")
    given = {"PATH": str(file), "SHA256": hashlib.sha256(file.read_bytes()).hexdigest()}
    with pytest.raises(JobFailure, match="LORAS: “one” does not fit"):
        generate(engine_for(nine, "sd-inpaint", LORAS={"one": given}), ask(WORDS))


def wearing(name, **values):
    return ask(WORDS, parameters={"lora": name} if name else {}, **values)


@pytest.mark.parametrize("family, weights, prefix", MODELS)
def test_one_is_swapped_for_another_on_the_same_weights(
    dressed, engine_for, request, monkeypatch, family, weights, prefix
):
    bare = picture(engine_for(request.getfixturevalue(weights), family), wearing(""))
    engine = dressed(family, weights, prefix)
    made = {"": picture(engine, wearing(""))}
    model = engine._painter.model
    kept = {name: one.data_ptr() for name, one in model.denoiser.named_parameters()}
    monkeypatch.setattr(of_this_process, "load", None)  # nothing is loaded from here on
    for name in ("linen", "neon"):
        made[name] = picture(engine, wearing(name))
        assert made[name].metadata["lora"].startswith(f"{name} sha256:")
    assert (made[""].rgb == bare.rgb).all()
    assert "lora" not in made[""].metadata
    pictures = [one.rgb for one in made.values()]
    assert all(np.abs(pictures[at] - pictures[at - 1]).max() > 1e-4 for at in range(3))
    assert (picture(engine, wearing("linen")).rgb == made["linen"].rgb).all()
    assert (picture(engine, wearing("")).rgb == bare.rgb).all()
    assert engine._painter.model is model
    now = {name: one.data_ptr() for name, one in model.denoiser.named_parameters()}
    base = {name: at for name, at in kept.items() if "lora" not in name}
    assert base.items() <= now.items()


def test_nothing_is_compiled_again(dressed):
    engine = dressed("qwen-image", "qwen", "transformer")
    picture(engine, wearing(""))
    model = engine._painter.model
    torch._dynamo.reset()
    model.denoiser.compile_repeated_blocks(backend="eager")
    plain = picture(engine, wearing("")).rgb
    with torch._dynamo.config.patch(error_on_recompile=True):
        linen, neon = (picture(engine, wearing(name)).rgb for name in ("linen", "neon"))
        assert (picture(engine, wearing("")).rgb == plain).all()
    torch._dynamo.reset()
    assert np.abs(linen - neon).max() > 1e-4


def test_jobs_of_different_ones_share_no_call(dressed):
    engine = dressed("sd-inpaint", "nine", "unet", MAX_BATCH=4)
    assert "lora" in engine.shared_parameters
    names = ("linen", "neon", "linen", "")
    mixed = generate(engine, *(wearing(name, seed=5) for name in names))
    for name, one in zip(names, mixed, strict=True):
        assert np.abs(picture(engine, wearing(name, seed=5)).rgb - one.rgb).max() < 1e-4


def test_one_that_is_not_declared_is_refused(dressed):
    engine = dressed("sd-inpaint", "nine", "unet")
    assert "linen, neon" in engine.refuse({"lora": "velvet"})[0]
    assert engine.refuse({"lora": "linen"}) == []
    (failure,) = generate(engine, wearing("velvet"))
    assert isinstance(failure, JobFailure)


def test_one_for_another_model_is_told_as_the_model_is_loaded(engine_for, nine, tmp_path):
    other = tiny.stable_diffusion_xl(9).unet
    given = written(tmp_path / "xl.safetensors", other, "unet", ("to_k",), 2, 1)
    with pytest.raises(JobFailure, match=r"LORAS: “xl” does not fit"):
        generate(engine_for(nine, "sd-inpaint", LORAS={"xl": given}), ask(WORDS))


def test_one_that_changes_the_text_encoder_is_refused(engine_for, nine, tmp_path):
    file = tmp_path / "words.safetensors"
    layer = "text_encoder.text_model.encoder.layers.0.self_attn.q_proj"
    save_file(
        {f"{layer}.lora_A.weight": torch.ones(2, 16), f"{layer}.lora_B.weight": torch.ones(16, 2)},
        file,
    )
    given = {"PATH": str(file), "SHA256": hashlib.sha256(file.read_bytes()).hexdigest()}
    with pytest.raises(JobFailure, match="more than the denoiser"):
        generate(engine_for(nine, "sd-inpaint", LORAS={"words": given}), ask(WORDS))


def test_another_file_under_the_same_name_is_refused(dressed, tmp_path):
    engine = dressed("sd-inpaint", "nine", "unet")
    (tmp_path / "neon.safetensors").write_bytes(b"something else")
    with pytest.raises(JobFailure, match=r"neon\.safetensors"):
        generate(engine, wearing("linen"))


@pytest.mark.parametrize(
    "options",
    [
        {"LORAS": {"a": "a.safetensors"}},
        {"LORAS": {"a": {"PATH": "a.safetensors"}}},
        {"LORAS": {"a": {"PATH": "a.pt", "SHA256": 64 * "a"}}},
        {"GGUF": {"PATH": "a.gguf"}},
        {"GGUF": {"PATH": "a.bin", "SHA256": 64 * "a"}},
    ],
)
def test_a_file_without_a_digest_is_refused(options):
    faults = ModelOptions.parse(options_for("/nowhere", "qwen-image", **options))[1]
    assert [fault.id for fault in faults] == ["prodimages.E062"]


@pytest.mark.parametrize(
    "family, options",
    [
        ("qwen-image", {"QUANTIZE": "fp8", "DEVICE": "cuda", "LORAS": True}),
        ("qwen-image", {"GGUF": True, "LORAS": True}),
        ("qwen-image", {"GGUF": True, "QUANTIZE": "int8", "DEVICE": "cuda"}),
        ("sd", {"CPU": "openvino", "LORAS": True}),
        ("sd", {"CPU": "openvino", "GGUF": True}),
    ],
)
def test_what_does_not_go_together_is_told(family, options):
    file = {"SHA256": 64 * "a"}
    values = {
        "LORAS": {"a": file | {"PATH": "a.safetensors"}},
        "GGUF": file | {"PATH": "a.gguf"},
    }
    given = {name: values[name] if value is True else value for name, value in options.items()}
    faults = ModelOptions.parse(options_for("/nowhere", family, **given))[1]
    assert [fault.id for fault in faults] == ["prodimages.E060"]
