"""A ControlNet beside a model that has never seen a mask."""

from __future__ import annotations

import numpy as np
import pytest
from diffusers import UNet2DConditionModel
from PIL import Image, ImageDraw
from scipy import ndimage

from prodimages.choices import Task
from prodimages.diffusion import controls
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.diffusion.asking import ask, generate, picture

QUIET = {"retries": 0}


@pytest.fixture(scope="session")
def xl_four(tmp_path_factory):
    """Folder of an SDXL whose denoiser doesn't see the mask."""
    return tiny.save(tiny.stable_diffusion_xl(4), tmp_path_factory.mktemp("xl_four"))


@pytest.fixture(params=["sd", "sdxl"])
def both(request, four, xl_four, tmp_path):
    """Family, folder of the model, folder of its ControlNet."""
    folder = four if request.param == "sd" else xl_four
    unet = UNet2DConditionModel.from_pretrained(folder / "unet")
    return request.param, folder, tiny.save(tiny.controlnet(unet), tmp_path / "controlnet")


def with_one(engine_for, both, follows="inpaint", **more):
    family, folder, beside = both
    given = {"PATH": str(beside), "FOLLOWS": follows, **more.pop("CONTROLNET", {})}
    return engine_for(folder, f"{family}-controlnet", CONTROLNET=given, **more)


def test_a_controlnet_that_counts_nothing_leaves_the_model_as_it_is(engine_for, both):
    family, folder, _beside = both
    alone = picture(engine_for(folder, family), ask(parameters=QUIET))
    silent = picture(with_one(engine_for, both, CONTROLNET={"SCALE": 0}), ask(parameters=QUIET))
    heard = picture(with_one(engine_for, both), ask(parameters=QUIET))
    assert np.abs(silent.rgb - alone.rgb).max() < 1e-4
    assert np.abs(heard.rgb - alone.rgb).max() > 0.01
    assert heard.metadata["revision"].count("sha256:") == 2


def test_what_it_follows_changes_the_picture(engine_for, both):
    made = [
        picture(with_one(engine_for, both, follows), ask(parameters=QUIET)).rgb
        for follows in ("inpaint", "canny")
    ]
    assert np.abs(made[0] - made[1]).max() > 0.01


def test_a_batch_gives_what_each_would_give_alone_with_guidance_too(engine_for, both):
    engine = with_one(engine_for, both, MAX_BATCH=3, GUIDANCE=4.0)
    wishes = [ask(seed=seed, negative_prompt="blur", parameters=QUIET) for seed in (1, 2, 3)]
    for wish, made in zip(wishes, generate(engine, *wishes), strict=True):
        assert np.abs(picture(engine, wish).rgb - made.rgb).max() < 1e-4


@pytest.mark.parametrize("task", [Task.TEXT_TO_IMAGE, Task.RESTYLE])
def test_tasks_without_a_mask_are_painted_by_the_model_alone(engine_for, both, task):
    family, folder, _beside = both
    beside = picture(with_one(engine_for, both), ask(task, parameters=QUIET))
    alone = picture(engine_for(folder, family), ask(task, parameters=QUIET))
    assert np.abs(beside.rgb - alone.rgb).max() < 1e-4


def test_the_control_says_what_is_there_and_what_is_not():
    canvas = Image.new("RGB", (32, 32), (51, 102, 153))
    mask = Image.new("L", (32, 32), 255)
    mask.paste(0, (8, 8, 24, 24))
    pixels = controls.followed(canvas, mask, "inpaint")
    assert np.allclose(pixels[8:24, 8:24], (0.2, 0.4, 0.6))
    pixels[8:24, 8:24] = -1
    assert (pixels == -1).all()


def test_edges_are_closed_lines_of_one_pixel():
    canvas = Image.new("RGB", (96, 96), (90, 90, 90))
    ImageDraw.Draw(canvas).ellipse((20, 20, 76, 76), fill=(200, 60, 20))  # as bright as around
    found = controls.edges(np.asarray(canvas, np.float32))
    assert 130 < found.sum() < 260  # around 2 pi 28 = 176, diagonal steps counted once
    inside = np.asarray(canvas)[..., 0] == 200
    near = ndimage.binary_dilation(inside, iterations=2)
    assert not found[~near].any()
    assert not found[ndimage.binary_erosion(inside, iterations=2)].any()
    around, _count = ndimage.label(~found)
    assert around[0, 0] != around[48, 48]


def test_faint_noise_has_no_edges_but_what_touches_a_strong_one_is_kept():
    random = np.random.default_rng(3)
    assert not controls.edges(128 + random.normal(0, 3, (64, 64, 3)).astype(np.float32)).any()
    fading = np.full((40, 60, 3), 100.0, np.float32)
    fading[20:] += np.linspace(120, 30, 60, dtype=np.float32)[:, None]  # from strong to weak
    assert controls.edges(fading).any(axis=0).all()
    fading[20:] = fading[:20] + 30  # weak alone
    assert not controls.edges(fading).any()


def test_a_folder_without_weights_or_with_pickles_is_refused_in_words(engine_for, both, tmp_path):
    family, folder, beside = both
    nowhere = with_one(engine_for, (family, folder, tmp_path / "nowhere"))
    assert "no config.json" in said_by(nowhere)
    weights = beside / "diffusion_pytorch_model.safetensors"
    weights.rename(beside / "diffusion_pytorch_model.bin")
    assert "pickles" in said_by(with_one(engine_for, both))


def said_by(engine) -> str:
    """Why there is no picture at all."""
    with pytest.raises(JobFailure) as caught:
        generate(engine, ask())
    return str(caught.value)


def test_weights_that_do_not_fit_the_model_are_told_in_words(engine_for, four, xl_four, tmp_path):
    unet = UNet2DConditionModel.from_pretrained(xl_four / "unet")
    folder = tiny.save(tiny.controlnet(unet), tmp_path / "of_another")
    (file,) = folder.glob("*.safetensors")
    file.write_bytes(b"nothing")
    assert "could not be loaded" in said_by(with_one(engine_for, ("sd", four, folder)))
