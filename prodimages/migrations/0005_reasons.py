"""What the checks found, sortable, and the listed reason for which staff reject a picture."""

from django.db import migrations, models

REASONS = [
    ("edge", "edge of the cut-out"),
    ("cut", "product cut off"),
    ("color", "color or shape changed"),
    ("enlarged", "enlarged"),
    ("contrast", "hardly stands out"),
    ("light", "light or view does not match"),
    ("words", "wishes not honored"),
    ("style", "wrong style"),
    ("other", "something else"),
]


def find_reasons(apps, schema_editor):
    """For the pictures that were made before their reasons had columns."""
    from prodimages.services.reasons import of_picture

    images = apps.get_model("prodimages", "GeneratedImage").objects
    images = images.using(schema_editor.connection.alias)
    fields = ("pk", "fidelity", "notices", "passed", "job__notices")
    for pk, fidelity, notices, passed, words in images.values_list(*fields).iterator():
        details = {"fidelity": fidelity, "notices": notices, "passed": passed}
        images.filter(pk=pk).update(**of_picture(details, words))


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0004_product_placement")]

    operations = [
        migrations.AddField(
            model_name="generatedimage",
            name="reasons",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="reasons"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="generatedimage",
            name="severity",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="severity"),
        ),
        migrations.AddField(
            model_name="generatedimage",
            name="reject_code",
            field=models.CharField(
                blank=True,
                choices=REASONS,
                default="",
                max_length=10,
                verbose_name="rejected for",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="generatedimage",
            name="reject_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="note"),
        ),
        migrations.AddIndex(
            model_name="generatedimage",
            index=models.Index(fields=["severity", "id"], name="prodimages_image_severity"),
        ),
        migrations.RunPython(find_reasons, migrations.RunPython.noop, elidable=True),
    ]
