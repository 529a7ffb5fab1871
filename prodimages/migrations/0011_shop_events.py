"""Events of outside shops, the work on them, and what was not kept."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('prodimages', '0010_api_keys_and_budgets'),
    ]

    operations = [
        migrations.CreateModel(
            name='SigningKeys',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(max_length=50, unique=True, verbose_name='shop')),
                ('document', models.JSONField(default=dict, verbose_name='JWKS')),
                ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='fetched')),
                ('wanted_at', models.DateTimeField(blank=True, null=True, verbose_name='asked for')),
            ],
            options={
                'verbose_name': 'signing keys of a shop',
                'verbose_name_plural': 'signing keys of shops',
            },
        ),
        migrations.CreateModel(
            name='DeliveryCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('day', models.DateField(verbose_name='day')),
                ('reason', models.CharField(choices=[('signature', 'signature refused'), ('too_big', 'body too big'), ('invalid', 'body not understood'), ('topic', 'topic ignored'), ('ping', 'ping'), ('repeat', 'repeated delivery')], max_length=20, verbose_name='reason')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='deliveries')),
            ],
            options={
                'verbose_name': 'count of deliveries without an event',
                'verbose_name_plural': 'counts of deliveries without an event',
                'ordering': ['-day', 'shop', 'reason'],
                'constraints': [models.UniqueConstraint(fields=('shop', 'day', 'reason'), name='prodimages_delivery_count_once')],
            },
        ),
        migrations.CreateModel(
            name='InboundEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.CharField(default='local', max_length=50, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9_-]{0,49}\\Z', "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.")], verbose_name='shop')),
                ('event_id', models.CharField(max_length=200, verbose_name='event id')),
                ('kind', models.CharField(choices=[('created', 'product created'), ('updated', 'product updated'), ('deleted', 'product deleted'), ('redact_shop', 'erase the shop'), ('redact_customer', 'erase a customer'), ('ping', 'ping'), ('ignored', 'ignored')], max_length=20, verbose_name='kind')),
                ('topic', models.CharField(blank=True, max_length=100, verbose_name='topic')),
                ('external_id', models.CharField(blank=True, max_length=200, verbose_name='product id in the shop')),
                ('occurred_at', models.DateTimeField(blank=True, null=True, verbose_name='occurred')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received')),
                ('payload', models.JSONField(blank=True, null=True, verbose_name='payload')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='due')),
                ('token', models.PositiveIntegerField(default=0)),
                ('attempts_made', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('outcome', models.TextField(blank=True, verbose_name='outcome')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'shop event',
                'verbose_name_plural': 'shop events',
                'ordering': ['-pk'],
                'permissions': [('view_payload', 'Can read the payloads of shop events'), ('replay_inboundevent', 'Can replay shop events')],
                'indexes': [models.Index(fields=['state', 'due_at'], name='prodimages_event_claim'), models.Index(fields=['shop', 'external_id'], name='prodimages_event_product'), models.Index(fields=['ended_at'], name='prodimages_event_ended')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'event_id'), name='prodimages_event_once')],
            },
        ),
        migrations.CreateModel(
            name='InboundAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.PositiveIntegerField()),
                ('worker', models.CharField(max_length=200, verbose_name='worker')),
                ('outcome', models.CharField(choices=[('running', 'running'), ('succeeded', 'succeeded'), ('failed', 'failed'), ('canceled', 'canceled'), ('crashed', 'crashed'), ('returned', 'returned')], default='running', max_length=10, verbose_name='outcome')),
                ('text', models.TextField(blank=True, verbose_name='what happened')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='prodimages.inboundevent')),
            ],
            options={
                'verbose_name': 'attempt at a shop event',
                'verbose_name_plural': 'attempts at shop events',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('event', 'token'), name='prodimages_event_attempt_once')],
            },
        ),
    ]
