"""What staff chose for a photo's colors."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0006_held_jobs")]

    operations = [
        migrations.AddField(
            model_name="sourcephoto",
            name="corrections",
            field=models.JSONField(blank=True, default=dict, verbose_name="color correction"),
        ),
    ]
