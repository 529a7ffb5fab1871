"""Try-on: house models, and what is kept of shoppers for a while.

The product is the host's, as in 0001.
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import prodimages.storage
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0014_category_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('slug', models.SlugField(max_length=80, verbose_name='slug')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('file', models.FileField(max_length=255, storage=prodimages.storage.private_storage, upload_to='', verbose_name='photo')),
                ('digest', models.CharField(editable=False, max_length=64, verbose_name='SHA-256')),
                ('width', models.PositiveIntegerField(editable=False, verbose_name='width')),
                ('height', models.PositiveIntegerField(editable=False, verbose_name='height')),
                ('landmarks', models.JSONField(blank=True, default=dict, verbose_name='landmarks')),
                ('size', models.CharField(blank=True, max_length=20, verbose_name='clothes size')),
                ('height_cm', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='height in cm')),
                ('consent_at', models.DateField(verbose_name='consent given on')),
                ('consent_reference', models.CharField(help_text='Where the signed release is kept; the paper itself is not stored here.', max_length=255, verbose_name='consent record')),
                ('consent_until', models.DateField(blank=True, help_text='After this day no picture is made with the photo. Empty: without end.', null=True, verbose_name='consent ends on')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
            ],
            options={
                'verbose_name': 'house model',
                'verbose_name_plural': 'house models',
                'ordering': ['shop', 'name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ShopperPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('owner', models.CharField(max_length=64)),
                ('file', models.FileField(max_length=255, storage=prodimages.storage.shopper_storage, upload_to='')),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('landmarks', models.JSONField(default=dict)),
                ('faces', models.PositiveSmallIntegerField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('consent_at', models.DateTimeField()),
                ('consent_version', models.CharField(max_length=40)),
                ('is_of_age', models.BooleanField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': "shopper's photo",
                'verbose_name_plural': "shoppers' photos",
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TryOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.FileField(blank=True, max_length=255, storage=prodimages.storage.shopper_storage, upload_to='')),
                ('mime', models.CharField(blank=True, max_length=30)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('notices', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'try-on',
                'verbose_name_plural': 'try-ons',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TryOnCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('day', models.DateField(verbose_name='day')),
                ('outcome', models.CharField(max_length=20, verbose_name='outcome')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='number')),
            ],
            options={
                'verbose_name': 'count of try-ons',
                'verbose_name_plural': 'counts of try-ons',
                'ordering': ['-day', 'outcome'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='TryOnQuota',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('scope', models.CharField(choices=[('address', 'address'), ('product', 'product'), ('token', 'token')], max_length=10)),
                ('key', models.CharField(max_length=64)),
                ('used', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'try-on quota',
                'verbose_name_plural': 'try-on quotas',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TryOnSalt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('salt', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'daily salt',
                'verbose_name_plural': 'daily salts',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='generationjob',
            name='for_shopper',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='generationattempt',
            name='error_kind',
            field=models.CharField(blank=True, choices=[('photo_missing', 'photo missing'), ('photo_invalid', "photo can't be used"), ('person', "photo of the person can't be used"), ('garment', "product can't be tried on"), ('no_product', 'no product found in the photo'), ('check_cutout', 'cut-out needs a look'), ('unavailable', 'engine or weights not available'), ('engine', 'engine failed'), ('content_refused', 'refused for its content'), ('storage', 'storage failed'), ('crashed', 'worker died'), ('timeout', 'took too long'), ('product_deleted', 'product was deleted'), ('internal', 'internal error')], max_length=20),
        ),
        migrations.AlterField(
            model_name='generationjob',
            name='error_kind',
            field=models.CharField(blank=True, choices=[('photo_missing', 'photo missing'), ('photo_invalid', "photo can't be used"), ('person', "photo of the person can't be used"), ('garment', "product can't be tried on"), ('no_product', 'no product found in the photo'), ('check_cutout', 'cut-out needs a look'), ('unavailable', 'engine or weights not available'), ('engine', 'engine failed'), ('content_refused', 'refused for its content'), ('storage', 'storage failed'), ('crashed', 'worker died'), ('timeout', 'took too long'), ('product_deleted', 'product was deleted'), ('internal', 'internal error')], max_length=20, verbose_name='kind of failure'),
        ),
        migrations.AddIndex(
            model_name='generationjob',
            index=models.Index(fields=['for_shopper', 'state'], name='prodimages_job_shopper'),
        ),
        migrations.AddField(
            model_name='modelphoto',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by'),
        ),
        migrations.AddIndex(
            model_name='shopperphoto',
            index=models.Index(fields=['owner'], name='prodimages_shopper_owner'),
        ),
        migrations.AddIndex(
            model_name='shopperphoto',
            index=models.Index(fields=['expires_at'], name='prodimages_shopper_expiry'),
        ),
        migrations.AddField(
            model_name='tryon',
            name='job',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='try_on', to='prodimages.generationjob'),
        ),
        migrations.AddField(
            model_name='tryon',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='try_ons', to='prodimages.shopperphoto'),
        ),
        migrations.AddField(
            model_name='tryon',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.PRODIMAGES_PRODUCT_MODEL, verbose_name='product'),
        ),
        migrations.AddConstraint(
            model_name='tryoncount',
            constraint=models.UniqueConstraint(fields=('shop', 'day', 'outcome'), name='prodimages_try_on_count_once'),
        ),
        migrations.AddConstraint(
            model_name='tryonquota',
            constraint=models.UniqueConstraint(fields=('day', 'scope', 'key'), name='prodimages_try_on_quota_once'),
        ),
        migrations.AddConstraint(
            model_name='modelphoto',
            constraint=models.UniqueConstraint(fields=('shop', 'slug'), name='prodimages_model_photo_slug'),
        ),
    ]
