"""The styles that come with the enlarging engine, offered where one is declared."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

ALIAS = "enlarge"
"""The engine's alias in the settings that the shipped styles name."""

STYLES: list[dict[str, Any]] = [
    {
        "slug": f"upscale-{factor}",
        "name": name,
        "task": "upscale",
        "engine": ALIAS,
        "prompt": "",
        "parameters": {"factor": factor},
    }
    for factor, name in ((2, gettext_noop("Upscale ×2")), (4, gettext_noop("Upscale ×4")))
]
