"""The admin's lists over a table of 100,000 jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks.result import Row, median_row, timed
from benchmarks.rows import make_products, order
from prodimages.choices import FailureKind, JobState, SourceType
from prodimages.models import GeneratedImage, GenerationAttempt, GenerationJob, Style, Submission

JOBS = 100_000
PRODUCTS = 2_000
_CHUNK = 2_000
_STATES = [JobState.SUCCEEDED] * 90 + [JobState.FAILED] * 6 + [JobState.CANCELED] * 4
_RUNNING, _QUEUED = 2, 2_000
"""How many of the newest jobs are not over yet."""
_QUERIES = 8
_JOBS, _PICTURES = "generationjob", "generatedimage"
VIEWS = (
    ("first page", _JOBS, {}),
    ("last page that the list offers", _JOBS, {"p": "last"}),
    ("the failed ones", _JOBS, {"state__exact": "failed"}),
    ("search for a name that 50 have", _JOBS, {"q": "Cream vase 1000001"}),
    ("search for a name that none has", _JOBS, {"q": "zeppelin"}),
    ("pictures, first page", _PICTURES, {}),
)


def measure(runs: int) -> list[Row]:
    _fill()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.create_superuser("benchmark"))
    rows = []
    for name, model, query in VIEWS:
        url = reverse(f"admin:prodimages_{model}_changelist")
        query = query | ({"p": _last_page()} if "p" in query else {})
        _get(client, url, query)  # compiles the templates
        with CaptureQueriesContext(connection) as asked:
            _get(client, url, query)
        note = _words(asked)  # now: the next request empties the connection's log
        samples = [timed(lambda u=url, q=query: _get(client, u, q)) for _run in range(3 * runs)]
        rows.append(
            median_row(
                f"list of {JOBS:,} jobs: {name}" if model == _JOBS else f"list of {name}",
                samples,
                "ms",
                convert=lambda seconds: 1000 * seconds,
                target=300,
                note=note,
            )
        )
    return rows


def _words(asked: CaptureQueriesContext) -> str:
    slowest = max(float(query["time"]) for query in asked.captured_queries)
    verdict = "within" if len(asked) <= _QUERIES else "MORE THAN"
    return f"{len(asked)} queries, {verdict} {_QUERIES}; the slowest took {1000 * slowest:.0f} ms"


def _get(client: Client, url: str, query: dict[str, Any]) -> Any:
    response = client.get(url, query)
    if response.status_code != 200:
        raise CommandError(f"{url} answered {response.status_code}.")
    return response


def _last_page() -> int:
    lister = admin.site.get_model_admin(GenerationJob)
    jobs = GenerationJob.objects.all()
    return int(lister.paginator(jobs, lister.list_per_page).num_pages)


def _fill() -> None:
    """Jobs as a year of use leaves them: with attempts, pictures and plans of real size."""
    products = make_products(PRODUCTS)
    styles = list(Style.objects.filter(shop="local"))
    templates = [order(products[:1], style).submission.jobs.get() for style in styles]
    Submission.objects.all().delete()
    submissions = Submission.objects.bulk_create(
        Submission(client="benchmark", idempotency_key=str(number), body_digest="", source="admin")
        for number in range(JOBS // 100)
    )
    for start in range(0, JOBS, _CHUNK):
        jobs = GenerationJob.objects.bulk_create(
            _job(number, templates[number % len(styles)], products, submissions)
            for number in range(start, start + _CHUNK)
        )
        ended = [job for job in jobs if job.is_finished]
        GenerationAttempt.objects.bulk_create(
            GenerationAttempt(job=job, token=1, worker="benchmark:1") for job in ended
        )
        GeneratedImage.objects.bulk_create(
            _picture(job) for job in ended if job.state == JobState.SUCCEEDED
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _job(
    number: int, template: GenerationJob, products: list[Any], submissions: list[Submission]
) -> GenerationJob:
    product, state = products[number % PRODUCTS], _STATES[number * 37 % len(_STATES)]
    if number >= JOBS - _QUEUED:
        state = JobState.QUEUED
    elif number >= JOBS - _QUEUED - _RUNNING:
        state = JobState.RUNNING
    begun = timezone.now() - timedelta(minutes=JOBS - number)
    over = state not in (JobState.QUEUED, JobState.RUNNING)
    names = ("task", "engine", "queue", "batch_key", "seed", "plan", "style_id", "style_name")
    return GenerationJob(
        **{name: getattr(template, name) for name in names},
        submission=submissions[number // 100],
        product=product,
        product_key=str(product.pk),
        product_label=product.name,
        state=state,
        created_at=begun,
        started_at=None if state == JobState.QUEUED else begun,
        ended_at=begun + timedelta(seconds=4) if over else None,
        seconds=4.0 if over else None,
        made_count=int(state == JobState.SUCCEEDED),
        error_kind=FailureKind.NO_PRODUCT if state == JobState.FAILED else "",
        error="No product was found in the photo." if state == JobState.FAILED else "",
    )


def _picture(job: GenerationJob) -> GeneratedImage:
    return GeneratedImage(
        job=job,
        index=0,
        product=job.product,
        state="approved" if job.pk % 10 else "pending",
        file=f"pictures/{job.pk}.jpg",
        thumbnail=f"pictures/{job.pk}-small.jpg",
        width=1024,
        height=1024,
        mime="image/jpeg",
        digest=f"{job.pk:064d}",
        seed=job.seed,
        source_type=SourceType.COMPOSITE_SYNTHETIC,
        fidelity={"passed": True, "difference_max": 0.0, "structure": 0.99, "checks": []},
    )
