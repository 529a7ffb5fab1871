"""What outside shops told us: the events, how the work on them went, and what was not kept."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import AttemptOutcome, EventKind, InboundState, NotKept
from prodimages.models.fields import shop_field


class InboundEventQuerySet(models.QuerySet["InboundEvent"]):
    def claimable(self, now: datetime | None = None) -> InboundEventQuerySet:
        """Waiting events whose time has come, and those whose worker went silent."""
        now = now or timezone.now()
        states = [InboundState.WAITING, InboundState.RUNNING]
        return self.filter(state__in=states, due_at__lte=now)

    def held(self, pk: int, token: int) -> InboundEventQuerySet:
        """The one running event, if the caller's claim is still the newest."""
        return self.filter(pk=pk, token=token, state=InboundState.RUNNING)

    def ended(self) -> InboundEventQuerySet:
        return self.filter(state__in=[InboundState.DONE, InboundState.FAILED])


class InboundEvent(models.Model):
    """One event of an outside shop, taken once however often it was delivered.

    The table is the queue: a worker claims a row and acts on it.
    """

    shop = shop_field()
    event_id = models.CharField(_("event id"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    external_id = models.CharField(_("product id in the shop"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("occurred"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    payload = models.JSONField(_("payload"), null=True, blank=True)
    """None once it was erased; the row stays, so that a repeat is known."""

    state = models.CharField(
        _("state"), max_length=10, choices=InboundState, default=InboundState.WAITING
    )
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    """When it may be claimed; of a running one, when its lease ends."""
    token = models.PositiveIntegerField(default=0)
    """Raised by every claim; a write with an older one changes nothing."""
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    outcome = models.TextField(_("outcome"), blank=True)
    """What was done about it, or why nothing could be, in words."""
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = InboundEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop event")
        verbose_name_plural = _("shop events")
        ordering = ["-pk"]
        permissions = [
            ("view_payload", _("Can read the payloads of shop events")),
            ("replay_inboundevent", _("Can replay shop events")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["shop", "event_id"], name="prodimages_event_once")
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="prodimages_event_claim"),
            models.Index(fields=["shop", "external_id"], name="prodimages_event_product"),
            models.Index(fields=["ended_at"], name="prodimages_event_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.shop}: {self.topic or self.kind} {self.external_id}".strip()


class InboundAttempt(models.Model):
    """One worker's try at an event."""

    event = models.ForeignKey(InboundEvent, on_delete=models.CASCADE, related_name="attempts")
    token = models.PositiveIntegerField()
    worker = models.CharField(_("worker"), max_length=200)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=AttemptOutcome, default=AttemptOutcome.RUNNING
    )
    text = models.TextField(_("what happened"), blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt at a shop event")
        verbose_name_plural = _("attempts at shop events")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "token"], name="prodimages_event_attempt_once")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} / {self.token}"


class DeliveryCount(models.Model):
    """How many deliveries of one day left no event, by shop and reason."""

    shop = shop_field()
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=20, choices=NotKept)
    count = models.PositiveIntegerField(_("deliveries"), default=0)

    class Meta:
        verbose_name = _("count of deliveries without an event")
        verbose_name_plural = _("counts of deliveries without an event")
        ordering = ["-day", "shop", "reason"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "day", "reason"], name="prodimages_delivery_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.shop}, {self.day}: {self.count} × {self.get_reason_display()}"


class SigningKeys(models.Model):
    """The public keys by which one shop signs, so that no request has to fetch them."""

    shop = models.CharField(_("shop"), max_length=50, unique=True)
    document = models.JSONField(_("JWKS"), default=dict)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    wanted_at = models.DateTimeField(_("asked for"), null=True, blank=True)
    """When a delivery last named a key that is not among them."""

    class Meta:
        verbose_name = _("signing keys of a shop")
        verbose_name_plural = _("signing keys of shops")

    def __str__(self) -> str:
        return self.shop
