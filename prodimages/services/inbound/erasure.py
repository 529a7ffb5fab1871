"""Erases what is kept of an outside shop, when its platform says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.choices import EventKind, JobState
from prodimages.models import (
    Cutout,
    GeneratedImage,
    GenerationAttempt,
    GenerationJob,
    InboundEvent,
    ProductSettings,
    Rendition,
    SigningKeys,
    SourcePhoto,
    Submission,
)
from prodimages.shops.platform import PlatformShop, PlatformUnavailable
from prodimages.storage import private_storage

PAGE = 200
_REDACTIONS = (EventKind.REDACT_SHOP, EventKind.REDACT_CUSTOMER)


def erase_shop(backend: PlatformShop) -> str:
    """Erase the shop's products, photos, cut-outs, pictures, jobs, events and signing keys.

    Kept are the requests to erase, as a proof and without a payload; the counts of deliveries;
    and what the operator wrote: styles, rules and budgets. Safe to repeat, and to be repeated
    after it was interrupted. Raises PlatformUnavailable while a picture is still being made.
    """
    shop = backend.shop
    _stop_jobs(shop)
    files = sum(_erase_files(names) for names in _pages_of_names(shop))
    products = backend.erase()
    for rows in (
        Submission.objects.filter(shop=shop),  # with its jobs, attempts and pictures
        SourcePhoto.objects.filter(shop=shop),  # with its cut-outs
        ProductSettings.objects.filter(shop=shop),
        InboundEvent.objects.filter(shop=shop).exclude(kind__in=_REDACTIONS),
        SigningKeys.objects.filter(shop=shop),
    ):
        _delete(rows)
    return _("Erased: %(products)d products, %(files)d files, and all that belongs to them.") % {
        "products": products,
        "files": files,
    }


def erase_customer(event: InboundEvent) -> str:
    """Nothing to erase: only events of products are kept, and those name no customer."""
    return _("Nothing is kept of the shop's customers.")


def _stop_jobs(shop: str) -> None:
    """A worker that went on would write files behind our back."""
    jobs = GenerationJob.every.filter(shop=shop)
    jobs.filter(state__in=[JobState.HELD, JobState.QUEUED]).update(
        state=JobState.CANCELED, ended_at=timezone.now(), active_key=None
    )
    if jobs.filter(state=JobState.RUNNING).update(cancel_requested=True):
        raise PlatformUnavailable(_("Pictures are being made; all is erased once they stopped."))


def _pages_of_names(shop: str) -> Iterator[set[str]]:
    """Names of all private files of the shop, those of unfinished attempts included."""
    attempts = GenerationAttempt.objects.filter(job__shop=shop)
    for (names,) in _values(attempts, "files"):
        yield set(names)
    yield from map(set, _values(GeneratedImage.objects.filter(shop=shop), "file", "thumbnail"))
    yield from map(set, _values(Rendition.objects.filter(image__shop=shop), "file"))
    yield from map(set, _values(SourcePhoto.objects.filter(shop=shop), "file"))
    yield from map(set, _values(Cutout.objects.filter(photo__shop=shop), "file"))


def _values(rows: QuerySet[Any], *fields: str) -> Iterable[tuple[Any, ...]]:
    return rows.order_by("pk").values_list(*fields).iterator(chunk_size=PAGE)


def _erase_files(names: set[str]) -> int:
    storage, count = private_storage(), 0
    for name in names - {""}:
        if storage.exists(name):
            storage.delete(name)
            count += 1
    return count


def _delete(rows: QuerySet[Any]) -> None:
    """Page by page, so that no transaction holds its locks for long."""
    model: type[Model] = rows.model
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:PAGE]):
        model._default_manager.filter(pk__in=keys).delete()
