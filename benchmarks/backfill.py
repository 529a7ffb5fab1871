"""The backfill of a shop: from a command to ten thousand queued jobs."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from benchmarks.result import Row, median_row, timed
from benchmarks.rows import make_products
from prodimages.models import GenerationJob, Submission

PRODUCTS = 10_000


def measure(runs: int) -> list[Row]:
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    make_products(PRODUCTS)
    fresh, again = [], []
    for _run in range(runs):
        fresh.append(timed(_backfill))
        assert GenerationJob.objects.count() == PRODUCTS
        again.append(timed(_backfill))
        assert GenerationJob.objects.count() == PRODUCTS
        Submission.objects.all().delete()
    what = f"{database}: backfill of {PRODUCTS:,} products"
    return [
        median_row(what, fresh, target=20, note="in 40 orders, photos and jobs of each looked up"),
        median_row(f"{what}, all ordered before", again),
    ]


def _backfill() -> None:
    call_command("prodimages_backfill", "--style", "marble-table", stdout=_Nowhere())


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)
