"""A folder as one archive in pieces of a size that every way of copying takes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

PIECE = 15 * 2**20 + 2**19
_NAME = "nano.zip"


def worth_keeping(run: Path) -> list[Path]:
    """Of a training's folder: the weights that it wrote, sheets, curves and logs."""
    patterns = ("nano/**/*", "*/*.jpg", "*/*.txt", "*/*.png", "*/*.jsonl", "*.json")
    found = [file for one in patterns for file in sorted(run.glob(one)) if file.is_file()]
    return list(dict.fromkeys(found))


def pack(folder: Path, files: Iterable[Path], target: Path, piece: int = PIECE) -> list[Path]:
    """``files`` of ``folder`` -> ``target``/nano.zip.000 and so on, of ``piece`` bytes at most."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for file in files:
            packed.write(file, file.relative_to(folder))
    content = archive.getvalue()
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for number, start in enumerate(range(0, len(content), piece)):
        written.append(target / f"{_NAME}.{number:03d}")
        written[-1].write_bytes(content[start : start + piece])
    return written


def unpack(source: Path, folder: Path) -> None:
    """What ``pack`` wrote to ``source`` -> ``folder``. Raises ValueError for a lost piece."""
    pieces = sorted(source.glob(f"{_NAME}.*"))
    expected = [f"{_NAME}.{number:03d}" for number in range(len(pieces))]
    if not pieces or [piece.name for piece in pieces] != expected:
        raise ValueError(f"{source} does not hold all pieces of {_NAME}.")
    content = io.BytesIO(b"".join(piece.read_bytes() for piece in pieces))
    with zipfile.ZipFile(content) as packed:
        if broken := packed.testzip():
            raise ValueError(f"{broken} was damaged on its way.")
        packed.extractall(folder)
