from django.db import migrations, models


def add_styles(apps, schema_editor):
    """The styles of the enlarging engine; they are offered where one is declared."""
    from prodimages.engines.enlarge.styles import STYLES

    style_model = apps.get_model("prodimages", "Style")
    names = {field.name for field in style_model._meta.get_fields()}
    for position, values in enumerate(STYLES):
        known = {name: value for name, value in values.items() if name in names}
        style_model.objects.using(schema_editor.connection.alias).get_or_create(
            shop="local",
            slug=known.pop("slug"),
            defaults={**known, "position": 900 + 10 * position},
        )


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0011_shop_events")]

    operations = [
        migrations.AddField(
            model_name="productsettings",
            name="surface",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opaque", "opaque"),
                    ("sheer", "sheer: lace, tulle, a thin curtain"),
                    ("glass", "glass or clear plastic"),
                    ("mirror", "mirror-like: chrome, polished steel"),
                ],
                help_text="Empty: by category. Scenes show through glass and sheer cloth.",
                max_length=10,
                verbose_name="surface of the material",
            ),
        ),
        migrations.RunPython(add_styles, migrations.RunPython.noop, elidable=True),
    ]
