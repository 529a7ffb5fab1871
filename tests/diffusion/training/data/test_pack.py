"""Records survive their folders, their packs, and a kill in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prodimages.diffusion.training.data import facts as facts_room
from prodimages.diffusion.training.data import pack, records, scenes

SIDE = pack.SIDE


def lights(seed: int) -> dict[str, np.ndarray]:
    """Smooth light, such as a camera out of focus sees."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    names = ("without.key", "without.fill", "with.key", "with.fill")
    return {
        name: (rng.uniform(0.1, 0.9, 3) * (0.2 + 0.8 * (x + k * y)[..., None] / 2)).astype("f4")
        for k, name in enumerate(names)
    }


def written(root: Path, number: int, product: str | None = "mug") -> dict[str, Any]:
    facts = facts_room.scene_facts(scenes.draw(number), (0.0, -0.6, 0.8), "tracer")
    facts |= {"product": product}
    shown = lights(number)
    if product is None:
        shown = {name: light for name, light in shown.items() if name.startswith("without")}
    mask = np.zeros((SIDE, SIDE), np.float32)
    if product:
        mask[80:200, 90:160] = 0.6
    regions = np.full((SIDE, SIDE), records.WALL, np.uint8)
    records.write_record(records.record_folder(root, number), shown, mask, regions, facts)
    return facts


def test_a_record_comes_back_from_its_pack(tmp_path: Path) -> None:
    facts = written(tmp_path / "scenes", 7)
    (path,) = pack.pack(pack.record_folders([tmp_path / "scenes"]), tmp_path / "some")
    loaded = pack.load([path], workers=2)
    assert len(loaded) == 1
    assert {name: loaded.facts[0][name] for name in facts} == facts
    for state, presence in enumerate(("without", "with")):
        for lamp, name in enumerate(("key", "fill")):
            codes = loaded.light[0, state, lamp].astype(np.float32) / 255
            radiance = codes**2 * loaded.scale[0, state, lamp]
            assert np.abs(radiance - lights(7)[f"{presence}.{name}"]).mean() < 0.006
    assert loaded.mask[0, 100, 100] == round(0.6 * 255)
    assert loaded.mask[0, 10, 10] == 0
    assert set(np.unique(loaded.regions[0])) == {records.WALL}


def test_packs_keep_the_bytes_and_their_size(tmp_path: Path) -> None:
    for number in range(6):
        written(tmp_path / "scenes", number)
    folders = list(pack.record_folders([tmp_path / "scenes"]))
    size = sum(file.stat().st_size for file in folders[0].iterdir())
    paths = pack.pack(folders, tmp_path / "part", limit=3 * size)
    assert len(paths) > 1
    assert all(path.stat().st_size <= 3.2 * size for path in paths)
    apart, whole = pack.load(paths, 1), pack.load(pack.pack(folders, tmp_path / "whole"), 3)
    assert apart.facts == whole.facts
    assert [facts["id"] for facts in apart.facts] == list(range(6))
    assert (apart.light == whole.light).all()
    assert (apart.scale == whole.scale).all()


def test_a_scene_without_a_product_is_the_same_with_it(tmp_path: Path) -> None:
    written(tmp_path / "scenes", 3, product=None)
    loaded = pack.load(pack.pack(pack.record_folders([tmp_path / "scenes"]), tmp_path / "p"), 1)
    assert (loaded.light[0, 0] == loaded.light[0, 1]).all()
    assert (loaded.scale[0, 0] == loaded.scale[0, 1]).all()
    assert not loaded.mask.any()


def test_a_record_that_is_being_written_does_not_count(tmp_path: Path) -> None:
    written(tmp_path, 1)
    half = tmp_path / ".000002.99"
    half.mkdir()
    (half / "without.key.webp").write_bytes(b"RIFF")
    (tmp_path / "000003").mkdir()
    assert records.is_done(tmp_path, 1)
    assert not records.is_done(tmp_path, 2)
    assert not records.is_done(tmp_path, 3)
    assert [path.name for path in pack.record_folders([tmp_path])] == ["000001"]


def test_a_record_that_lacks_a_file_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "scenes", 1)
    written(tmp_path / "scenes", 2)
    (tmp_path / "scenes" / "000002" / "with.key.webp").unlink()
    (path,) = pack.pack(pack.record_folders([tmp_path / "scenes"]), tmp_path / "p")
    assert [facts["id"] for facts in pack.load([path], 1).facts] == [1]
    assert "000002 is left out" in capsys.readouterr().out


def test_what_is_no_pack_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="no pack of training records"):
        pack.load([tmp_path / "bad.npz"], 1)


def test_light_of_any_strength_keeps_its_scale() -> None:
    for strength in (0.05, 0.5, 3.0):
        light = np.full((32, 32, 3), strength, np.float32)
        _data, scale = records.encoded(light)
        assert scale == pytest.approx(strength, rel=0.01)


def test_each_pixel_belongs_to_what_covers_most_of_it() -> None:
    ids = np.array([[[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.1, 0.9], [0.1, 0.1, 0.1]]])
    wanted = [records.PRODUCT, records.SURFACE, records.WALL, records.OTHER]
    assert records.region_ids(ids)[0].tolist() == wanted


def test_calibration_brings_the_ground_to_a_common_light() -> None:
    scene = next(s for s in map(scenes.draw, range(50)) if s.scene == "tabletop")
    albedo = np.full((SIDE, SIDE, 3), 0.4, np.float32)
    ids = np.zeros((SIDE, SIDE, 3), np.float32)
    ids[100:, :, 1] = 1
    bare = {"albedo": albedo, "ids": ids, "key": albedo * 3.0, "fill": albedo * 0.2}
    key, fill = facts_room.calibrate(bare, scene)
    assert key * 3.0 == pytest.approx(scene.key_share, rel=1e-3)
    assert fill * 0.2 == pytest.approx(1 - scene.key_share, rel=1e-3)


def test_facts_are_plain_json(tmp_path: Path) -> None:
    written(tmp_path, 5)
    facts = json.loads((tmp_path / "000005" / "facts.json").read_text())
    assert facts["split"] in ("train", "held")
    assert len(facts["key_direction"]) == 3
