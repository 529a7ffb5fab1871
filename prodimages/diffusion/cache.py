"""Where workers keep what they derive from weights; it can be deleted at any time."""

from __future__ import annotations

import os
from pathlib import Path

from prodimages.conf import settings


def cache_folder(kind: str) -> Path:
    """``MODEL_CACHE`` / ``kind``; by default below the cache of the user who runs the worker."""
    if settings.MODEL_CACHE:
        return Path(settings.MODEL_CACHE) / kind
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "prodimages" / kind
