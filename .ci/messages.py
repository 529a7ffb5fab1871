#!/usr/bin/env python3
"""Keeps the message catalogues current; needs gettext's tools and Django.

.ci/messages.py           exit with 1 and say so when a message is missing, fuzzy or stale,
                          or a compiled catalogue is not current
.ci/messages.py update    extract and merge into the .po files; what they lack is left empty
.ci/messages.py compile   write the .mo files
"""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh_Hans",)
# Folder of the catalogue -> the folders whose words it holds.
CATALOGUES = {
    # The platforms are modules, not apps with catalogues of their own.
    "prodimages": ("prodimages", "shop_integration/platforms"),
    "shop_integration/catalogue": ("shop_integration/catalogue",),
    "shop_integration/demo": ("shop_integration/demo", "templates"),
}


def po_of(home: str, language: str) -> Path:
    return ROOT / home / "locale" / language / "LC_MESSAGES" / "django.po"


@contextmanager
def extracted(home: str, language: str) -> Iterator[Path]:
    """The .po file as it would be after an update, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for source in CATALOGUES[home]:
            ignored = shutil.ignore_patterns("locale", "migrations", "__pycache__")
            shutil.copytree(ROOT / source, folder / source, ignore=ignored)
        po = folder / "locale" / language / "LC_MESSAGES" / "django.po"
        po.parent.mkdir(parents=True)
        if po_of(home, language).is_file():
            shutil.copy(po_of(home, language), po)
        options = ["--no-obsolete", "--no-location", "--no-wrap", "--verbosity", "0"]
        run([sys.executable, "-m", "django", "makemessages", "-l", language, *options], folder)
        yield po


def problems(home: str, language: str) -> Iterator[str]:
    name = f"{home} ({language})"
    committed = po_of(home, language).with_suffix(".mo")
    with extracted(home, language) as po:
        for kind, option in (("missing", "--untranslated"), ("fuzzy", "--only-fuzzy")):
            if found := run(["msgattrib", option, "--no-obsolete", str(po)]):
                yield f"{name}: {kind}\n{found.partition('msgid ')[2].partition('msgid ')[2]}"
        mo = po.with_suffix(".mo")
        run(["msgfmt", "--check-format", "-o", str(mo), str(po)])
        if not committed.is_file() or words_of(committed) != words_of(mo):
            yield f"{name}: the compiled catalogue is stale; run .ci/messages.py update and compile"


def words_of(mo: Path) -> dict[object, str]:
    with mo.open("rb") as file:
        catalog = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    catalog.pop("", None)  # the head, which has dates
    return catalog


def update(home: str, language: str) -> None:
    target = po_of(home, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    with extracted(home, language) as po:
        shutil.copy(po, target)


def compile_one(home: str, language: str) -> None:
    po = po_of(home, language)
    run(["msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po)])


def run(command: list[str], folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr or f"{command[0]} failed")
    return done.stdout


def main() -> None:
    wanted = [(home, language) for home in CATALOGUES for language in LANGUAGES]
    match sys.argv[1:]:
        case []:
            if found := [text for one in wanted for text in problems(*one)]:
                raise SystemExit("\n".join(found))
            print(f"Every message is translated into {', '.join(LANGUAGES)}.")
        case ["update"]:
            for one in wanted:
                update(*one)
        case ["compile"]:
            for one in wanted:
                compile_one(*one)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
