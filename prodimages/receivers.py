"""What prodimages does when the host's product goes away, or staff change a style."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, JobState
from prodimages.conf import settings


def cancel_jobs_of_product(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Before the foreign key is nulled: queued jobs end, running ones are asked to stop."""
    from prodimages.models import GenerationJob
    from prodimages.services import settlement

    jobs = GenerationJob.every.filter(product_id=instance.pk)
    waiting = jobs.filter(state__in=[JobState.HELD, JobState.QUEUED])
    settlement.settle_on_commit(list(waiting.values_list("pk", flat=True)))
    waiting.update(
        state=JobState.CANCELED,
        error_kind=FailureKind.PRODUCT_DELETED,
        error=_("The product was deleted before its pictures were made."),
        ended_at=timezone.now(),
        active_key=None,
    )
    jobs.filter(state=JobState.RUNNING).update(cancel_requested=True)


def on_style_saved(sender: type[Model], instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Shoppers' pictures in another look than the style's are outdated."""
    from prodimages.services.storefront import freshness, scenes

    scenes.forget()
    if not raw:
        freshness.on_style(instance)


def on_scene_changed(sender: type[Model], **kwargs: Any) -> None:
    from prodimages.services.storefront import scenes

    scenes.forget()


def product_model() -> type[Model]:
    """The host's product. Raises ImproperlyConfigured when the setting names no model."""
    try:
        return apps.get_model(settings.product_model)
    except LookupError as error:
        raise ImproperlyConfigured(
            f'PRODIMAGES_PRODUCT_MODEL is "{settings.product_model}": {error}'
        ) from error


if settings.product_model:
    pre_delete.connect(
        cancel_jobs_of_product,
        sender=product_model(),
        dispatch_uid="prodimages.product_deleted",
    )
    post_save.connect(
        on_style_saved, sender="prodimages.Style", dispatch_uid="prodimages.style_saved"
    )
    for _signal in (post_save, post_delete):
        _signal.connect(
            on_scene_changed,
            sender="prodimages.StorefrontScene",
            dispatch_uid="prodimages.scene_changed",
        )
