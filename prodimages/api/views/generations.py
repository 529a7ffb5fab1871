from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from prodimages.api import orders
from prodimages.api.base import ApiView
from prodimages.api.callers import CHANGE_GENERATIONS, ORDER, SEE_GENERATIONS
from prodimages.api.filters import Filters, GenerationFilters
from prodimages.api.pagination import NewestFirst
from prodimages.api.schema import operation
from prodimages.api.serializers.generations import (
    BulkAnswer,
    BulkOrder,
    Generation,
    GenerationOrder,
    generations,
)
from prodimages.api.serializers.images import Nothing
from prodimages.choices import JobState
from prodimages.exceptions import RequestRefused
from prodimages.models import GenerationJob
from prodimages.services import lifecycle

POLL_SECONDS = 2
IDEMPOTENCY = OpenApiParameter(
    orders.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same body orders once and answers alike; with another "
    "body it is refused (409).",
)
LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202])
RETRY = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[200],
    description="Seconds after which to look again; absent once the generation has ended.",
)


class GenerationView(ApiView):
    serializer_class = Generation
    queryset = GenerationJob.objects.none()  # for the description; see get_queryset

    def get_queryset(self) -> QuerySet[GenerationJob]:
        rows: QuerySet[GenerationJob] = self.caller.within_reach(generations(), self.request)
        return rows

    def answer(self, key: int, status: int, **headers: str) -> Response:
        job = self.get_queryset().get(pk=key)
        return Response(self.get_serializer(job).data, status, headers=headers or None)


class Generations(GenerationView):
    access: ClassVar = {"GET": SEE_GENERATIONS, "POST": ORDER}
    filter_backends = (Filters,)
    filterset_class = GenerationFilters
    pagination_class = NewestFirst

    @property
    def query_names(self) -> frozenset[str]:  # type: ignore[override]
        filters = GenerationFilters.base_filters if self.request.method != "POST" else ()
        return frozenset(filters)

    @operation(
        operation_id="list_generations",
        summary="List generations, newest first",
        responses=Generation(many=True),
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @operation(
        operation_id="order_generation",
        summary="Order pictures of one product in one style",
        request=GenerationOrder,
        responses={202: Generation},
        parameters=[IDEMPOTENCY, LOCATION],
        filters=False,
    )
    def post(self, request: Request) -> Response:
        wishes = self.validated(request.data, GenerationOrder)
        try:
            receipt, _products = orders.place(request, wishes, [wishes["product"]])
        except RequestRefused as refused:
            if texts := refused.problems.pop("products", None):
                refused.problems["product"] = texts
            raise
        key = receipt.submission.jobs.values_list("pk", flat=True).get()
        url = reverse("prodimages_api:generation", args=[key], request=request)
        return self.answer(key, 202, Location=url)


class BulkGenerations(ApiView):
    access: ClassVar = {"POST": ORDER}
    serializer_class = BulkAnswer

    @operation(
        operation_id="order_generations",
        summary="Order pictures of up to 1,000 products, with a result for each",
        request=BulkOrder,
        responses={202: BulkAnswer},
        parameters=[IDEMPOTENCY, LOCATION],
    )
    def post(self, request: Request) -> Response:
        wishes = self.validated(request.data, BulkOrder)
        receipt, products = orders.place(request, wishes, wishes["products"])
        submission = receipt.submission
        url = reverse("prodimages_api:generations", request=request)
        url = f"{url}?submission={submission.pk}"
        answer: dict[str, Any] = {
            "submission": submission.pk,
            "generations": receipt.job_count,
            "held": submission.jobs.filter(state=JobState.HELD).count(),
            "url": url,
            "results": orders.results(receipt, wishes["products"], products),
        }
        return Response(BulkAnswer(answer).data, 202, headers={"Location": url})


class OneGeneration(GenerationView):
    access: ClassVar = {"GET": SEE_GENERATIONS}

    @operation(
        operation_id="get_generation",
        summary="See how far a generation is",
        parameters=[RETRY],
    )
    def get(self, request: Request, pk: int) -> Response:
        job = self.get_object()
        headers = {"Retry-After": str(POLL_SECONDS)} if job.is_moving else None
        return Response(self.get_serializer(job).data, headers=headers)


class CancelGeneration(GenerationView):
    access: ClassVar = {"POST": CHANGE_GENERATIONS}

    @operation(
        operation_id="cancel_generation",
        summary="Cancel a generation; a running one stops after its present step",
        request=None,
        responses={202: Generation},
    )
    def post(self, request: Request, pk: int) -> Response:
        self.validated(request.data or {}, Nothing)
        lifecycle.cancel(self.get_object())
        return self.answer(pk, 202)


class RetryGeneration(GenerationView):
    access: ClassVar = {"POST": CHANGE_GENERATIONS}

    @operation(
        operation_id="retry_generation",
        summary="Make the pictures of an ended generation that are missing",
        request=None,
        responses={202: Generation},
        parameters=[LOCATION],
    )
    def post(self, request: Request, pk: int) -> Response:
        self.validated(request.data or {}, Nothing)
        job = self.get_object()
        lifecycle.retry(job)
        url = reverse("prodimages_api:generation", args=[pk], request=request)
        return self.answer(pk, 202, Location=url)
