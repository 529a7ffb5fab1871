from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wares", "0002_ware")]

    operations = [
        migrations.AddField(
            model_name="ware", name="glaze", field=models.CharField(blank=True, max_length=40)
        ),
    ]
