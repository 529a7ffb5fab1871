"""Parts that are put into a model: a LoRA, a tiny decoder, a scheduler, an IP-Adapter."""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch
from peft import LoraConfig
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.diffusion import loading, weights
from prodimages.engines import model_options
from prodimages.engines.presets import PRESETS
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Folders that stand for repositories in the hub's cache."""
    folders = {}

    def folder_of(repository, revision, *, download):
        assert revision == COMMIT
        return folders[repository]

    monkeypatch.setattr(weights, "folder_of", folder_of)
    return folders


def painted_plainly(engine_for, nine) -> np.ndarray:
    return picture(engine_for(nine, "sd-inpaint"), ask(parameters={"retries": 0})).rgb


def test_a_lora_is_fused_into_the_weights(engine_for, nine, hub, tmp_path):
    pipeline = tiny.stable_diffusion(9)
    pipeline.unet.add_adapter(
        LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights="gaussian")
    )
    torch.manual_seed(1)
    for name, value in pipeline.unet.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(value, std=0.5)
    state = {
        name.replace(".default", ""): value
        for name, value in pipeline.unet.state_dict().items()
        if "lora_" in name
    }
    pipeline.save_lora_weights(tmp_path, unet_lora_layers=state)
    hub["somebody/lora"] = tmp_path
    engine = engine_for(
        nine,
        "sd-inpaint",
        LORA="somebody/lora",
        LORA_FILE="pytorch_lora_weights.safetensors",
        REVISIONS={"somebody/lora": COMMIT},
    )
    changed = picture(engine, ask(parameters={"retries": 0})).rgb
    assert np.abs(changed - painted_plainly(engine_for, nine)).max() > 1e-3
    unet = engine._painter.model.denoiser
    assert not any("lora" in name for name, _value in unet.named_parameters())


def test_a_tiny_decoder_takes_the_decoders_place_in_every_pipeline(engine_for, four, hub, tmp_path):
    torch.manual_seed(0)
    vae = diffusers.AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8)
    )
    vae.save_pretrained(tmp_path)
    hub["somebody/tiny"] = tmp_path
    engine = engine_for(four, "sd", TINY_VAE="somebody/tiny", REVISIONS={"somebody/tiny": COMMIT})
    picture(engine, ask(parameters={"retries": 0}))
    model = engine._painter.model
    for name in ("StableDiffusionInpaintPipeline", "StableDiffusionPipeline"):
        assert isinstance(model.pipeline(name).vae, diffusers.AutoencoderTiny)


def test_distilled_weights_get_the_scheduler_they_were_made_for():
    pipeline = tiny.stable_diffusion(9)
    (options, _faults) = model_options.ModelOptions.parse({"PRESET": "sdxl-inpaint-lcm"})
    loading._set_scheduler(pipeline, options)
    assert isinstance(pipeline.scheduler, diffusers.LCMScheduler)
    assert pipeline.scheduler.config.beta_start == 0.00085
    flow = tiny.flux2_klein()
    (options, _faults) = model_options.ModelOptions.parse({"PRESET": "qwen-image-lightning"})
    loading._set_scheduler(flow, options)
    assert flow.scheduler.config.max_shift == pytest.approx(np.log(3))
    assert all(
        hasattr(diffusers, preset.scheduler) for preset in PRESETS.values() if preset.scheduler
    )


def test_klein_looks_at_a_reference_picture(engine_for, klein, tmp_path):
    Image.new("RGB", (80, 48), (20, 120, 60)).save(tmp_path / "spring.png")
    engine = engine_for(klein, "flux2-klein", REFERENCES={"spring": str(tmp_path / "spring.png")})
    plain = picture(engine, ask(parameters={"retries": 0}))
    looked = picture(engine, ask(parameters={"retries": 0, "reference": "spring"}))
    assert np.abs(plain.rgb - looked.rgb).max() > 1e-3


def test_a_reference_that_can_not_be_read_is_a_failure_in_words(engine_for, klein, tmp_path):
    (tmp_path / "spring.png").write_bytes(b"no picture")
    engine = engine_for(klein, "flux2-klein", REFERENCES={"spring": str(tmp_path / "spring.png")})
    (failure,) = generate(engine, ask(parameters={"reference": "spring"}))
    assert isinstance(failure, JobFailure)
    assert failure.kind == FailureKind.UNAVAILABLE
    assert str(tmp_path) not in str(failure)


def test_an_ip_adapter_of_pickles_is_refused(engine_for, nine):
    engine = engine_for(nine, "sd-inpaint", IP_ADAPTER={"PATH": "/x", "FILE": "adapter.bin"})
    with pytest.raises(JobFailure, match="not safetensors"):
        generate(engine, ask())
