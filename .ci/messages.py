"""Is every message translated? Fails, and names them, for those that are not.

The catalogues are made again from the sources in a copy, so that a message added since
they were committed is found missing, too.
"""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"
APPS = ("prodimages", "shop_integration/catalogue")
SKIPPED = shutil.ignore_patterns("__pycache__", "static", "migrations")


def catalogue(app: Path) -> Path:
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def output(*command: object) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    ).stdout


def without_translation(po: Path) -> list[str]:
    """Messages of ``po`` that have no translation, or one that nobody has confirmed."""
    wanting = []
    for kind in ("--untranslated", "--only-fuzzy"):
        found = output("msgattrib", "--no-obsolete", "--no-wrap", kind, po)
        lines = [line for line in found.splitlines() if line.startswith("msgid ")]
        wanting += [line.removeprefix("msgid ") for line in lines if line != 'msgid ""']
    return wanting


def translations(mo: Path) -> dict[object, str]:
    with mo.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    return {key: value for key, value in catalog.items() if key}


def problems(app: str, scratch: Path) -> list[str]:
    """What is wrong with the catalogue of ``app``; ``scratch`` is an empty folder."""
    committed = catalogue(ROOT / app)
    copy = scratch / Path(app).name
    shutil.copytree(ROOT / app, copy, ignore=SKIPPED)
    (copy / "locale").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", LANGUAGE]
    made = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    if made.returncode:
        return [f"{app}: makemessages failed: {made.stderr.strip()}"]
    fresh = catalogue(copy)
    if not fresh.exists():
        return []  # nothing in it to translate
    if not committed.exists():
        return [f"{app}: there is no catalogue {committed.relative_to(ROOT)}."]
    found = [f"{app}: not translated: {message}" for message in without_translation(fresh)]
    compiled = scratch / "compiled.mo"
    checked = subprocess.run(
        ["msgfmt", "--check-format", "-o", compiled, committed],
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        return [*found, f"{app}: {checked.stderr.strip()}"]
    mo = committed.with_suffix(".mo")
    if not mo.exists() or translations(mo) != translations(compiled):
        found.append(f"{app}: {mo.relative_to(ROOT)} is not compiled from the catalogue as it is.")
    return found


def main() -> int:
    found = []
    for app in APPS:
        with tempfile.TemporaryDirectory() as folder:
            found += problems(app, Path(folder))
    for problem in found:
        print(problem)
    if not found:
        print(f"Every message is translated into {LANGUAGE}.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
