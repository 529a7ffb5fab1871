from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from prodimages.models.api_key import ApiKey
from prodimages.models.fields import shop_field
from prodimages.models.job import GenerationJob


class Budget(models.Model):
    """What a shop, or one of its API keys, may spend in a day of the shop's time zone."""

    shop = shop_field()
    key = models.ForeignKey(
        ApiKey,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="budgets",
        verbose_name=_("API key"),
        help_text=_("Empty: for everything that is ordered for the shop, whichever way."),
    )
    holder = models.CharField(max_length=60, unique=True, editable=False)
    """``shop:local`` or ``key:7``: one budget each."""
    pictures = models.PositiveIntegerField(
        _("pictures a day"), null=True, blank=True, help_text=_("Empty: without limit.")
    )
    seconds = models.PositiveIntegerField(
        _("compute-seconds a day"), null=True, blank=True, help_text=_("Empty: without limit.")
    )

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["shop", "pk"]

    def __str__(self) -> str:
        return f"{self.shop}: {self.key}" if self.key else self.shop

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._name_holder()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self._name_holder()
        if self.key is not None and self.key.shop != self.shop:
            raise ValidationError({"key": _("This key is one of another shop.")})
        same = Budget.objects.filter(holder=self.holder).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError(_("There is a budget for this already; change that one."))

    def _name_holder(self) -> None:
        self.holder = f"key:{self.key_id}" if self.key_id else f"shop:{self.shop}"


class BudgetDay(models.Model):
    """One day of a budget: what is spent, and what its unfinished jobs may still cost.

    Compute time is in whole milliseconds, so that sums come out even.
    """

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    pictures_used = models.PositiveIntegerField(_("pictures made"), default=0)
    pictures_reserved = models.PositiveIntegerField(_("pictures ordered"), default=0)
    ms_used = models.PositiveBigIntegerField(_("milliseconds used"), default=0)
    ms_reserved = models.PositiveBigIntegerField(_("milliseconds expected"), default=0)
    ms_overrun = models.PositiveBigIntegerField(default=0)
    """The part of ``ms_used`` that was expected by nobody; what of it is over the cap
    counts against the next day."""

    class Meta:
        verbose_name = _("day of a budget")
        verbose_name_plural = _("days of budgets")
        ordering = ["-day", "budget"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "day"], name="prodimages_budget_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.budget_id}: {self.day}"


class BudgetHold(models.Model):
    """What one run of a job was expected to cost a day's budget, and what it did cost."""

    job = models.ForeignKey(
        GenerationJob, null=True, on_delete=models.SET_NULL, related_name="budget_holds"
    )
    day = models.ForeignKey(BudgetDay, on_delete=models.CASCADE, related_name="holds")
    token = models.PositiveIntegerField()
    """The job's lease token when the run was ordered; its attempts have higher ones."""
    made_before = models.PositiveSmallIntegerField(default=0)
    """Pictures that the job had made when the run was ordered."""
    pictures = models.PositiveSmallIntegerField()
    ms = models.PositiveBigIntegerField()
    pictures_used = models.PositiveSmallIntegerField(default=0)
    ms_used = models.PositiveBigIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    """None while the run may still cost something."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "day", "token"], name="prodimages_budget_hold_once"
            )
        ]
        indexes = [models.Index(fields=["settled_at", "id"], name="prodimages_hold_open")]

    def __str__(self) -> str:
        return f"{self.job_id} / {self.token}"
