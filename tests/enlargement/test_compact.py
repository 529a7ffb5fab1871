from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from prodimages.choices import FailureKind
from prodimages.enlargement import compact
from prodimages.enlargement.compact import CompactEnlarger
from prodimages.enlargement.registry import enlarger
from prodimages.exceptions import JobCanceled, JobFailure
from prodimages.imaging.enlarging import resized

CARD = compact.WEIGHTS.with_suffix(".md")


def label(side: int = 160) -> np.ndarray:
    """Letters, stripes and a circle, with smooth edges."""
    image = Image.new("RGB", (4 * side, 4 * side), (236, 231, 222))
    draw = ImageDraw.Draw(image)
    for top, size, line in (
        (10, 150, "MILK"),
        (180, 90, "Extra Virgin"),
        (300, 60, "250 ml / 9 oz"),
    ):
        draw.text((20, top), line, font=ImageFont.load_default(size), fill=(24, 32, 92))
    for left in range(20, 600, 36):
        draw.rectangle((left, 400, left + 17, 500), fill=(170, 30, 40))
    draw.ellipse((40, 520, 140, 620), outline=(0, 90, 50), width=16)
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))


def halved(rgb: np.ndarray) -> np.ndarray:
    size = rgb.shape[1] // 2, rgb.shape[0] // 2
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS))


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(first.astype(float) - second).mean()))


def test_it_is_the_default_and_runs_what_the_package_brings():
    assert isinstance(enlarger(), CompactEnlarger)
    backend = CompactEnlarger({})
    assert backend.problem() == ""
    assert compact.WEIGHTS.stat().st_size < 2.5e6
    record = backend.record()
    assert record["license"] == "Apache-2.0"
    assert record["sha256"] == compact.SHA256


def test_letters_and_stripes_come_out_nearer_to_the_truth_than_by_interpolation():
    truth = label()
    small = halved(truth)
    large = CompactEnlarger({}).enlarge(small, 2)
    for how in (Image.Resampling.BICUBIC, Image.Resampling.LANCZOS):
        smooth = np.asarray(Image.fromarray(small).resize(truth.shape[:2], how))
        assert psnr(large, truth) > psnr(smooth, truth) + 2


@pytest.mark.parametrize("factor", [2, 4])
def test_scaled_back_it_is_the_photo(factor):
    dice = np.random.default_rng(3)
    photo = halved(label()) + dice.normal(0, 4, (80, 80, 3))
    photo = photo.clip(0, 255).astype(np.uint8)
    large = CompactEnlarger({}).enlarge(photo, factor)
    assert large.shape == (80 * factor, 80 * factor, 3)
    back = resized(large.astype(np.float32), (80, 80))
    assert psnr(back, photo) > 35
    assert np.abs((back - photo).mean(axis=(0, 1))).max() < 0.3  # no color cast


def test_what_is_plain_stays_plain():
    plain = np.full((40, 50, 3), (180, 60, 20), np.uint8)
    difference = np.abs(CompactEnlarger({}).enlarge(plain, 2).astype(int) - plain[0, 0])
    assert difference.max() <= 2
    assert difference.mean() < 0.5


def test_pieces_leave_no_seam_and_sizes_may_be_odd():
    photo = halved(label())[:77, :79]
    in_pieces = CompactEnlarger({"TILE": 32}).enlarge(photo, 2)
    at_once = CompactEnlarger({"TILE": 200, "THREADS": 1}).enlarge(photo, 2)
    assert at_once.shape == (154, 158, 3)
    difference = np.abs(in_pieces.astype(int) - at_once)
    assert difference.mean() < 0.05
    assert difference.max() <= 8


def test_it_stops_when_asked():
    with pytest.raises(JobCanceled):
        CompactEnlarger({}).enlarge(label(32), 4, is_canceled=lambda: True)


def test_other_weights_are_refused_in_words(tmp_path, monkeypatch):
    content = bytearray(compact.WEIGHTS.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "compact-x2.onnx").write_bytes(content)
    monkeypatch.setattr(compact, "WEIGHTS", tmp_path / "compact-x2.onnx")
    with pytest.raises(JobFailure, match="SHA-256") as failure:
        CompactEnlarger({}).enlarge(label(16), 2)
    assert failure.value.kind == FailureKind.UNAVAILABLE
    monkeypatch.setattr(compact, "WEIGHTS", tmp_path / "none.onnx")
    assert "missing" in CompactEnlarger({}).problem()


def test_without_onnxruntime_it_says_what_to_install(monkeypatch):
    def absent(name: str) -> str:
        raise compact.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(compact.metadata, "version", absent)
    assert "prodimages[cpu]" in CompactEnlarger({}).missing()
    with pytest.raises(JobFailure, match="onnxruntime"):
        CompactEnlarger({}).enlarge(label(16), 2)


def test_options_and_factors_are_checked():
    assert CompactEnlarger({"TILE": 128, "THREADS": 4}).check() == []
    for options in ({"TILES": 128}, {"TILE": "128"}, {"THREADS": 0}, {"THREADS": True}):
        assert [found.id for found in CompactEnlarger(options).check()] == ["prodimages.E031"]
    with pytest.raises(ValueError, match="factor"):
        CompactEnlarger({}).enlarge(label(16), 3)


def test_the_card_is_that_of_the_file():
    card = CARD.read_text(encoding="utf-8")
    assert compact.SHA256 in card
    assert compact.LICENSE in card
