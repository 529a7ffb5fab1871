"""Small pictures of the shipped styles, which staff choose by; drawn by the docs' own script."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodimages.engines.studio.scenes import SCENES

FOLDER = Path(__file__).resolve().parents[2] / "static" / "prodimages" / "styles"
DIGESTS = FOLDER / "digests.json"
"""What each picture was drawn from, by slug."""


def static_path(slug: str) -> str:
    """The picture's name among the static files."""
    return f"prodimages/styles/{slug}.webp"


def digest(style: Mapping[str, Any]) -> str:
    """Of all that a shipped style's picture follows from, its scene family included."""
    scene = SCENES.get(style["parameters"].get("scene", ""))
    facts = [
        *(style["task"], style["prompt"], style["parameters"]),
        dataclasses.asdict(scene) if scene else None,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
