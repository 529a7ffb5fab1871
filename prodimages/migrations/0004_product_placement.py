"""Where staff want a product in every picture of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0003_cutout_versions")]

    operations = [
        migrations.AddField(
            model_name="productsettings",
            name="placement",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Where staff want the product in every picture, over the style.",
                verbose_name="placement",
            ),
        ),
    ]
