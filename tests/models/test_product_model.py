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

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
from pathlib import Path
from shop_integration.project.environment import database

BASE_DIR = Path(__file__).parent
SECRET_KEY = "x"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django_htmx", "prodimages", "goods",
]
DATABASES = {"default": database(BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
SHAPE
PRODIMAGES = {
    "SHOPS": {"local": {"BACKEND": "goods.pictures.Shop"}},
    "ENGINES": {"studio": {"BACKEND": "prodimages.testing.InstantEngine"}},
    "CUTOUT": {"BACKEND": "prodimages.testing.InstantCutout"},
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "prodimages": {
        "BACKEND": "prodimages.storage.PrivateFileSystemStorage",
        "OPTIONS": {"location": BASE_DIR / "private"},
    },
}
"""

SHOP = """
import io

from prodimages.shops import Photo, ProductInfo, ShopBackend
from prodimages.testing import example_photo


class Shop(ShopBackend):
    def describe(self, product):
        return ProductInfo(key=str(product.pk), name=product.title)

    def photos(self, product):
        return [Photo(ref="1", open=lambda: io.BytesIO(example_photo()))]

    def publish(self, product, picture):
        return picture.ref
"""

MODELS = """
import uuid
from django.db import models

PRODUCT = "{product}"

{models}

def new_product():
    return Product.objects.create(title="Bowl")
"""

MIGRATION = """
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = {initial}
    dependencies = {dependencies}
    operations = [{operations}]
"""


@dataclasses.dataclass(frozen=True)
class Shape:
    models: str
    migrations: tuple[str, ...]
    """The operations of each."""
    product: str = "goods.Product"
    migration: tuple[str, str] | None = None
    config: str = ""
    """The app's apps.py."""

    def write(self, folder: Path) -> None:
        app = folder / "goods"
        (app / "migrations").mkdir(parents=True)
        for package in (app, app / "migrations"):
            (package / "__init__.py").touch()
        (app / "models.py").write_text(MODELS.format(product=self.product, models=self.models))
        (app / "pictures.py").write_text(SHOP)
        if self.config:
            (app / "apps.py").write_text(self.config)
        label = self.product.partition(".")[0]
        names = [f"000{number}_step" for number, _ in enumerate(self.migrations, start=1)]
        for number, operations in enumerate(self.migrations):
            text = MIGRATION.format(
                initial=not number,
                dependencies=[(label, names[number - 1])] if number else [],
                operations=operations,
            )
            (app / "migrations" / f"{names[number]}.py").write_text(text)
        shape = f'PRODIMAGES_PRODUCT_MODEL = "{self.product}"\n'
        if self.migration:
            shape += f"PRODIMAGES_PRODUCT_MIGRATION = {self.migration}\n"
        (folder / "shape_settings.py").write_text(SETTINGS.replace("SHAPE", shape))


TITLE = "title = models.CharField(max_length=50)"
AUTO = '("id", models.AutoField(primary_key=True, serialize=False))'
PLAIN = f"class Product(models.Model):\n    id = models.AutoField(primary_key=True)\n    {TITLE}\n"
PLAIN_TABLE = f"""migrations.CreateModel(
    name="Product",
    fields=[{AUTO}, ("title", models.CharField(max_length=50))],
)"""
BRAND = "class Brand(models.Model):\n    id = models.AutoField(primary_key=True)\n"
BRAND_TABLE = f'migrations.CreateModel(name="Brand", fields=[{AUTO}])'

# The migration may be named where it needn't be.
INTEGER = Shape(models=PLAIN, migrations=(PLAIN_TABLE,), migration=("goods", "0001_step"))
SECOND = Shape(
    models=BRAND + PLAIN,
    migrations=(BRAND_TABLE, PLAIN_TABLE),
    migration=("goods", "0002_step"),
)
UUID = Shape(
    models=f"""
class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    {TITLE}
""",
    migrations=(
        """migrations.CreateModel(name="Product", fields=[
            ("id", models.UUIDField(primary_key=True, default=uuid.uuid4, serialize=False)),
            ("title", models.CharField(max_length=50)),
        ])""",
    ),
)
INHERITED = Shape(
    models=f"""
class Item(models.Model):
    id = models.AutoField(primary_key=True)
    {TITLE}

class Product(Item):
    weight = models.FloatField(default=1)
""",
    migrations=(
        f"""migrations.CreateModel(
            name="Item", fields=[{AUTO}, ("title", models.CharField(max_length=50))]
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("item_ptr", models.OneToOneField(
                    auto_created=True, on_delete=models.CASCADE, parent_link=True,
                    primary_key=True, serialize=False, to="goods.item",
                )),
                ("weight", models.FloatField(default=1)),
            ],
            bases=("goods.item",),
        )""",
    ),
)


def config(label: str) -> str:
    return (
        "from django.apps import AppConfig\n\n"
        f'class Goods(AppConfig):\n    name = "goods"\n    label = "{label}"\n'
    )


# Somebody else's app: its label is not its package's name, its table and key are its own,
# and its default manager hides rows.
THIRD_PARTY = Shape(
    models="""
class InStock(models.Manager):
    def get_queryset(self):
        return super().get_queryset().exclude(title="gone")

class Product(models.Model):
    code = models.CharField(primary_key=True, max_length=36, default=uuid.uuid4)
    title = models.CharField(max_length=50)
    objects = InStock()

    class Meta:
        db_table = "acme items"
""",
    migrations=(
        """migrations.CreateModel(name="Product", fields=[
            ("code", models.CharField(
                primary_key=True, max_length=36, default=uuid.uuid4, serialize=False)),
            ("title", models.CharField(max_length=50)),
        ], options={"db_table": "acme items"})""",
    ),
    product="acme.Product",
    config=config("acme"),
)
SHAPES = {
    "integer key": INTEGER,
    "made by the second migration": SECOND,
    "UUID key": UUID,
    "multi-table inheritance": INHERITED,
    "third-party app": THIRD_PARTY,
}


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
