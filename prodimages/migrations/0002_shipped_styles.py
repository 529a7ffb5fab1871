"""The shipped styles as rows, so that a shop can generate right after migrate."""

from django.db import migrations


def add_styles(apps, schema_editor):
    from prodimages.engines.studio.styles import STYLES

    style_model = apps.get_model("prodimages", "Style")
    names = {field.name for field in style_model._meta.get_fields()}
    for position, values in enumerate(STYLES):
        # A later release may ship styles with columns that this migration's table lacks.
        known = {name: value for name, value in values.items() if name in names}
        style_model.objects.using(schema_editor.connection.alias).get_or_create(
            shop="local",
            slug=known.pop("slug"),
            defaults={**known, "position": 10 * (position + 1)},
        )


class Migration(migrations.Migration):
    dependencies = [("prodimages", "0001_initial")]

    operations = [migrations.RunPython(add_styles, migrations.RunPython.noop, elidable=True)]
