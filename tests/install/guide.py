"""Reads a guide's code blocks and does what they say, so that the guide can't rot."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Block:
    language: str
    file: str
    """The file that the block belongs to; empty for none."""
    text: str

    @property
    def commands(self) -> list[str]:
        """What the reader types, in order."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]

    def apply(self, folder: Path) -> None:
        """Write the new file, add to the end of one that is there, or change it by a diff."""
        path = folder / self.file
        before = path.read_text() if path.exists() else ""
        if self.language == "diff":
            path.write_text(_patched(before, self.text))
        else:
            path.write_text(f"{before}\n{self.text}" if before else self.text)


@dataclasses.dataclass(frozen=True)
class Section:
    title: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        return [Block(*match) for match in FENCE.findall(self.text)]


def read(path: Path) -> list[Section]:
    """The sections of a Markdown file, by its second-level headings."""
    parts = re.split(r"^## (.+)$", path.read_text(), flags=re.MULTILINE)[1:]
    return [Section(title, text) for title, text in zip(parts[::2], parts[1::2], strict=True)]


def _patched(before: str, diff: str) -> str:
    """Each hunk's old lines must be in the file exactly once."""
    for hunk in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert before.count(old) == 1, f"expected once:\n{old}"
        before = before.replace(old, new)
    return before
