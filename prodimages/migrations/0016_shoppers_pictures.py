"""What shoppers are shown: scenes, pictures for kinds of shoppers, renditions, counts.

The product is the host's, as in 0001.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import prodimages.storage
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0015_try_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='StorefrontQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('holder', models.CharField(max_length=200)),
                ('used', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': "day of the storefront's orders",
                'verbose_name_plural': "days of the storefront's orders",
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('day', 'holder'), name='prodimages_store_quota_once')],
            },
        ),
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('format', models.CharField(max_length=5)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('file', models.FileField(max_length=255, storage=prodimages.storage.private_storage, upload_to='', verbose_name='file')),
                ('digest', models.CharField(max_length=64)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='prodimages.generatedimage')),
            ],
            options={
                'verbose_name': 'rendition',
                'verbose_name_plural': 'renditions',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('image', 'format', 'width'), name='prodimages_rendition_once')],
            },
        ),
        migrations.CreateModel(
            name='RenditionSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('queue', models.CharField(max_length=100, verbose_name='queue')),
                ('publishes', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts_made', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('lease_token', models.PositiveIntegerField(default=0)),
                ('lease_expires_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rendition_set', to='prodimages.generatedimage', verbose_name='picture')),
            ],
            options={
                'verbose_name': 'renditions of a picture',
                'verbose_name_plural': 'renditions of pictures',
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'queue', 'due_at'], name='prodimages_renditions_due')],
            },
        ),
        migrations.CreateModel(
            name='StorefrontCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('day', models.DateField(verbose_name='day')),
                ('key', models.CharField(blank=True, max_length=204, verbose_name='variant')),
                ('shown', models.PositiveIntegerField(default=0, verbose_name='seen')),
                ('chosen', models.PositiveIntegerField(default=0, verbose_name='chosen')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.PRODIMAGES_PRODUCT_MODEL, verbose_name='product')),
            ],
            options={
                'verbose_name': "count of a shoppers' picture",
                'verbose_name_plural': "counts of shoppers' pictures",
                'ordering': ['-day', '-shown'],
                'indexes': [models.Index(fields=['day'], name='prodimages_variant_count_day')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'product', 'key', 'day'), name='prodimages_variant_count_once')],
            },
        ),
        migrations.CreateModel(
            name='StorefrontScene',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('slug', models.CharField(blank=True, help_text='What a shopper chooses, as it stands in addresses. Empty: for those who choose none.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,39}\\Z', 'Use lower-case letters, digits, “-” and “_”, 40 at most.')], verbose_name='scene')),
                ('name', models.CharField(help_text='What shoppers read.', max_length=80, verbose_name='name')),
                ('segment', models.CharField(blank=True, help_text='Kind of shopper. Empty: any.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,39}\\Z', 'Use lower-case letters, digits, “-” and “_”, 40 at most.')], verbose_name='segment')),
                ('locale', models.CharField(blank=True, help_text='Such as en or zh-hans. Empty: any.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,39}\\Z', 'Use lower-case letters, digits, “-” and “_”, 40 at most.')], verbose_name='locale')),
                ('season', models.CharField(blank=True, help_text='Empty: any.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,39}\\Z', 'Use lower-case letters, digits, “-” and “_”, 40 at most.')], verbose_name='season')),
                ('arm', models.CharField(blank=True, help_text='Empty: any.', max_length=40, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,39}\\Z', 'Use lower-case letters, digits, “-” and “_”, 40 at most.')], verbose_name='arm of an A/B test')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('style', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scenes', to='prodimages.style', verbose_name='style')),
            ],
            options={
                'verbose_name': 'storefront scene',
                'verbose_name_plural': 'storefront scenes',
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('shop', 'slug', 'segment', 'locale', 'season', 'arm'), name='prodimages_scene_once')],
            },
        ),
        migrations.CreateModel(
            name='StorefrontVariant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('key', models.CharField(blank=True, max_length=204, verbose_name='variant')),
                ('state', models.CharField(choices=[('waiting', 'being made, or to review'), ('ready', 'shown'), ('failed', "can't be made")], default='waiting', max_length=10, verbose_name='state')),
                ('style_digest', models.CharField(blank=True, max_length=64)),
                ('photo_digest', models.CharField(blank=True, max_length=64)),
                ('stale_since', models.DateTimeField(blank=True, null=True, verbose_name='outdated since')),
                ('orders', models.PositiveSmallIntegerField(default=0, verbose_name='orders')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.TextField(blank=True, verbose_name='what is missing')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for')),
                ('looked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('image', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='variants', to='prodimages.generatedimage', verbose_name='picture')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='variants', to='prodimages.generationjob', verbose_name='job')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.PRODIMAGES_PRODUCT_MODEL, verbose_name='product')),
                ('style', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='prodimages.style', verbose_name='style')),
            ],
            options={
                'verbose_name': "shoppers' picture",
                'verbose_name_plural': "shoppers' pictures",
                'ordering': ['-pk'],
                'permissions': [('refresh_storefrontvariant', "Can have shoppers' pictures made again")],
                'indexes': [models.Index(fields=['asked_at'], name='prodimages_variant_asked'), models.Index(fields=['looked_at'], name='prodimages_variant_looked')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'product', 'key'), name='prodimages_variant_once')],
            },
        ),
    ]
