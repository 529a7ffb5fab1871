"""What shops are still to be told of a picture."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0007_photo_corrections'),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('queue', models.CharField(max_length=100, verbose_name='queue')),
                ('action', models.CharField(choices=[('publish', 'publish'), ('unpublish', 'take out')], default='publish', max_length=10, verbose_name='wanted')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts_made', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('lease_token', models.PositiveIntegerField(default=0)),
                ('lease_expires_at', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(blank=True, max_length=255, verbose_name='reference in the shop')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='publication', to='prodimages.generatedimage', verbose_name='picture')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['state', 'queue', 'due_at'], name='prodimages_publication_due')],
            },
        ),
    ]
