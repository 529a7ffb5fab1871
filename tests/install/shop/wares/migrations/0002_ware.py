import django.db.models.deletion
from django.db import migrations, models

import wares.models


class Migration(migrations.Migration):
    dependencies = [("wares", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Ware",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("kind", models.CharField(blank=True, max_length=80)),
                (
                    "maker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="wares.maker"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WareImage",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("picture", models.ImageField(storage=wares.models.shelf, upload_to="wares/%Y")),
                ("caption", models.CharField(blank=True, max_length=200)),
                (
                    "ware",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="wares.ware",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
    ]
