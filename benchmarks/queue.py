"""The job table as a queue: how fast jobs get in, and through."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.result import Row, median_row, timed
from benchmarks.rows import make_products, order
from prodimages.choices import JobState
from prodimages.models import GenerationJob, Style, Submission
from prodimages.services import queue

JOBS = 10_000
ORDERS = 100
_ENDED_A_RUN = 500
_QUEUES = ("prodimages",)


def measure(runs: int) -> list[Row]:
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    style = Style.objects.get(shop="local", slug="marble-table")
    products = make_products(JOBS)
    rows = [*_enqueue(database, products, style, runs)]
    order(products, style)  # a backlog, so that claiming has something to choose from
    through, plain = [], []
    for _run in range(runs):
        plain.append(timed(_plain_updates))
        through.append(timed(_claim_and_end))
    rows.append(
        median_row(
            f"{database}: claim and finish of empty jobs",
            through,
            "jobs/s",
            convert=lambda seconds: _ENDED_A_RUN / seconds,
            target=50 if connection.vendor == "sqlite" else 100,
            higher_is_better=True,
            baseline=plain,
            baseline_is="two plain UPDATEs of a known row a job, each committed",
            note=f"one process, with {JOBS:,} jobs waiting; lease, fencing token, "
            "attempt row and the signal to the host included",
        )
    )
    return rows


def _enqueue(database: str, products: list, style: Style, runs: int) -> list[Row]:
    whole, many, plain = [], [], []
    for _run in range(runs):
        whole.append(timed(lambda: order(products, style)))
        template = GenerationJob.objects.latest("pk")
        plain.append(timed(lambda job=template: _plain_rows(job)))
        Submission.objects.all().delete()
        many.append(timed(lambda: _order_in_parts(products, style)))
        Submission.objects.all().delete()
    told = {"baseline": plain, "baseline_is": "bulk_create of as many finished rows"}
    return [
        median_row(f"{database}: enqueue {JOBS:,} jobs, one order", whole, target=5, **told),
        median_row(f"{database}: enqueue {JOBS:,} jobs, {ORDERS} orders", many, target=5, **told),
    ]


def _order_in_parts(products: list, style: Style) -> None:
    part = JOBS // ORDERS
    for start in range(0, JOBS, part):
        order(products[start : start + part], style)


def _plain_rows(template: GenerationJob) -> None:
    """What the same rows cost when there is nothing to find out about them."""
    fields = [field for field in GenerationJob._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(template, field.attname) for field in fields}
    with transaction.atomic():
        GenerationJob.objects.bulk_create(
            [GenerationJob(**values) for _number in range(JOBS)], batch_size=500
        )


def _claim_and_end() -> None:
    for _number in range(_ENDED_A_RUN):
        (held,) = queue.claim("benchmark", _QUEUES)
        queue.end(held, JobState.SUCCEEDED, notices=[])


def _plain_updates() -> None:
    keys = GenerationJob.objects.filter(state=JobState.QUEUED).order_by("-pk")
    for key in keys.values_list("pk", flat=True)[:_ENDED_A_RUN]:
        job = GenerationJob.objects.filter(pk=key)
        job.update(state=JobState.RUNNING, started_at=timezone.now())
        job.update(state=JobState.SUCCEEDED, ended_at=timezone.now())
