"""Small projects whose products are of every shape that a shop's may have."""

from __future__ import annotations

import dataclasses
from pathlib import Path

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
    "CUTOUT_MIN_CONFIDENCE": 0.0,
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
