"""Writes docs/reference/openapi.yaml from the API's views; ``--check`` only compares.

python docs/openapi.py [--check]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "reference" / "openapi.yaml"


def current() -> str:
    """The description as the code has it, for the API at ``/api/v1``."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop_integration.project.settings"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PRODIMAGES_VAR"] = folder
        import django

        django.setup()
        from prodimages.api.schema import describe

        return yaml.safe_dump(describe("/api/v1"), sort_keys=False, allow_unicode=True, width=100)


def main() -> None:
    text = current()
    if "--check" in sys.argv[1:]:
        if not FILE.exists() or text != FILE.read_text(encoding="utf-8"):
            raise SystemExit(f"{FILE.name} is not current: run python docs/openapi.py.")
        return
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
