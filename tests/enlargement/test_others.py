"""Enlargers whose weights a shop brings itself, with tiny random ones."""

from __future__ import annotations

import hashlib
import sys
import types

import numpy as np
import pytest

from prodimages.enlargement import others
from prodimages.enlargement.others import SpandrelEnlarger, Swin2srEnlarger
from prodimages.exceptions import JobFailure
from prodimages.imaging.enlarging import resized

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")


def photo(height: int = 20, width: int = 27) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    bands = (np.sin(x / 3), np.cos(y / 4), np.sin((x + y) / 5))
    return np.rint(np.stack(bands, axis=-1) * 90 + 128).astype(np.uint8)


@pytest.fixture(scope="module", params=[2, 4])
def swin(request, tmp_path_factory):
    torch.manual_seed(1)
    config = transformers.Swin2SRConfig(
        image_size=16, embed_dim=16, depths=[1], num_heads=[2], window_size=4, mlp_ratio=1.0
    )
    config.upscale = request.param
    folder = tmp_path_factory.mktemp("swin2sr")
    transformers.Swin2SRForImageSuperResolution(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("factor", [2, 4])
def test_swin2sr_enlarges_and_is_held_to_the_photo(swin, factor):
    backend = Swin2srEnlarger({"PATH": str(swin), "LICENSE": "Apache-2.0", "TILE": 32})
    assert backend.check() == []
    assert backend.problem() == ""
    large = backend.enlarge(photo(), factor)
    assert large.shape == (20 * factor, 27 * factor, 3)
    back = resized(large.astype(np.float32), (27, 20))
    assert np.abs(back - photo()).mean() < 8  # by random weights
    assert backend.record()["license"] == "Apache-2.0"


def test_swin2sr_reads_no_pickles(swin, tmp_path):
    (tmp_path / "config.json").write_bytes((swin / "config.json").read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    backend = Swin2srEnlarger({"PATH": str(tmp_path), "LICENSE": "MIT"})
    with pytest.raises(JobFailure, match="can't be loaded"):
        backend.enlarge(photo(), 2)


def test_swin2sr_of_the_hub_needs_a_pinned_commit():
    named = {"MODEL": "caidas/swin2SR-classical-sr-x2-64", "LICENSE": "Apache-2.0"}
    for options, word in (
        ({}, "PATH"),
        (named, "REVISION"),
        ({**named, "REVISION": "main"}, "REVISION"),
        ({"PATH": "/srv/swin2sr"}, "LICENSE"),
        ({**named, "DEVICE": "cuda"}, "DEVICE"),
        ({"PATH": 3, "LICENSE": "MIT"}, "PATH"),
    ):
        (found,) = Swin2srEnlarger(options).check()
        assert found.id == "prodimages.E031"
        assert word in found.msg
    pinned = Swin2srEnlarger({**named, "REVISION": "a" * 40})
    assert pinned.check() == []
    assert pinned.record()["weights"].endswith("@" + "a" * 40)
    with pytest.raises(JobFailure, match="can't be loaded"):  # it never downloads
        pinned.enlarge(photo(), 2)


class Descriptor:
    """What spandrel's loader gives, as far as it is used here."""

    def __init__(self, scale: int):
        self.scale = scale

    def eval(self):
        return self

    def __call__(self, planes):
        return torch.nn.functional.interpolate(planes, scale_factor=self.scale, mode="bicubic")


@pytest.fixture
def spandrel(monkeypatch):
    """A stand-in for the package, which wants torchvision."""
    module = types.ModuleType("spandrel")
    module.scale = 2

    class ModelLoader:
        def __init__(self, device):
            pass

        def load_from_file(self, path):
            return Descriptor(module.scale)

    module.ModelLoader, module.ImageModelDescriptor = ModelLoader, Descriptor
    monkeypatch.setitem(sys.modules, "spandrel", module)
    monkeypatch.setattr(others.metadata, "version", lambda name: "1")
    return module


@pytest.fixture
def brought(tmp_path):
    path = tmp_path / "network.safetensors"
    path.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    return {"PATH": str(path), "SHA256": digest, "LICENSE": "CC-BY-4.0"}


@pytest.mark.parametrize("scale", [2, 4])
def test_what_spandrel_reads_enlarges(spandrel, brought, scale):
    spandrel.scale = scale
    backend = SpandrelEnlarger(brought)
    assert backend.check() == []
    for factor in (2, 4):
        large = backend.enlarge(photo(), factor)
        assert large.shape == (20 * factor, 27 * factor, 3)
    assert backend.record()["sha256"] == brought["SHA256"]


def test_a_network_of_another_factor_is_refused(spandrel, brought):
    spandrel.scale = 3
    with pytest.raises(JobFailure, match="3 times"):
        SpandrelEnlarger(brought).enlarge(photo(), 2)


def test_other_weights_and_pickles_are_refused(spandrel, brought, tmp_path):
    with pytest.raises(JobFailure, match="SHA-256"):
        SpandrelEnlarger({**brought, "SHA256": "0" * 64}).enlarge(photo(), 2)
    with pytest.raises(JobFailure, match="no file"):
        SpandrelEnlarger({**brought, "PATH": "/none.safetensors"}).enlarge(photo(), 2)
    pickle = {**brought, "PATH": str(tmp_path / "network.pth")}
    assert "pickles" in SpandrelEnlarger(pickle).check()[0].msg
    with pytest.raises(JobFailure, match="pickles"):
        SpandrelEnlarger(pickle).enlarge(photo(), 2)


def test_without_spandrel_it_says_what_to_install(monkeypatch, brought):
    def version(name: str) -> str:
        if name == "spandrel":
            raise others.metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(others.metadata, "version", version)
    assert "prodimages[spandrel]" in SpandrelEnlarger(brought).missing()
    with pytest.raises(JobFailure, match="spandrel"):
        SpandrelEnlarger(brought).enlarge(photo(), 2)
