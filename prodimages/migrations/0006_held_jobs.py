"""Jobs that wait for a yes to the proofs of their order."""

from django.db import migrations, models

STATES = [
    ("held", "held"),
    ("queued", "queued"),
    ("running", "running"),
    ("succeeded", "succeeded"),
    ("failed", "failed"),
    ("canceled", "canceled"),
]


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0005_reasons")]

    operations = [
        migrations.AlterField(
            model_name="generationjob",
            name="state",
            field=models.CharField(
                choices=STATES, default="queued", max_length=10, verbose_name="state"
            ),
        ),
    ]
