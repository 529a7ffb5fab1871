"""Every message is translated, and the compiled catalogues are those of the sources."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.servers import unavailable

TOOL = Path(__file__).resolve().parents[1] / ".ci" / "messages.py"


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not shutil.which("xgettext"):
        unavailable("gettext")
    spec = importlib.util.spec_from_file_location("ci_messages", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "ci_messages", module)
    # makemessages needs no settings, and would look into those of the tests.
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    spec.loader.exec_module(module)
    return module


def test_catalogues_are_complete_and_compiled(messages: ModuleType) -> None:
    for home in messages.CATALOGUES:
        for language in messages.LANGUAGES:
            assert list(messages.problems(home, language)) == []


@pytest.fixture
def copy(messages: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A tree with one small catalogue that is current."""
    home = tmp_path / "shop"
    home.mkdir()
    (home / "words.py").write_text(
        'from django.utils.translation import gettext as _\n\n_("tea")\n'
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUES", {"shop": ("shop",)})
    messages.update("shop", "zh_Hans")
    po = messages.po_of("shop", "zh_Hans")
    po.write_text(po.read_text().replace('msgid "tea"\nmsgstr ""', 'msgid "tea"\nmsgstr "茶"'))
    messages.compile_one("shop", "zh_Hans")
    assert list(messages.problems("shop", "zh_Hans")) == []
    return home


def found(messages: ModuleType) -> str:
    return "\n".join(messages.problems("shop", "zh_Hans"))


def test_a_new_message_is_missed(messages: ModuleType, copy: Path) -> None:
    (copy / "more.py").write_text('from django.utils.translation import gettext as _\n\n_("cup")\n')
    assert 'missing\n"cup"' in found(messages)


def test_a_translation_that_was_not_compiled_is_stale(messages: ModuleType, copy: Path) -> None:
    po = messages.po_of("shop", "zh_Hans")
    po.write_text(po.read_text().replace("茶", "茶叶"))
    assert "stale" in found(messages)


def test_a_guess_is_no_translation(messages: ModuleType, copy: Path) -> None:
    po = messages.po_of("shop", "zh_Hans")
    po.write_text(po.read_text().replace('msgid "tea"', '#, fuzzy\nmsgid "tea"'))
    assert "fuzzy" in found(messages)
