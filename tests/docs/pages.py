"""Reads the documentation's pages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]

_BLOCK = re.compile(r"^```\w+ title=\"(?P<title>[^\"]+)\"\n(?P<code>.*?)^```$", re.M | re.S)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under ``heading``, a whole line with its signs, up to the next of its rank."""
    level = heading.split(" ")[0]
    parts = re.split(rf"^{re.escape(heading)}$", page(name), flags=re.M)
    assert len(parts) == 2, f"{name} has no section {heading!r}, or several"
    return re.split(rf"^{level} ", parts[1], flags=re.M)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in ``text``, without heads and rules."""
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
    table = [[cell.strip() for cell in line] for line in lines]
    rules = [number for number, row in enumerate(table) if set("".join(row)) <= set("-: ")]
    heads = {number - 1 for number in rules} | set(rules)
    return [row for number, row in enumerate(table) if number not in heads]


def first_codes(text: str) -> list[str]:
    """What the first column of the tables in ``text`` names in code type."""
    return [row[0].strip("`") for row in rows(text) if row[0].startswith("`")]


def codes(text: str) -> set[str]:
    """What ``text`` sets in code type, blocks of code aside."""
    return set(re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)))


def block(name: str, title: str) -> str:
    """The one code block with this title."""
    found = [match["code"] for match in _BLOCK.finditer(page(name)) if match["title"] == title]
    assert len(found) == 1, f"{name} has {len(found)} blocks titled {title!r}"
    return found[0]
