"""One group of benchmarks in a fresh process: ``python -m benchmarks.child GROUP RUNS FILE``."""

from __future__ import annotations

import dataclasses
import json
import sys
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command


def main() -> None:
    group, runs, file = sys.argv[1:]
    django.setup()
    call_command("migrate", verbosity=0)
    rows = import_module(f"benchmarks.{group.partition('-')[0]}").measure(int(runs))
    Path(file).write_text(json.dumps([dataclasses.asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
