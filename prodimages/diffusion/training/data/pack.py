"""Records as a few big files, and back into arrays.

A pack is an uncompressed NumPy archive: ``data`` (all files of all records, end to end, as they
are), ``ends`` (where each file ends; 0 bytes for one that a record lacks) and ``facts`` (JSON).

    python -m prodimages.diffusion.training.data.pack OUT ROOT [ROOT ...] --megabytes 46
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

SIDE = 256
FILES = (
    *("without.key.webp", "without.fill.webp", "with.key.webp", "with.fill.webp"),
    *("mask.png", "regions.png"),
)
"""The files of a record, in a pack's order. The studio's pictures are sRGB and stand in the
places of the key light: ``without.webp`` and ``with.webp``."""
_STUDIO = {"without.key.webp": "without.webp", "with.key.webp": "with.webp"}
_PAIRS = ((0, 0), (0, 1), (1, 0), (1, 1))


@dataclasses.dataclass
class Records:
    """N records of 256 x 256 pixels, decoded."""

    light: np.ndarray
    """uint8 (N, 2, 2, 256, 256, 3): without and with the product, by key and fill light, as
    ``255 sqrt(radiance / scale)``. Where there is no product both are the same. Of the
    studio's records the key holds the finished sRGB picture and the fill is 0."""
    scale: np.ndarray
    """float32 (N, 2, 2); 1 for the studio's."""
    mask: np.ndarray
    """uint8 (N, 256, 256): how much of each pixel the product covers."""
    regions: np.ndarray
    """uint8 (N, 256, 256): 1 ground, 2 wall or backdrop, 3 product, 4 other."""
    facts: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.facts)


def record_folders(roots: Iterable[Path]) -> Iterator[Path]:
    """All complete records under ``roots``, by number."""
    for root in roots:
        yield from sorted(path.parent for path in root.glob("[0-9]*/facts.json"))


def pack(folders: Iterable[Path], target: Path, limit: int | None = None) -> list[Path]:
    """Writes ``target``.000.npz and so on, of at most ``limit`` bytes each; their paths.

    A record that can't be read whole is left out with a word, as one that is being written.
    """
    written: list[Path] = []
    pending: list[tuple[list[bytes], dict[str, Any]]] = []
    size = 0
    for folder in folders:
        try:
            record = _read(folder)
        except (OSError, ValueError) as problem:
            print(f"{folder} is left out: {problem}")
            continue
        room = sum(map(len, record[0])) + 700
        if limit is not None and pending and size + room > limit:
            written.append(_write(target, len(written), pending))
            pending, size = [], 0
        pending.append(record)
        size += room
    if pending:
        written.append(_write(target, len(written), pending))
    return written


def _read(folder: Path) -> tuple[list[bytes], dict[str, Any]]:
    facts = json.loads((folder / "facts.json").read_text())
    names = [_STUDIO.get(name, name) if facts["source"] == "studio" else name for name in FILES]
    files = [(folder / name).read_bytes() if (folder / name).exists() else b"" for name in names]
    if not files[0] or (facts["product"] and not (files[2] and files[4])):
        raise ValueError("the record is not complete")
    return files, facts


def _write(target: Path, number: int, records: Sequence[tuple[list[bytes], Any]]) -> Path:
    path = target.with_name(f"{target.name}.{number:03d}.npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    files = [file for record, _facts in records for file in record]
    words = json.dumps([facts for _record, facts in records], ensure_ascii=False)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as out:
        np.savez(
            out,
            data=np.frombuffer(b"".join(files), dtype=np.uint8),
            ends=np.cumsum([len(file) for file in files], dtype=np.int64),
            facts=np.frombuffer(words.encode(), dtype=np.uint8),
        )
    beside.rename(path)
    return path


def load(paths: Sequence[Path], workers: int = 8, split: str = "") -> Records:
    """All records of the packs at ``paths``, in order, decoded by ``workers`` threads; those of
    one ``split`` alone where it is named.

    Raises ValueError for a file that is no pack.
    """
    files: list[list[bytes]] = []
    facts: list[dict[str, Any]] = []
    for path in paths:
        for some_files, some_facts in zip(*_opened(Path(path)), strict=True):
            if split in ("", some_facts.get("split", "train")):
                files.append(some_files)
                facts.append(some_facts)
    count = len(facts)
    records = Records(
        light=np.zeros((count, 2, 2, SIDE, SIDE, 3), np.uint8),
        scale=np.ones((count, 2, 2), np.float32),
        mask=np.zeros((count, SIDE, SIDE), np.uint8),
        regions=np.zeros((count, SIDE, SIDE), np.uint8),
        facts=facts,
    )
    # Pillow decodes outside Python's lock, so threads are enough.
    with ThreadPoolExecutor(max(1, workers)) as pool:
        list(pool.map(lambda at: _decode(records, at, files[at]), range(count)))
    return records


def _opened(path: Path) -> tuple[list[list[bytes]], list[dict[str, Any]]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            data, ends = archive["data"].tobytes(), archive["ends"].tolist()
            facts = json.loads(archive["facts"].tobytes().decode())
    except (KeyError, OSError, ValueError) as problem:
        raise ValueError(f"{path} is no pack of training records: {problem}") from problem
    starts = [0, *ends[:-1]]
    pieces = [data[start:end] for start, end in zip(starts, ends, strict=True)]
    width = len(FILES)
    if len(pieces) != width * len(facts):
        raise ValueError(f"{path} is damaged: it has not {width} files for each record.")
    return [pieces[at : at + width] for at in range(0, len(pieces), width)], facts


def _decode(records: Records, at: int, files: list[bytes]) -> None:
    scales = records.facts[at].get("scales", {})
    for (state, lamp), name, file in zip(_PAIRS, FILES, files, strict=False):
        if file:
            records.light[at, state, lamp] = _pixels(file)
            records.scale[at, state, lamp] = scales.get(name.removesuffix(".webp"), 1.0)
        elif state == 1 and not files[2]:
            records.light[at, 1, lamp] = records.light[at, 0, lamp]
            records.scale[at, 1, lamp] = records.scale[at, 0, lamp]
    for target, file in ((records.mask, files[4]), (records.regions, files[5])):
        if file:
            target[at] = _pixels(file)


def _pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Packs training records into few files.")
    parser.add_argument("out", type=Path, help="path and beginning of the packs' names")
    parser.add_argument("roots", type=Path, nargs="+")
    parser.add_argument("--megabytes", type=float, default=46.0, help="most of one file")
    parser.add_argument("--most", type=int, help="most records in all")
    asked = parser.parse_args()
    folders = list(record_folders(asked.roots))[: asked.most]
    for path in pack(folders, asked.out, int(asked.megabytes * 2**20)):
        print(f"{path} {path.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
