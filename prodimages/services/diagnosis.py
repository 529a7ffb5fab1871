"""What is missing or misconfigured, asked of the live installation."""

from __future__ import annotations

import dataclasses
import importlib.util
import secrets
from collections.abc import Callable, Iterator

from django.core import checks
from django.core.files.base import ContentFile
from django.db import DatabaseError, connections, router
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from prodimages.choices import InboundState, JobState, PublicationState
from prodimages.conf import settings
from prodimages.cutouts.registry import cutout_backend
from prodimages.enlargement.registry import enlarger
from prodimages.models import GenerationJob, InboundEvent, Publication, ShopperPhoto, Style
from prodimages.services import broker, signing_keys, workers
from prodimages.shops.platform import PlatformShop
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclasses.dataclass(frozen=True)
class Finding:
    about: str
    level: str
    text: str


def examine() -> Iterator[Finding]:
    """One finding or more a subject, in the order in which they build on each other."""
    examinations: dict[str, Callable[[], Iterator[Finding]]] = {
        "settings": _settings,
        "database": _database,
        "styles": _styles,
        "shops": _shops,
        "storage": _storage,
        "cut-out": _cutout,
        "enlargement": _enlargement,
        "try-on": _try_on,
        "broker": _broker,
        "worker": _worker,
        "queue": _queue,
    }
    for about, examination in examinations.items():
        try:
            yield from examination()
        except DatabaseError as error:
            yield Finding(about, PROBLEM, f"The database did not answer: {error}")
        except Exception as error:  # a broken part must not hide the others
            yield Finding(about, PROBLEM, f"{type(error).__name__}: {error}")


def _settings() -> Iterator[Finding]:
    found = checks.run_checks(tags=["prodimages"]) + checks.run_checks(
        tags=[checks.Tags.database], databases=[router.db_for_write(GenerationJob)]
    )
    for message in found:
        level = PROBLEM if message.level >= checks.ERROR else WARNING
        hint = f" {message.hint}" if message.hint else ""
        yield Finding("settings", level, f"{message.msg}{hint} ({message.id})")
    if not found:
        shops = ", ".join(sorted(settings.SHOPS))
        yield Finding("settings", OK, f"product {settings.product_model}, shops {shops}")


def _database() -> Iterator[Finding]:
    connection = connections[router.db_for_write(GenerationJob)]
    executor = MigrationExecutor(connection)
    targets = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "prodimages"]
    if plan := executor.migration_plan(targets):
        yield Finding("database", PROBLEM, f"{len(plan)} migrations wait: manage.py migrate.")
    else:
        yield Finding("database", OK, f"{connection.vendor}, migrated; foreign key checked")


def _styles() -> Iterator[Finding]:
    count = Style.objects.filter(is_active=True).count()
    if count:
        yield Finding("styles", OK, f"{count} to choose from")
    else:
        yield Finding("styles", PROBLEM, "No style is active; add one in the admin.")


def _shops() -> Iterator[Finding]:
    """Asks each outside shop; a shop of this process needs no connection."""
    for slug in sorted(settings.SHOPS):
        backend = shop_backend(slug)
        if isinstance(backend, PlatformShop):
            problems = backend.check_connection()
            for problem in problems:
                yield Finding("shops", PROBLEM, f"{slug}: {problem}")
            if not problems:
                yield Finding("shops", OK, f"{slug} answers, and its token has the rights")
            if not problems and signing_keys.refresh(backend):
                yield Finding("shops", OK, f"{slug}: the keys by which it signs are here")
            if not Style.objects.offered(slug).exists():
                words = f"{slug} has no style; manage.py prodimages_styles --shop {slug}"
                yield Finding("shops", WARNING, words)
    failed = Publication.objects.filter(state=PublicationState.FAILED).count()
    if failed:
        yield Finding("shops", WARNING, f"{failed} publications failed; the admin says why.")
    failed = InboundEvent.objects.filter(state=InboundState.FAILED).count()
    if failed:
        yield Finding("shops", WARNING, f"{failed} events of shops failed; the admin says why.")


def _storage() -> Iterator[Finding]:
    storage = private_storage()
    content = secrets.token_bytes(64)
    name = storage.save(f"doctor/{secrets.token_hex(8)}", ContentFile(content))
    try:
        with storage.open(name, "rb") as file:
            same = file.read() == content
    finally:
        storage.delete(name)
    if same:
        yield Finding("storage", OK, f"{type(storage).__name__} takes, gives and removes files")
    else:
        yield Finding("storage", PROBLEM, f"{type(storage).__name__} gave other bytes back.")


def _cutout() -> Iterator[Finding]:
    backend = cutout_backend()
    problem = backend.problem()
    yield Finding("cut-out", PROBLEM if problem else OK, problem or backend.key)


def _enlargement() -> Iterator[Finding]:
    backend = enlarger()
    if backend is None:
        yield Finding("enlargement", OK, "switched off")
    elif problem := backend.problem():  # an extra that most shops can do without
        yield Finding("enlargement", WARNING, problem)
    else:
        yield Finding("enlargement", OK, backend.name)


def _try_on() -> Iterator[Finding]:
    """Says what shoppers' try-ons lack; staff's need the engine alone."""
    from prodimages.safety.nudity import problem

    if settings.TRY_ON_ENGINE not in settings.ENGINES:
        yield Finding("try-on", OK, "switched off for shoppers")
    elif missing := problem() or _no_faces():
        yield Finding("try-on", WARNING, missing)
    else:
        overdue = ShopperPhoto.objects.over().count()
        if overdue:
            words = f"{overdue} shoppers' photos are past their time; is a worker running?"
            yield Finding("try-on", PROBLEM, words)
        else:
            yield Finding("try-on", OK, f"shoppers' by {settings.TRY_ON_ENGINE}")


def _no_faces() -> str:
    if importlib.util.find_spec("skimage") is None:
        return "Faces can't be counted. Install prodimages[tryon]."
    return ""


def _broker() -> Iterator[Finding]:
    if error := broker.broker_error():
        yield Finding(
            "broker",
            WARNING,
            f"Not reached ({error}). Jobs are safe, but wait until a worker looks by itself.",
        )
    else:
        yield Finding("broker", OK, broker.broker_name())


def _worker() -> Iterator[Finding]:
    for worker in workers.live_workers():
        age = (timezone.now() - worker.seen_at).total_seconds()
        queues = ", ".join(worker.queues)
        yield Finding("worker", OK, f"{worker.name} takes from {queues}, seen {age:.0f} s ago")
    if hint := workers.no_worker_hint():
        yield Finding("worker", PROBLEM, hint)


def _queue() -> Iterator[Finding]:
    waiting = GenerationJob.every.filter(state=JobState.QUEUED, due_at__lte=timezone.now())
    oldest = waiting.order_by("created_at").first()
    silent = GenerationJob.every.filter(
        state=JobState.RUNNING, lease_expires_at__lt=timezone.now()
    ).count()
    if silent:
        yield Finding("queue", WARNING, f"{silent} jobs of silent workers wait to be taken over.")
    if oldest is None:
        yield Finding("queue", OK, "no job waits")
        return
    age = (timezone.now() - oldest.created_at).total_seconds()
    level = WARNING if age > 600 else OK
    yield Finding("queue", level, f"{waiting.count()} jobs wait, the oldest for {age:.0f} s")
