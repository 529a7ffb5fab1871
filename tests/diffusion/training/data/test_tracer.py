"""The tracer agrees with what light does, in scenes small enough for a processor."""

from __future__ import annotations

import ctypes
import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from prodimages.diffusion.training.data import scenes
from prodimages.diffusion.training.data.tracer import denoising, meshes, renderer
from prodimages.diffusion.training.data.tracer.stage import Stage

SIDE = 24

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return renderer.compiled(tmp_path_factory.mktemp("tracer"), card=False)


def tabletop(**changes: object) -> scenes.Scene:
    found = (scenes.draw(seed) for seed in range(500))
    scene = next(
        one
        for one in found
        if one.scene == "seamless" and one.pattern == "none" and one.product == "block"
    )
    return dataclasses.replace(scene, light="soft", **changes)  # type: ignore[arg-type]


def traced(library: ctypes.CDLL, scene: scenes.Scene, *, product: bool) -> dict[str, np.ndarray]:
    halves = renderer.traced(library, Stage(scene), product=product, samples=32, side=SIDE)
    return {name: pair.mean(0) for name, pair in halves.items()}


def test_a_product_darkens_the_ground_beside_it_and_nothing_outshines_the_lamp(
    library: ctypes.CDLL,
) -> None:
    scene = tabletop(light_side="left")
    shown, bare = (traced(library, scene, product=there) for there in (True, False))
    outside = shown["ids"][..., 0] < 0.01
    ratio = shown["key"][outside].mean(-1) / bare["key"][outside].mean(-1)
    assert ratio.min() < 0.6  # its shadow
    assert np.median(ratio) > 0.9  # and not a veil
    assert np.isfinite(shown["key"]).all()


def test_ids_say_what_covers_each_pixel(library: ctypes.CDLL) -> None:
    shown = traced(library, tabletop(), product=True)["ids"]
    assert 0.04 < shown[..., 0].mean() < 0.6
    assert np.allclose(shown.sum(-1), 1, atol=1e-3)
    assert not traced(library, tabletop(), product=False)["ids"][..., 0].any()


def test_the_same_seed_gives_the_same_picture(library: ctypes.CDLL) -> None:
    first, second = (traced(library, tabletop(), product=True) for _time in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_source_that_does_not_compile_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "tracer.cu"
    broken.write_text("no C++ at all")
    monkeypatch.setattr(renderer, "SOURCE", broken)
    with pytest.raises(RuntimeError, match="can't be compiled"):
        renderer.compiled(tmp_path, card=False)
    assert not list(tmp_path.glob("libtracer*"))


def test_noise_goes_and_edges_stay() -> None:
    rng = np.random.default_rng(3)
    truth = np.where(np.arange(64)[None, :, None] < 32, 0.2, 0.8) * np.ones((64, 64, 3))
    flat = np.ones((2, 64, 64, 3), np.float32)
    noisy = (truth + rng.normal(0, 0.05, (2, 64, 64, 3))).astype(np.float32)
    halves = {"key": noisy, "fill": noisy, "glow": 0 * flat, "ids": 0 * flat, "albedo": flat}
    clean = denoising.denoised(halves)["key"]
    before = np.abs(noisy.mean(0) - truth).mean()
    assert np.abs(clean - truth).mean() < 0.5 * before
    assert clean[:, 33].mean() - clean[:, 30].mean() > 0.55


def test_a_bevelled_box_keeps_its_size_and_faces_outward() -> None:
    corners = np.array([(x, y, z) for z in (0, 3) for x, y in ((0, 0), (2, 0), (2, 1), (0, 1))])
    triangles, normals = meshes.bevelled(corners.astype(float), 0.1)
    assert triangles.min(axis=(0, 1)) == pytest.approx([0, 0, 0])
    assert triangles.max(axis=(0, 1)) == pytest.approx([2, 1, 3])
    away = triangles.mean(1) - np.array([1, 0.5, 1.5])
    assert ((normals.mean(1) * away).sum(-1) > 0).all()
