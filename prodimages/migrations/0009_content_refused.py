"""A failure of its own for what an engine refuses to draw."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0008_publications'),
    ]

    operations = [
        migrations.AlterField(
            model_name='generationattempt',
            name='error_kind',
            field=models.CharField(blank=True, choices=[('photo_missing', 'photo missing'), ('photo_invalid', "photo can't be used"), ('no_product', 'no product found in the photo'), ('check_cutout', 'cut-out needs a look'), ('unavailable', 'engine or weights not available'), ('engine', 'engine failed'), ('content_refused', 'refused for its content'), ('storage', 'storage failed'), ('crashed', 'worker died'), ('timeout', 'took too long'), ('product_deleted', 'product was deleted'), ('internal', 'internal error')], max_length=20),
        ),
        migrations.AlterField(
            model_name='generationjob',
            name='error_kind',
            field=models.CharField(blank=True, choices=[('photo_missing', 'photo missing'), ('photo_invalid', "photo can't be used"), ('no_product', 'no product found in the photo'), ('check_cutout', 'cut-out needs a look'), ('unavailable', 'engine or weights not available'), ('engine', 'engine failed'), ('content_refused', 'refused for its content'), ('storage', 'storage failed'), ('crashed', 'worker died'), ('timeout', 'took too long'), ('product_deleted', 'product was deleted'), ('internal', 'internal error')], max_length=20, verbose_name='kind of failure'),
        ),
    ]
