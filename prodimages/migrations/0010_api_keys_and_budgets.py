"""Who may use the API, and what a shop or a key may spend in a day."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0009_content_refused'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='skipped',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('name', models.CharField(help_text='Which program uses it.', max_length=120, verbose_name='name')),
                ('scopes', models.JSONField(default=list, verbose_name='scopes')),
                ('expires_at', models.DateTimeField(blank=True, help_text="Empty: it doesn't expire.", null=True, verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['shop', 'name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='generatedimage',
            name='reviewed_through',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='prodimages.apikey', verbose_name='reviewed through'),
        ),
        migrations.AddField(
            model_name='submission',
            name='api_key',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='submissions', to='prodimages.apikey', verbose_name='API key'),
        ),
        migrations.CreateModel(
            name='ApiSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=20, unique=True, verbose_name='prefix')),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='secrets', to='prodimages.apikey')),
            ],
            options={
                'verbose_name': 'API secret',
                'verbose_name_plural': 'API secrets',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('holder', models.CharField(editable=False, max_length=60, unique=True)),
                ('pictures', models.PositiveIntegerField(blank=True, help_text='Empty: without limit.', null=True, verbose_name='pictures a day')),
                ('seconds', models.PositiveIntegerField(blank=True, help_text='Empty: without limit.', null=True, verbose_name='compute-seconds a day')),
                ('key', models.ForeignKey(blank=True, help_text='Empty: for everything that is ordered for the shop, whichever way.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budgets', to='prodimages.apikey', verbose_name='API key')),
            ],
            options={
                'verbose_name': 'budget',
                'verbose_name_plural': 'budgets',
                'ordering': ['shop', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BudgetDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('pictures_used', models.PositiveIntegerField(default=0, verbose_name='pictures made')),
                ('pictures_reserved', models.PositiveIntegerField(default=0, verbose_name='pictures ordered')),
                ('ms_used', models.PositiveBigIntegerField(default=0, verbose_name='milliseconds used')),
                ('ms_reserved', models.PositiveBigIntegerField(default=0, verbose_name='milliseconds expected')),
                ('ms_overrun', models.PositiveBigIntegerField(default=0)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='prodimages.budget')),
            ],
            options={
                'verbose_name': 'day of a budget',
                'verbose_name_plural': 'days of budgets',
                'ordering': ['-day', 'budget'],
            },
        ),
        migrations.CreateModel(
            name='BudgetHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.PositiveIntegerField()),
                ('made_before', models.PositiveSmallIntegerField(default=0)),
                ('pictures', models.PositiveSmallIntegerField()),
                ('ms', models.PositiveBigIntegerField()),
                ('pictures_used', models.PositiveSmallIntegerField(default=0)),
                ('ms_used', models.PositiveBigIntegerField(default=0)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='prodimages.budgetday')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='budget_holds', to='prodimages.generationjob')),
            ],
        ),
        migrations.AddConstraint(
            model_name='budgetday',
            constraint=models.UniqueConstraint(fields=('budget', 'day'), name='prodimages_budget_day_once'),
        ),
        migrations.AddIndex(
            model_name='budgethold',
            index=models.Index(fields=['settled_at', 'id'], name='prodimages_hold_open'),
        ),
        migrations.AddConstraint(
            model_name='budgethold',
            constraint=models.UniqueConstraint(fields=('job', 'day', 'token'), name='prodimages_budget_hold_once'),
        ),
    ]
