"""Budgets, and orders that reserve of them."""

from __future__ import annotations

from prodimages.choices import Source
from prodimages.models import Budget, GenerationJob
from prodimages.services.submission import Order, submit
from tests.factories import make_product, make_style


def budget(**values) -> Budget:
    return Budget.objects.create(**({"shop": "local"} | values))


def order(*products, style=None, **values):
    defaults = {"source": Source.API, "client": "tests", "style": style or make_style()}
    return submit(Order(products=products or [make_product()], **(defaults | values)))


def job_of(receipt) -> GenerationJob:
    return receipt.submission.jobs.get()


def pictures(of: Budget) -> tuple[int, int]:
    """Used and reserved of its newest day."""
    day = of.days.first()
    return day.pictures_used, day.pictures_reserved
