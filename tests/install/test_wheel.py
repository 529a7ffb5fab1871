"""What a shop gets when it installs prodimages."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

SHIPPED = ("prodimages", "shop_integration/platforms", "shop_integration/catalogue")


@pytest.fixture
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_holds_every_file_of_the_app_and_of_the_shipped_integrations(names, source):
    expected = {
        path.relative_to(source).as_posix()
        for folder in SHIPPED
        for path in (source / folder).rglob("*")
        if path.is_file() and path.name != ".gitkeep"
    }
    assert expected - names == set()
    for needed in ("migrations/0001_initial.py", "py.typed", "templates/prodimages/admin/job.html"):
        assert f"prodimages/{needed}" in names


def test_it_holds_nothing_else(names):
    inside = {name for name in names if not name.startswith("prodimages-")}
    allowed = tuple(f"{folder}/" for folder in SHIPPED)
    assert {name for name in inside if not name.startswith(allowed)} == {
        "shop_integration/__init__.py"
    }


def test_its_metadata_asks_for_no_heavy_extra(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = archive.read(name).decode()
    required = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata, re.MULTILINE)
    assert {name.lower() for name in required} == {
        *("django", "celery", "pillow", "numpy", "scipy", "django-htmx", "tqdm")
    }
    assert "License-Expression: Apache-2.0" in metadata
