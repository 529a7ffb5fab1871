"""A project in a folder that is thrown away; to be imported before anything of Django's."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="prodimages-card-"))
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "benchmarks.card.settings",
    "PRODIMAGES_VAR": str(FOLDER / "var"),
    "PRODIMAGES_DEMO": "1",
    "HF_HUB_OFFLINE": "1",
}

import django  # noqa: E402

django.setup()

import shop_integration.project.celery  # noqa: E402, F401  (the broker in memory)
