from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what there is to build from, so that nothing is left in the sources."""
    source = tmp_path_factory.mktemp("source")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("prodimages", "shop_integration", "templates", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE", "manage.py"):
        shutil.copy(ROOT / name, source)
    return source


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    target = tmp_path_factory.mktemp("dist")
    command = ["build", "--wheel", "--no-isolation", "--outdir", str(target), str(source)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, timeout=120)
    (built,) = target.glob("*.whl")
    return built
