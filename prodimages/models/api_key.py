from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import Scope
from prodimages.models.fields import shop_field


class ApiKey(models.Model):
    """A program that may use the API in the name of one shop, within its scopes.

    The key stays the same while its secrets are rotated: budgets, throttles and
    idempotency keys belong to it.
    """

    shop = shop_field()
    name = models.CharField(_("name"), max_length=120, help_text=_("Which program uses it."))
    scopes = models.JSONField(_("scopes"), default=list)
    """Values of ``Scope``."""
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: it doesn't expire.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["shop", "name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired."""
        over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not over

    @property
    def client(self) -> str:
        """Whose idempotency keys these are; as ``Submission.client`` has it."""
        return f"key:{self.pk}"

    def allows(self, scope: Scope) -> bool:
        return scope.value in self.scopes


class ApiSecretQuerySet(models.QuerySet["ApiSecret"]):
    def live(self) -> ApiSecretQuerySet:
        """Secrets that open their key now, as long as the key itself is live."""
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()))


class ApiSecret(models.Model):
    """One secret of a key, known by its digest alone; during a rotation a key has several."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="secrets")
    prefix = models.CharField(_("prefix"), max_length=20, unique=True)
    """The part of the secret by which its row is found; no secret by itself."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the whole secret, whose 256 random bits need no slow hash."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    """Set when a newer secret takes its place; None while it is the newest."""
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    """To the minute: it is written at most once in one."""

    objects = ApiSecretQuerySet.as_manager()

    class Meta:
        verbose_name = _("API secret")
        verbose_name_plural = _("API secrets")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
