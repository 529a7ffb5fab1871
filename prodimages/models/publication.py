from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.choices import PublicationAction, PublicationState
from prodimages.models.fields import shop_field
from prodimages.models.image import GeneratedImage


class PublicationQuerySet(models.QuerySet["Publication"]):
    def due(self, queues: list[str]) -> PublicationQuerySet:
        """What a worker of ``queues`` could take now: waiting, or held by one that went silent."""
        now = timezone.now()
        waiting = Q(state=PublicationState.WAITING, due_at__lte=now)
        silent = Q(state=PublicationState.RUNNING, lease_expires_at__lt=now)
        return self.filter(waiting | silent, queue__in=queues)

    def held(self, pk: int, token: int) -> PublicationQuerySet:
        return self.filter(pk=pk, lease_token=token, state=PublicationState.RUNNING)


class Publication(models.Model):
    """What a shop is still to be told of one picture, and how that went: one row a picture.

    It says what is wanted (``action``), not what happened; a worker brings the shop there, and
    tries again until it is.
    """

    image = models.OneToOneField(
        GeneratedImage,
        on_delete=models.CASCADE,
        related_name="publication",
        verbose_name=_("picture"),
    )
    shop = shop_field()
    queue = models.CharField(_("queue"), max_length=100)
    action = models.CharField(
        _("wanted"), max_length=10, choices=PublicationAction, default=PublicationAction.PUBLISH
    )
    state = models.CharField(
        _("state"), max_length=10, choices=PublicationState, default=PublicationState.WAITING
    )
    attempts_made = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    lease_token = models.PositiveIntegerField(default=0)
    """Raised by every claim; a write that names an older one changes nothing."""
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(_("reference in the shop"), max_length=255, blank=True)
    """What the shop calls the picture, as far as anybody was told; kept until it is taken out."""
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "queue", "due_at"], name="prodimages_publication_due")
        ]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.get_action_display()}"

    @property
    def order_key(self) -> str:
        """The same for each attempt at what is wanted, and another once that is wanted anew.

        Every claim raises both numbers; a new wish, or staff trying again, sets one to zero.
        """
        return f"{self.pk}.{self.lease_token - self.attempts_made}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in (PublicationState.WAITING, PublicationState.RUNNING)
