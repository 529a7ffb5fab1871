"""Product models of every shape that a shop may have, each in a project of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.models.shapes import INTEGER, SECOND, SHAPES, Shape, config

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *command: str, database: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "shape_settings",
        "DATABASE_URL": database,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check_journey(shape: Shape, folder: Path, database: str = "") -> None:
    shape.write(folder)
    result = run(folder, "tests.models.journey", database=database)
    assert result.returncode == 0, result.stdout + result.stderr
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "state": "succeeded",
        "key": True,
        "label": "Bowl",
        "left": None,
        "settings": 0,
        "published": True,
        "table": True,
        "setting": shape.product,
    }


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_picture_finds_its_way_whatever_the_product_is(shape, tmp_path):
    check_journey(shape, tmp_path)


@pytest.mark.services
@pytest.mark.parametrize("name", ["UUID key", "multi-table inheritance"])
def test_the_same_on_postgresql(name, tmp_path):
    try:
        with servers.postgresql() as url:
            check_journey(SHAPES[name], tmp_path, url)
    except FileNotFoundError:
        servers.unavailable("PostgreSQL")


def test_a_late_product_without_its_migration_is_named_before_anything_is_written(tmp_path):
    # An app that sorts behind ours; one before it would be migrated first by luck.
    late = dataclasses.replace(
        SECOND, migration=None, product="wares.Product", config=config("wares")
    )
    late.write(tmp_path)
    result = run(tmp_path, "django", "migrate")
    assert result.returncode == 1
    assert "prodimages.E007" in result.stderr
    assert 'Set PRODIMAGES_PRODUCT_MIGRATION = ("wares", "0002_step").' in result.stderr
    assert "Applying" not in result.stdout
    forced = run(tmp_path, "django", "migrate", "--skip-checks")
    assert forced.returncode == 1
    assert "wares.product" in forced.stderr


def test_a_product_model_changed_after_migrate_is_told_from_the_real_foreign_key(tmp_path):
    SECOND.write(tmp_path)
    assert run(tmp_path, "django", "migrate").returncode == 0
    settings = tmp_path / "shape_settings.py"
    settings.write_text(settings.read_text().replace('"goods.Product"', '"goods.Brand"'))
    result = run(tmp_path, "django", "check", "--database", "default")
    assert result.returncode == 1
    assert "prodimages.E006" in result.stderr
    assert "“goods_product”" in result.stderr
    assert "“goods_brand”" in result.stderr


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "Set PRODIMAGES_PRODUCT_MODEL to your product model as 'app_label.ModelName'."),
        ('PRODIMAGES_PRODUCT_MODEL = "goods.Prodct"', 'PRODIMAGES_PRODUCT_MODEL is "goods.Prodct"'),
    ],
)
def test_a_missing_or_misspelled_product_model_is_said_at_the_start(tmp_path, setting, words):
    INTEGER.write(tmp_path)
    settings = tmp_path / "shape_settings.py"
    text = settings.read_text().replace('PRODIMAGES_PRODUCT_MODEL = "goods.Product"', setting)
    settings.write_text(text)
    result = run(tmp_path, "django", "check")
    assert result.returncode == 1
    assert words in result.stderr.splitlines()[-1]


def test_our_migrations_name_no_product_model():
    for path in (ROOT / "prodimages" / "migrations").glob("*.py"):
        text = path.read_text().lower()
        for literal in ("prodimages_catalogue", "shop_integration", "catalogue.product"):
            assert literal not in text, f"{path.name} names {literal}"
