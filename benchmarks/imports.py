"""What prodimages adds to the start of a web process of the reference project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.result import Row, Seconds, median_row

HEAVY = ("torch", "onnxruntime", "numpy", "scipy")
_WITH = "shop_integration.project.settings"
_WITHOUT = "benchmarks.bare_project"
_PAIRS_A_RUN = 4
# What a web process does before its first request, and what its deployment checks.
_START = """
import time
wall, processor = time.perf_counter(), time.process_time()
import django
django.setup()
from django.core.checks import run_checks
from django.urls import get_resolver
get_resolver().url_patterns
run_checks()
import json, sys
print(json.dumps({
    "wall": time.perf_counter() - wall,
    "processor": time.process_time() - processor,
    "modules": sorted(sys.modules),
}))
"""


def measure(runs: int) -> list[Row]:
    """Starts in pairs, with and without in turn, so that both meet the same machine."""
    _start(_WITH), _start(_WITHOUT)  # compiles what was never imported before
    starts = [(_start(_WITH), _start(_WITHOUT)) for _pair in range(_PAIRS_A_RUN * runs)]
    added = [
        Seconds(ours["wall"] - bare["wall"], ours["processor"] - bare["processor"])
        for ours, bare in starts
    ]
    modules = set(starts[0][0]["modules"])
    loaded = [name for name in HEAVY if name in modules]
    news = len(modules - set(starts[0][1]["modules"]))
    return [
        median_row(
            "URLconf, admin and checks: added",
            added,
            "ms",
            convert=lambda seconds: 1000 * seconds,
            target=200,
            baseline=[Seconds(bare["wall"], bare["processor"]) for _ours, bare in starts],
            baseline_is="the whole start without prodimages",
            note=f"{news} modules more: prodimages, its catalogue and the demo's storefront",
        ),
        Row(
            what="heavy libraries in the web process",
            value=len(loaded),
            unit="of 4",
            target=0,
            note=f"of {', '.join(HEAVY)}: {', '.join(loaded) or 'none'}",
        ),
    ]


def _start(settings: str) -> dict[str, Any]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
    done = subprocess.run(
        [sys.executable, "-c", _START], env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)
