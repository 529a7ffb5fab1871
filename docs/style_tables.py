"""Writes the tables of docs/reference/styles.md from the studio's own lists.

python docs/style_tables.py          rewrite what stands between the markers
python docs/style_tables.py --check  exit with 1 when the page is not current
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "styles.md"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_integration.project.settings")

from prodimages.engines.studio import vocabulary  # noqa: E402
from prodimages.engines.studio.scenes import SCENES  # noqa: E402
from prodimages.engines.studio.styles import STYLES  # noqa: E402

_HAN = re.compile(r"[\u3400-\u9fff]")
_COLOR = "`#rrggbb` or a color's name"


def current() -> str:
    """The page with its tables as they should be."""
    text = PAGE.read_text(encoding="utf-8")
    tables = {"styles": styles(), "parameters": parameters(), "words": words(), "colors": colors()}
    for name, table in tables.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text, count = marked.subn(lambda found, own=table: f"{found[1]}{own}\n{found[2]}", text)
        if count != 1:
            raise SystemExit(f"{PAGE.name} has no place for the table “{name}”.")
    return text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _codes(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def styles() -> str:
    rows = []
    for style in STYLES:
        slug, name = style["slug"], style["name"]
        scene = style["parameters"].get("scene")
        rows.append(
            (
                f"![{name}](../../prodimages/static/prodimages/styles/{slug}.webp)",
                f"`{slug}`",
                name,
                f"`{style['task']}`",
                f"`{scene}`" if scene else "–",
            )
        )
    return _table(("", "Slug", "Name", "Task", "Scene"), rows)


def parameters() -> str:
    rows = (
        ("scene", f"a family: {_codes(SCENES)}"),
        ("surface", _codes(vocabulary.SURFACES)),
        ("wall", _codes(vocabulary.WALLS)),
        ("color", f"{_COLOR}: the seamless paper, the wall's paint, a packshot's background"),
        ("accent", f"{_COLOR}: the podium, or the dye of {_codes(sorted(vocabulary.DYEABLE))}"),
        ("pattern", f"{_codes(vocabulary.PATTERNS)}: what the light passes through"),
        ("scatter", f"{_codes(vocabulary.SCATTERS)}: what lies about on the surface"),
        ("light", f"{_codes(vocabulary.LIGHTS)}: where it comes from"),
        ("temperature", _codes(vocabulary.TEMPERATURES)),
        ("shadow", _codes(vocabulary.SHADOWS)),
        ("mood", f"{_codes(vocabulary.MOODS)}: exposure and contrast"),
        ("reflection", "`true`, `false`: whether the surface mirrors the product faintly"),
    )
    return _table(("Parameter", "Values"), [(f"`{name}`", text) for name, text in rows])


def words() -> str:
    meanings: dict[str, list[str]] = defaultdict(list)
    for word, (slot, value) in vocabulary.PHRASES.items():
        if slot != "color":
            meanings[f"{slot}: {value}"].append(word)
    for word, noun in vocabulary.NOUNS.items():
        meanings[f"noun: {noun}"].append(word)
    rows = [(meaning, *_by_language(found)) for meaning, found in meanings.items()]
    return _table(("Meaning", "English", "Chinese"), rows)


def colors() -> str:
    names: dict[str, list[str]] = defaultdict(list)
    for word, (slot, value) in vocabulary.PHRASES.items():
        if slot == "color":
            names[value].append(word)
    rows = [(f"`{value}`", *_by_language(found)) for value, found in names.items()]
    return _table(("Value", "English", "Chinese"), rows)


def _by_language(found: Iterable[str]) -> tuple[str, str]:
    chinese = [word for word in found if _HAN.match(word)]
    english = [word for word in found if not _HAN.match(word)]
    return ", ".join(english), "、".join(chinese)


def main() -> None:
    text = current()
    if "--check" in sys.argv[1:]:
        if text != PAGE.read_text(encoding="utf-8"):
            raise SystemExit(f"{PAGE.name} is not current: run python docs/style_tables.py.")
        return
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
