"""The model that ships with the package, run for real."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

from prodimages.choices import FailureKind, SourceType, Task
from prodimages.diffusion import loading, weights
from prodimages.engines.diffusers import DiffusersEngine
from prodimages.engines.presets import PRESETS
from prodimages.exceptions import JobCanceled, JobFailure
from tests.diffusion.asking import ask, generate, picture

FOLDER = loading.folder_for(DiffusersEngine("nano", {"PRESET": "nano"})._set)


@pytest.fixture(scope="module")
def nano():
    engine = DiffusersEngine("nano", {"PRESET": "nano"})
    yield engine
    engine.close()


def test_it_needs_no_settings_and_can_paint_backgrounds_and_pictures_from_text(nano):
    assert nano.check() == []
    assert nano.tasks == {Task.BACKGROUND, Task.TEXT_TO_IMAGE}
    assert nano.deterministic
    info = nano.model_info()
    assert info["name"] == "nano"
    assert info["commercial"]
    assert info["revision"] == f"sha256:{PRESETS['nano'].seal}"


def test_nobody_made_loras_or_adapters_for_it():
    for name, given in (("LORA", "someone/lora"), ("IP_ADAPTER", {"PATH": "somewhere"})):
        found = DiffusersEngine("nano", {"PRESET": "nano", name: given}).check()
        assert any(f"{name} does not fit nano" in fault.msg for fault in found)


def test_all_its_weights_are_45_megabytes_and_as_their_digests_say():
    weights.assert_sealed(FOLDER, PRESETS["nano"].seal)
    assert sum(file.stat().st_size for file in FOLDER.rglob("*.safetensors")) < 45.5e6
    named = weights.sealed_files(FOLDER)
    assert {str(f.relative_to(FOLDER)) for f in FOLDER.rglob("*.safetensors")} <= set(named)


@pytest.mark.parametrize("name", ["unet/config.json", "shading/config.json", "digests.json"])
def test_a_file_that_was_tampered_with_is_refused(tmp_path, monkeypatch, name):
    copy = shutil.copytree(FOLDER, tmp_path / "nano")
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    file = copy / name
    file.write_text(file.read_text().replace("8", "9", 1))
    with pytest.raises(JobFailure, match=f"“{name}”") as caught:
        generate(DiffusersEngine("nano", {"PRESET": "nano"}), ask())
    assert caught.value.kind == FailureKind.UNAVAILABLE


def test_a_background_is_painted_at_256_and_enlarged(nano):
    made = picture(nano, ask(side=512, prompt="a green wall, an oak table"))
    assert made.rgb.shape == (512, 512, 3)
    assert made.source_type == SourceType.COMPOSITE_WITH_TRAINED
    assert made.metadata["painted"] == [256, 256]
    assert (made.metadata["steps"], made.metadata["steps_run"]) == (8, 4)
    assert made.metadata["device"] == "cpu"


def test_words_change_the_picture_and_seeds_too(nano):
    def painted(prompt, seed=1):
        request = ask(task=Task.TEXT_TO_IMAGE, side=256, prompt=prompt, seed=seed)
        return picture(nano, request).rgb

    paper = painted("seamless gray paper")
    podium = painted("a blush podium against a beige background, soft light")
    assert podium.std() > 1.4 * paper.std()
    assert np.array_equal(paper, painted("seamless gray paper"))
    assert not np.array_equal(paper, painted("seamless gray paper", seed=2))


@pytest.mark.parametrize(
    ("prompt", "strongest"),
    [
        ("a red paper background, soft light", 0),
        ("a green paper background, soft light", 1),
        ("a blue paper background, soft light", 2),
    ],
)
def test_a_color_is_the_one_that_words_name(nano, prompt, strongest):
    request = ask(task=Task.TEXT_TO_IMAGE, side=256, prompt=prompt, seed=3)
    mean = picture(nano, request).rgb.mean(axis=(0, 1))
    assert mean.argmax() == strongest
    assert mean.max() > 1.25 * np.median(mean)


def test_a_cancel_stops_within_a_step_and_leaves_the_model_usable(nano):
    asked = []

    def canceled():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(JobCanceled):
        nano.generate([ask()], on_progress=lambda done: None, is_canceled=canceled)
    assert picture(nano, ask()).rgb.shape


def test_it_hears_no_negative_prompt_and_says_so(nano):
    request = ask(negative_prompt="people")
    assert "takes no negative prompt" in nano.problems(request)["negative_prompt"][0]


def test_it_loads_with_the_hub_switched_off():
    code = (
        "import os; os.environ.update(HF_HUB_OFFLINE='1', DJANGO_SETTINGS_MODULE='tests.settings');"
        "import django; django.setup();"
        "import socket; socket.socket.connect = lambda *given: 1 / 0;"
        "from prodimages.diffusion.loading import load;"
        "from prodimages.engines.diffusers import DiffusersEngine;"
        "print(load(DiffusersEngine('nano', {'PRESET': 'nano'})._set).revision)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert PRESETS["nano"].seal in run.stdout, run.stderr[-2000:]
