"""Puts trained weights into the package, sealed::

    python -m prodimages.diffusion.training.shipping FOLDER

``FOLDER`` is the ``nano`` that the training wrote. What lay in the package before is replaced
but for its model card, and the digest that the preset holds the weights to is written anew.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionInpaintPipeline

from prodimages.diffusion import layouts, shading, training
from prodimages.diffusion.training.export import DIGESTS, export

_PACKAGE = Path(training.__file__).parents[2]
SHIPPED = _PACKAGE / "diffusion" / "nano"
SEAL = _PACKAGE / "engines" / "seal.py"
_CARD = "README.md"


def ship(weights: Path, shipped: Path = SHIPPED, seal: Path = SEAL) -> str:
    """Write ``weights`` as the installed libraries write them. Returns the new seal."""
    kind: Any = StableDiffusionInpaintPipeline
    pipeline = kind.from_pretrained(
        weights, dtype=torch.float16, use_safetensors=True, local_files_only=True, **_UNJUDGED
    )
    with tempfile.TemporaryDirectory(dir=shipped.parent) as name:
        fresh = Path(name) / "nano"
        beside = {
            layouts.FOLDER: layouts.of_folder(weights, torch.float32),
            shading.FOLDER: shading.of_folder(weights),
        }
        export(pipeline, fresh, {name: one for name, one in beside.items() if one is not None})
        for file in fresh.rglob("*"):
            file.chmod(0o755 if file.is_dir() else 0o644)
        if (card := shipped / _CARD).is_file():
            shutil.copy(card, fresh / _CARD)
        shutil.rmtree(shipped, ignore_errors=True)
        fresh.rename(shipped)
    found = hashlib.sha256((shipped / DIGESTS).read_bytes()).hexdigest()
    seal.write_text(_SEALED.format(seal=found), encoding="utf-8")
    return found


_UNJUDGED = {"safety_checker": None, "feature_extractor": None, "requires_safety_checker": False}
_SEALED = '''"""What holds the weights that ship with the package to what they are; written by
``python -m prodimages.diffusion.training.shipping``.
"""

NANO = "{seal}"
"""SHA-256 of ``diffusion/nano/digests.json``."""
'''


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m prodimages.diffusion.training.shipping")
    parser.add_argument("weights", type=Path, help="the folder that the training wrote")
    print(f"sealed: {ship(parser.parse_args().weights)}")
