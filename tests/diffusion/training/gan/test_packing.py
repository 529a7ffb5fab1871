from __future__ import annotations

import numpy as np
import pytest
import torch

from prodimages.diffusion.training.gan.batches import Crops
from prodimages.diffusion.training.gan.packing import DRAWING, PHOTO, SIDE, Pack, is_held, pack
from tests.diffusion.training.gan.toys import save_photos, toy_pack


def test_a_pack_keeps_to_its_budget_and_comes_back_from_its_file(tmp_path):
    made = toy_pack(tmp_path)
    assert made.ends[-1] <= 400_000
    assert {PHOTO, DRAWING} == set(made.kinds)
    made.save(tmp_path / "pack.npz")
    loaded = Pack.load(tmp_path / "pack.npz")
    assert (loaded.pixels(held=False) == made.pixels(held=False)).all()
    assert loaded.pixels(held=False, kinds=[PHOTO]).shape[1:] == (SIDE, SIDE, 3)


def test_small_and_broken_photos_are_left_out(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    photos = [tmp_path / "broken.jpg", *save_photos(tmp_path, 2, (200, 210))]
    made = pack(photos, budget=100_000, drawings=2, fonts=None, seed=1)
    assert list(made.kinds) == [DRAWING, DRAWING]
    with pytest.raises(ValueError, match="no photos"):
        Crops(made, torch.device("cpu"))


def test_another_file_is_no_pack(tmp_path):
    np.savez(tmp_path / "other.npz", content=np.zeros(3))
    with pytest.raises(ValueError, match="no pack"):
        Pack.load(tmp_path / "other.npz")


def test_some_photos_are_held_back_by_name():
    held = [is_held(f"{number}.jpg") for number in range(4000)]
    assert 0.04 < np.mean(held) < 0.08
    assert is_held("a.jpg") == is_held("a.jpg")


def test_batches_hold_crops_of_the_pack_turned_but_not_changed(tmp_path):
    made = toy_pack(tmp_path)
    crops = Crops(made, torch.device("cpu"), drawings=0.5)
    batch = crops.batch(8, 32, torch.Generator().manual_seed(1))
    assert batch.shape == (8, 3, 32, 32)
    assert batch.dtype == torch.float32
    assert 0 <= batch.min() < batch.max() <= 1
    again = crops.batch(8, 32, torch.Generator().manual_seed(1))
    assert torch.equal(batch, again)
    known = {tuple(sorted(color)) for color in made.pixels(held=False).reshape(-1, 3)}
    seen = (batch * 255).round().byte().permute(0, 2, 3, 1).reshape(-1, 3)[::97]
    assert {tuple(sorted(color.tolist())) for color in seen} <= known
