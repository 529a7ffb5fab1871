"""Hand-kept after makemigrations, which writes the product model of whoever runs it.

The product is the host's: every reference goes through PRODIMAGES_PRODUCT_MODEL. A
product that isn't made in its app's first migration is named by
PRODIMAGES_PRODUCT_MIGRATION = ("app_label", "0007_name").
"""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import prodimages.storage
from django.conf import settings
from django.db import migrations, models


def product_dependency():
    named = getattr(settings, "PRODIMAGES_PRODUCT_MIGRATION", None)
    if named:
        return tuple(named)
    return migrations.swappable_dependency(settings.PRODIMAGES_PRODUCT_MODEL)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        product_dependency(),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WorkerHeartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("queues", models.JSONField(default=list, verbose_name="queues")),
                ("version", models.CharField(max_length=20, verbose_name="version")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("seen_at", models.DateTimeField(db_index=True, verbose_name="last seen")),
            ],
            options={
                "verbose_name": "worker",
                "verbose_name_plural": "workers",
            },
        ),
        migrations.CreateModel(
            name="SourcePhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "file",
                    models.FileField(
                        max_length=255,
                        storage=prodimages.storage.private_storage,
                        upload_to="",
                        verbose_name="file",
                    ),
                ),
                ("width", models.PositiveIntegerField(verbose_name="width")),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.PRODIMAGES_PRODUCT_MODEL,
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "source photo",
                "verbose_name_plural": "source photos",
            },
        ),
        migrations.CreateModel(
            name="Cutout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, verbose_name="made by")),
                (
                    "file",
                    models.FileField(
                        max_length=255,
                        storage=prodimages.storage.private_storage,
                        upload_to="",
                        verbose_name="alpha",
                    ),
                ),
                ("details", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cutouts",
                        to="prodimages.sourcephoto",
                    ),
                ),
            ],
            options={
                "verbose_name": "cut-out",
                "verbose_name_plural": "cut-outs",
            },
        ),
        migrations.CreateModel(
            name="Style",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                ("slug", models.SlugField(max_length=80, verbose_name="slug")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("packshot", "packshot"),
                            ("background", "background"),
                            ("text_to_image", "text to image"),
                            ("try_on", "try-on"),
                            ("restyle", "restyle"),
                            ("upscale", "upscale"),
                        ],
                        max_length=20,
                        verbose_name="task",
                    ),
                ),
                (
                    "engine",
                    models.CharField(
                        default="studio",
                        help_text="An alias from the settings.",
                        max_length=50,
                        verbose_name="engine",
                    ),
                ),
                (
                    "prompt",
                    models.TextField(
                        blank=True,
                        help_text="May name fields of the product in braces, such as {name} or {color}.",
                        verbose_name="prompt",
                    ),
                ),
                ("negative_prompt", models.TextField(blank=True, verbose_name="negative prompt")),
                (
                    "parameters",
                    models.JSONField(blank=True, default=dict, verbose_name="parameters"),
                ),
                (
                    "size",
                    models.PositiveIntegerField(
                        default=1024,
                        help_text="Longest side of the picture in pixels.",
                        validators=[
                            django.core.validators.MinValueValidator(256),
                            django.core.validators.MaxValueValidator(4096),
                        ],
                        verbose_name="size",
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[
                            ("1:1", "1:1"),
                            ("4:5", "4:5"),
                            ("3:4", "3:4"),
                            ("4:3", "4:3"),
                            ("16:9", "16:9"),
                            ("9:16", "9:16"),
                        ],
                        default="1:1",
                        max_length=5,
                        verbose_name="aspect",
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WebP")],
                        default="jpeg",
                        max_length=5,
                        verbose_name="format",
                    ),
                ),
                (
                    "quality",
                    models.PositiveSmallIntegerField(
                        default=92,
                        validators=[
                            django.core.validators.MinValueValidator(50),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="quality",
                    ),
                ),
                (
                    "requires_review",
                    models.BooleanField(
                        default=True,
                        help_text="Without it, pictures that pass their checks are published by themselves.",
                        verbose_name="requires review",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, verbose_name="position"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated")),
            ],
            options={
                "verbose_name": "style",
                "verbose_name_plural": "styles",
                "ordering": ["position", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "slug"), name="prodimages_style_slug")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                (
                    "elevation",
                    models.FloatField(
                        blank=True,
                        help_text="Degrees: 0 is photographed from the side, 90 from above.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="camera elevation",
                    ),
                ),
                (
                    "support",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "by category"),
                            ("surface", "stands or lies on a surface"),
                            ("wall", "hangs before a wall"),
                            ("none", "floats"),
                        ],
                        max_length=10,
                        verbose_name="support",
                    ),
                ),
                (
                    "width_cm",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0.1)],
                        verbose_name="width in cm",
                    ),
                ),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prodimages_settings",
                        to=settings.PRODIMAGES_PRODUCT_MODEL,
                        verbose_name="product",
                    ),
                ),
                (
                    "styles",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Take the place of the styles that the rules would choose.",
                        related_name="+",
                        to="prodimages.style",
                        verbose_name="styles",
                    ),
                ),
            ],
            options={
                "verbose_name": "product settings",
                "verbose_name_plural": "product settings",
            },
        ),
        migrations.CreateModel(
            name="StyleRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, verbose_name="position"),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        help_text="Beginning of the category path, such as “shoes” or “kitchen/mugs”.",
                        max_length=255,
                        verbose_name="category",
                    ),
                ),
                ("tag", models.CharField(blank=True, max_length=100, verbose_name="tag")),
                (
                    "product_type",
                    models.CharField(blank=True, max_length=100, verbose_name="product type"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "styles",
                    models.ManyToManyField(
                        related_name="rules", to="prodimages.style", verbose_name="styles"
                    ),
                ),
            ],
            options={
                "verbose_name": "style rule",
                "verbose_name_plural": "style rules",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                ("client", models.CharField(max_length=100, verbose_name="client")),
                (
                    "idempotency_key",
                    models.CharField(max_length=200, verbose_name="idempotency key"),
                ),
                ("body_digest", models.CharField(max_length=64)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("admin", "admin"),
                            ("command", "command"),
                            ("api", "API"),
                            ("webhook", "webhook"),
                            ("storefront", "storefront"),
                        ],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
            ],
            options={
                "verbose_name": "submission",
                "verbose_name_plural": "submissions",
            },
        ),
        migrations.CreateModel(
            name="GenerationJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                ("product_key", models.CharField(max_length=200, verbose_name="product key")),
                ("product_label", models.CharField(max_length=255, verbose_name="product name")),
                ("style_name", models.CharField(max_length=120, verbose_name="style name")),
                (
                    "chosen_by",
                    models.CharField(blank=True, max_length=200, verbose_name="chosen by"),
                ),
                ("photo_ref", models.CharField(blank=True, max_length=255)),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("packshot", "packshot"),
                            ("background", "background"),
                            ("text_to_image", "text to image"),
                            ("try_on", "try-on"),
                            ("restyle", "restyle"),
                            ("upscale", "upscale"),
                        ],
                        max_length=20,
                        verbose_name="task",
                    ),
                ),
                ("engine", models.CharField(max_length=50, verbose_name="engine")),
                ("queue", models.CharField(max_length=50, verbose_name="queue")),
                ("batch_key", models.CharField(max_length=120)),
                ("count", models.PositiveSmallIntegerField(default=1, verbose_name="count")),
                ("seed", models.BigIntegerField(verbose_name="seed")),
                ("plan", models.JSONField(verbose_name="plan")),
                ("requires_review", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("running", "running"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                            ("canceled", "canceled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("priority", models.SmallIntegerField(default=0, verbose_name="priority")),
                (
                    "due_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="due"),
                ),
                ("lease_token", models.PositiveIntegerField(default=0)),
                ("lease_expires_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_requested", models.BooleanField(default=False)),
                (
                    "attempts_made",
                    models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
                ),
                ("run_alone", models.BooleanField(default=False)),
                (
                    "active_key",
                    models.CharField(
                        blank=True, default=None, max_length=200, null=True, unique=True
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=40, verbose_name="stage")),
                ("progress", models.FloatField(default=0, verbose_name="progress")),
                (
                    "made_count",
                    models.PositiveSmallIntegerField(default=0, verbose_name="pictures made"),
                ),
                ("notices", models.JSONField(blank=True, default=list, verbose_name="notices")),
                (
                    "error_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("photo_missing", "photo missing"),
                            ("photo_invalid", "photo can't be used"),
                            ("no_product", "no product found in the photo"),
                            ("check_cutout", "cut-out needs a look"),
                            ("unavailable", "engine or weights not available"),
                            ("engine", "engine failed"),
                            ("storage", "storage failed"),
                            ("crashed", "worker died"),
                            ("timeout", "took too long"),
                            ("product_deleted", "product was deleted"),
                            ("internal", "internal error"),
                        ],
                        max_length=20,
                        verbose_name="kind of failure",
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("seconds", models.FloatField(blank=True, null=True, verbose_name="seconds")),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="prodimages_jobs",
                        to=settings.PRODIMAGES_PRODUCT_MODEL,
                        verbose_name="product",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="jobs",
                        to="prodimages.sourcephoto",
                    ),
                ),
                (
                    "style",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="jobs",
                        to="prodimages.style",
                        verbose_name="style",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="prodimages.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "generation job",
                "verbose_name_plural": "generation jobs",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="GenerationAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.PositiveIntegerField()),
                ("worker", models.CharField(max_length=200, verbose_name="worker")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "running"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                            ("canceled", "canceled"),
                            ("crashed", "crashed"),
                            ("returned", "returned"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("files", models.JSONField(default=list)),
                ("files_swept", models.BooleanField(default=False)),
                ("timings", models.JSONField(default=dict, verbose_name="seconds by step")),
                (
                    "error_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("photo_missing", "photo missing"),
                            ("photo_invalid", "photo can't be used"),
                            ("no_product", "no product found in the photo"),
                            ("check_cutout", "cut-out needs a look"),
                            ("unavailable", "engine or weights not available"),
                            ("engine", "engine failed"),
                            ("storage", "storage failed"),
                            ("crashed", "worker died"),
                            ("timeout", "took too long"),
                            ("product_deleted", "product was deleted"),
                            ("internal", "internal error"),
                        ],
                        max_length=20,
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="started"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="prodimages.generationjob",
                    ),
                ),
            ],
            options={
                "verbose_name": "attempt",
                "verbose_name_plural": "attempts",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "token"), name="prodimages_attempt_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GeneratedImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "shop",
                    models.CharField(
                        default="local",
                        max_length=50,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,49}\\Z",
                                "A shop's name is lower-case letters, digits, “-” and “_”, 50 at most.",
                            )
                        ],
                        verbose_name="shop",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "to review"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                            ("published", "published"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=255,
                        storage=prodimages.storage.private_storage,
                        upload_to="",
                        verbose_name="file",
                    ),
                ),
                (
                    "thumbnail",
                    models.FileField(
                        max_length=255,
                        storage=prodimages.storage.private_storage,
                        upload_to="",
                        verbose_name="thumbnail",
                    ),
                ),
                ("width", models.PositiveIntegerField(verbose_name="width")),
                ("height", models.PositiveIntegerField(verbose_name="height")),
                ("mime", models.CharField(max_length=30)),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("seed", models.BigIntegerField(verbose_name="seed")),
                (
                    "source_type",
                    models.CharField(
                        choices=[
                            ("trainedAlgorithmicMedia", "made by a trained model"),
                            (
                                "compositeWithTrainedAlgorithmicMedia",
                                "photo composited with a trained model's output",
                            ),
                            ("compositeSynthetic", "photo composited with computer-made parts"),
                            ("algorithmicMedia", "made by an algorithm without training data"),
                        ],
                        max_length=50,
                        verbose_name="digital source type",
                    ),
                ),
                ("fidelity", models.JSONField(default=dict, verbose_name="fidelity")),
                ("passed", models.BooleanField(default=True, verbose_name="passed its checks")),
                ("notices", models.JSONField(default=list, verbose_name="notices")),
                ("engine_facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "reviewed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reviewed"),
                ),
                (
                    "reject_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason"),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published"),
                ),
                (
                    "published_ref",
                    models.CharField(
                        blank=True, max_length=255, verbose_name="reference in the shop"
                    ),
                ),
                (
                    "publish_error",
                    models.TextField(blank=True, verbose_name="publishing failed because"),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.PRODIMAGES_PRODUCT_MODEL,
                        verbose_name="product",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewed by",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="prodimages.generationjob",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "ordering": ["-pk"],
                "permissions": [
                    ("review_generatedimage", "Can approve, reject and publish pictures")
                ],
                "indexes": [models.Index(fields=["state", "-id"], name="prodimages_image_state")],
                "constraints": [
                    models.UniqueConstraint(fields=("job", "index"), name="prodimages_image_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="sourcephoto",
            constraint=models.UniqueConstraint(
                fields=("shop", "digest"), name="prodimages_photo_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cutout",
            constraint=models.UniqueConstraint(
                fields=("photo", "key"), name="prodimages_cutout_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("shop", "client", "idempotency_key"), name="prodimages_submission_once"
            ),
        ),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(
                fields=["state", "queue", "-priority", "id"], name="prodimages_job_claim"
            ),
        ),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(fields=["state", "lease_expires_at"], name="prodimages_job_lease"),
        ),
        migrations.AddIndex(
            model_name="generationjob",
            index=models.Index(fields=["shop", "-id"], name="prodimages_job_shop"),
        ),
    ]
