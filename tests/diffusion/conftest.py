from __future__ import annotations

import json
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing here may look for anything on the hub

import diffusers
import pytest
import torch
import transformers

from prodimages.diffusion.residency import of_this_process
from prodimages.engines.diffusers import DiffusersEngine
from tests.diffusion import tiny

# On a busy machine two threads that wait for each other take minutes: whoever runs these says 1.
torch.set_num_threads(min(2, int(os.environ.get("OMP_NUM_THREADS", 2))))
diffusers.utils.logging.set_verbosity_error()
transformers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.disable_progress_bar()


@pytest.fixture(scope="session")
def nine(tmp_path_factory):
    """Folder of a Stable Diffusion model whose denoiser sees the mask."""
    return tiny.save(tiny.stable_diffusion(9), tmp_path_factory.mktemp("nine"))


@pytest.fixture(scope="session")
def four(tmp_path_factory):
    """Folder of one whose denoiser doesn't."""
    return tiny.save(tiny.stable_diffusion(4), tmp_path_factory.mktemp("four"))


@pytest.fixture(scope="session")
def klein(tmp_path_factory):
    """Folder of a FLUX.2 klein."""
    return tiny.save(tiny.flux2_klein(), tmp_path_factory.mktemp("klein"))


@pytest.fixture(scope="session")
def z_image(tmp_path_factory):
    """Folder of a Z-Image."""
    return tiny.save(tiny.z_image(), tmp_path_factory.mktemp("z_image"))


@pytest.fixture(scope="session")
def xl(tmp_path_factory):
    """Folder of an SDXL whose denoiser sees the mask."""
    return tiny.save(tiny.stable_diffusion_xl(9), tmp_path_factory.mktemp("xl"))


@pytest.fixture(scope="session")
def qwen(tmp_path_factory):
    """Folder of a Qwen-Image."""
    return tiny.save(tiny.qwen_image(), tmp_path_factory.mktemp("qwen"))


@pytest.fixture(scope="session")
def qwen_edit(tmp_path_factory):
    """Folder of a Qwen-Image-Edit-Plus."""
    folder = tiny.save(tiny.qwen_image_edit(), tmp_path_factory.mktemp("qwen_edit"))
    index = folder / "model_index.json"
    parts = json.loads(index.read_text())  # repositories name the class of transformers
    parts["processor"] = ["transformers", "Qwen2VLProcessor"]
    index.write_text(json.dumps(parts))
    return folder


@pytest.fixture(scope="session")
def sana(tmp_path_factory):
    """Folder of a SANA-Sprint."""
    return tiny.save(tiny.sana_sprint(), tmp_path_factory.mktemp("sana"))


@pytest.fixture(scope="session")
def pixart(tmp_path_factory):
    """Folder of a PixArt-Sigma."""
    return tiny.save(tiny.pixart_sigma(), tmp_path_factory.mktemp("pixart"))


@pytest.fixture
def small_looks(monkeypatch):
    """Pictures that an editor looks at stay small; it would enlarge them to a megapixel."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as pipeline

    monkeypatch.setattr(pipeline, "VAE_IMAGE_SIZE", tiny.SIDE**2)
    monkeypatch.setattr(pipeline, "CONDITION_IMAGE_SIZE", 56**2)


def options_for(folder, family, **options):
    """OPTIONS of an engine on the weights of ``folder``, on the CPU."""
    given = {
        "PRESET": "custom",
        "NAME": "tiny",
        "PATH": str(folder),
        "FAMILY": family,
        "LICENSE": "Apache-2.0",
        "COMMERCIAL": True,
        "SIDES": [tiny.SIDE, tiny.SIDE],
        "STEPS": 4,
        "GUIDANCE": 1.0,
        "DEVICE": "cpu",
    }
    return given | options


@pytest.fixture
def engine_for():
    """Makes engines, alone in memory whatever other tests left there; frees them at the end."""
    for model in list(of_this_process._models):
        of_this_process._evict(model)
    made = []

    def make(folder, family, **options):
        made.append(DiffusersEngine("diffusion", options_for(folder, family, **options)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
