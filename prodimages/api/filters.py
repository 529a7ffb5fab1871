"""The parameters that narrow the lists."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend, FilterSet

from prodimages.choices import ImageState, JobState
from prodimages.exceptions import RequestRefused
from prodimages.shops.registry import shop_backend


class Filters(DjangoFilterBackend):
    """The backend as it is, whichever template pack or default the host has."""

    raise_exception = True


class MomentField(IsoDateTimeField):
    """Any moment that ISO 8601 can write, in UTC: PostgreSQL takes no offset over 16 hours."""

    def clean(self, value: Any) -> datetime.datetime | None:
        moment: datetime.datetime | None = super().clean(value)
        try:
            return None if moment is None else moment.astimezone(datetime.UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


class _ByProduct(FilterSet):
    product = django_filters.CharFilter(
        method="of_product", max_length=200, help_text="SKU or key in the shop."
    )
    key_path = "product_key"

    def of_product(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        try:
            product = shop_backend(self.request.auth.shop).find(value)
        except RequestRefused:  # a key of a shop that is declared no longer
            product = None
        if product is not None:
            return rows.filter(product=product)
        return rows.filter(product=None, **{self.key_path: value})  # of a deleted one


class GenerationFilters(_ByProduct):
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)
    style = django_filters.CharFilter("style__slug", max_length=80, help_text="Slug.")
    submission = django_filters.NumberFilter("submission_id", decimal_places=0, max_digits=18)
    created_after = MomentFilter("created_at", "gte")
    created_before = MomentFilter("created_at", "lt")


class ImageFilters(_ByProduct):
    key_path = "job__product_key"

    state = django_filters.MultipleChoiceFilter(choices=ImageState.choices)
    style = django_filters.CharFilter("job__style__slug", max_length=80, help_text="Slug.")
    generation = django_filters.NumberFilter("job_id", decimal_places=0, max_digits=18)
    passed = django_filters.BooleanFilter()
    created_after = MomentFilter("created_at", "gte")
    created_before = MomentFilter("created_at", "lt")
