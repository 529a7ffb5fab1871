"""The guards that keep the rooms apart and the web process light, and that they can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
HEAVY = ("torch", "diffusers", "transformers", "onnxruntime", "numpy", "scipy", "skimage")

# A contract's name, the module that breaks it, and how.
BREACHES = {
    "Imports run downward only": ("prodimages/choices.py", "import prodimages.services.review"),
    "The app knows no shop": ("prodimages/signals.py", "import shop_integration.catalogue.shop"),
    "The pipeline knows no rows, no queue and no web": (
        "prodimages/pipeline/spec.py",
        "import celery",
    ),
    "Engines and cut-outs know nothing of what calls them": (
        "prodimages/engines/base.py",
        "import prodimages.models.job",
    ),
    "What a web process loads names no heavy library, not even inside a function": (
        "prodimages/models/job.py",
        "def count():\n    import numpy",
    ),
}

LOAD_WHAT_A_WEB_PROCESS_LOADS = """
import sys
import django
django.setup()
from django.contrib import admin
from django.core.checks import run_checks
from django.urls import get_resolver
admin.autodiscover()
assert get_resolver().url_patterns
run_checks(include_deployment_checks=True, databases=["default"])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run([str(TOOLS / "lint-imports"), "--no-cache"], folder)


def ruff_bans(folder: Path) -> subprocess.CompletedProcess[str]:
    ruff = [str(TOOLS / "ruff"), "check", "--no-cache", "--select", "TID253"]
    return run([*ruff, "--output-format", "concise", "prodimages", "shop_integration"], folder)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources and their configuration, to be broken."""
    ignore = shutil.ignore_patterns("__pycache__", "static", "locale")
    for name in ("prodimages", "shop_integration"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def append(path: Path, lines: str) -> None:
    path.write_text(f"{path.read_text()}\n{lines}\n")


def test_imports_keep_the_contracts():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_every_contract_notices_its_breach(copy):
    for path, lines in BREACHES.values():
        append(copy / path, lines)
    result = lint_imports(copy)
    assert result.returncode == 1, result.stdout
    kept = [name for name in BREACHES if f"{name} BROKEN" not in result.stdout]
    assert kept == []
    assert f"0 kept, {len(BREACHES)} broken" in result.stdout


def test_a_new_room_must_be_given_its_place(copy):
    (copy / "prodimages" / "cellar.py").touch()
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "prodimages.cellar" in result.stdout


def test_heavy_libraries_are_imported_at_the_top_only_where_allowed():
    result = ruff_bans(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "path",
    [
        "prodimages/admin/__init__.py",
        "prodimages/cutouts/u2netp.py",
        "prodimages/engines/studio/__init__.py",
        "prodimages/engines/studio/prompt.py",
        "prodimages/engines/studio/vocabulary.py",
        "prodimages/engines/studio/unknown.py",
        "prodimages/pipeline/steps/compose.py",
        "shop_integration/catalogue/shop.py",
    ],
)
def test_ruff_notices_a_heavy_import_at_the_top(copy, path):
    (copy / path).write_text("import numpy\n")
    result = ruff_bans(copy)
    assert result.returncode == 1
    assert f"{path}:1:8: TID253" in result.stdout


def loaded_by_a_web_process(folder: Path, settings: str, path: str = "") -> set[str]:
    result = run(
        [sys.executable, "-c", LOAD_WHAT_A_WEB_PROCESS_LOADS],
        ROOT,
        DJANGO_SETTINGS_MODULE=settings,
        PRODIMAGES_VAR=str(folder / "var"),
        PYTHONPATH=path,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split()) & set(HEAVY)


def test_a_web_process_loads_no_heavy_library(tmp_path):
    assert loaded_by_a_web_process(tmp_path, "shop_integration.project.settings") == set()


def test_the_web_process_guard_notices_a_heavy_library(tmp_path):
    (tmp_path / "heavy_settings.py").write_text(
        "from shop_integration.project.settings import *\n"
        "INSTALLED_APPS = [*INSTALLED_APPS, 'heavy_app']\n"
    )
    app = tmp_path / "heavy_app"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "admin.py").write_text("import numpy\n")
    assert loaded_by_a_web_process(tmp_path, "heavy_settings", str(tmp_path)) == {"numpy"}
