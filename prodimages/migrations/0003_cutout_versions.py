"""Versions of a cut-out: what each was painted over, and which one staff chose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def approve_masks(apps, schema_editor):
    """What staff uploaded until now was used at once, so they have chosen it."""
    cutouts = apps.get_model("prodimages", "Cutout").objects.using(schema_editor.connection.alias)
    cutouts.filter(key__startswith="staff:").update(
        approved_at=models.F("created_at"), approved_by=models.F("created_by")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("prodimages", "0002_shipped_styles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="cutout",
            name="approved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="approved"),
        ),
        migrations.AddField(
            model_name="cutout",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approved by",
            ),
        ),
        migrations.AddField(
            model_name="cutout",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="prodimages.cutout",
                verbose_name="painted over",
            ),
        ),
        migrations.RunPython(approve_masks, migrations.RunPython.noop, elidable=True),
    ]
