from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.choices import ImageState, Reason, SourceType
from prodimages.models.api_key import ApiKey
from prodimages.models.fields import private_file, product_key, shop_field
from prodimages.models.job import GenerationJob


class GeneratedImageQuerySet(models.QuerySet["GeneratedImage"]):
    def to_review(self) -> GeneratedImageQuerySet:
        return self.filter(state=ImageState.PENDING)

    def of_product(self, product: models.Model) -> GeneratedImageQuerySet:
        return self.filter(product_id=product.pk)


class GeneratedImage(models.Model):
    """One picture that a job made, on its way through review into the shop."""

    job = models.ForeignKey(GenerationJob, on_delete=models.CASCADE, related_name="images")
    index = models.PositiveSmallIntegerField(_("number"))
    """0 .. count - 1 within the job; a retry makes only the missing ones."""
    shop = shop_field()
    product = product_key()
    state = models.CharField(
        _("state"), max_length=10, choices=ImageState, default=ImageState.PENDING
    )
    file = private_file(_("file"))
    thumbnail = private_file(_("thumbnail"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    mime = models.CharField(max_length=30)
    digest = models.CharField(_("SHA-256"), max_length=64)
    seed = models.BigIntegerField(_("seed"))
    source_type = models.CharField(_("digital source type"), max_length=50, choices=SourceType)
    fidelity = models.JSONField(_("fidelity"), default=dict)
    """What the fidelity step measured, and the checks with their reasons."""
    passed = models.BooleanField(_("passed its checks"), default=True)
    """False: over the fidelity bounds; such a picture can't be approved."""
    notices = models.JSONField(_("notices"), default=list)
    reasons = models.CharField(_("reasons"), max_length=120, blank=True)
    """Codes of ``Reason`` that its checks gave, each between commas, so that LIKE finds one."""
    severity = models.PositiveSmallIntegerField(_("severity"), default=0)
    """Sum of the weights of its reasons (services.reasons); 0 for none."""
    engine_facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_through = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("reviewed through"),
    )
    """The API key that decided, where no person did."""
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    reject_code = models.CharField(_("rejected for"), max_length=10, blank=True, choices=Reason)
    reject_reason = models.CharField(_("note"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_ref = models.CharField(_("reference in the shop"), max_length=255, blank=True)
    publish_error = models.TextField(_("publishing failed because"), blank=True)

    objects = GeneratedImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "index"], name="prodimages_image_once")
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="prodimages_image_state"),
            models.Index(fields=["severity", "id"], name="prodimages_image_severity"),
        ]
        permissions = [("review_generatedimage", "Can approve, reject and publish pictures")]

    def __str__(self) -> str:
        return f"{self.job_id}-{self.index}"

    @property
    def reason_list(self) -> list[Reason]:
        """What its checks found, the gravest first."""
        return [Reason(code) for code in self.reasons.split(",") if code in Reason.values]

    @property
    def publish_key(self) -> str:
        """Stable name under which the shop takes this picture once."""
        return f"prodimages-{self.job_id}-{self.index}-{self.digest[:12]}"
