from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from prodimages.api.base import ApiView
from prodimages.api.callers import PUBLISH, REVIEW, SEE_IMAGES
from prodimages.api.filters import Filters, ImageFilters
from prodimages.api.pagination import NewestFirst
from prodimages.api.schema import operation
from prodimages.api.serializers.images import Image, Nothing, Rejection, images
from prodimages.choices import ImageState
from prodimages.models import GeneratedImage
from prodimages.services import publishing, review
from prodimages.services.downloads import stored_file
from prodimages.shops.registry import shop_backend


class ImageView(ApiView):
    serializer_class = Image
    queryset = GeneratedImage.objects.none()  # for the description; see get_queryset

    def get_queryset(self) -> QuerySet[GeneratedImage]:
        rows: QuerySet[GeneratedImage] = self.caller.within_reach(images(), self.request)
        return rows

    def answer(self, key: int, status: int = 200) -> Response:
        image = self.get_queryset().get(pk=key)
        return Response(self.get_serializer(image).data, status)

    def page(self, rows: QuerySet[GeneratedImage]) -> Response:
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Images(ImageView):
    access: ClassVar = {"GET": SEE_IMAGES}
    filter_backends = (Filters,)
    filterset_class = ImageFilters
    pagination_class = NewestFirst
    query_names = frozenset(ImageFilters.base_filters)

    @operation(
        operation_id="list_images",
        summary="List pictures, newest first",
        responses=Image(many=True),
    )
    def get(self, request: Request) -> Response:
        return self.page(self.get_queryset())


class ImagesOfProduct(ImageView):
    access: ClassVar = {"GET": SEE_IMAGES}
    pagination_class = NewestFirst

    @operation(
        operation_id="list_images_of_product",
        summary="List a product's pictures, newest first",
        responses=Image(many=True),
    )
    def get(self, request: Request, product: str) -> Response:
        found = None
        if "\0" not in product:
            found = shop_backend(self.caller.shop).find(product)
        visible = self.caller.products_within_reach(request)
        if found is None or (visible is not None and not visible.filter(pk=found.pk).exists()):
            raise Http404
        return self.page(self.get_queryset().of_product(found))  # type: ignore[attr-defined]


class OneImage(ImageView):
    access: ClassVar = {"GET": SEE_IMAGES}

    @operation(operation_id="get_image", summary="See a picture's facts")
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class ImageFile(ImageView):
    access: ClassVar = {"GET": SEE_IMAGES}

    @operation(
        operation_id="download_image",
        summary="Download a picture",
        responses={(200, "image/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        image = self.get_object()
        return stored_file(image.file, image.mime)


class ImageThumbnail(ImageView):
    access: ClassVar = {"GET": SEE_IMAGES}

    @operation(
        operation_id="download_thumbnail",
        summary="Download a picture's thumbnail",
        responses={(200, "image/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        return stored_file(self.get_object().thumbnail)


class Decision(ImageView):
    """A post that decides on a picture."""

    def who(self) -> dict[str, Any]:
        return {"user": self.caller.user, "through": self.caller.key}


class ApproveImage(Decision):
    access: ClassVar = {"POST": REVIEW}

    @operation(
        operation_id="approve_image",
        summary="Approve a picture",
        request=None,
        responses=Image,
    )
    def post(self, request: Request, pk: int) -> Response:
        self.validated(request.data or {}, Nothing)
        review.approve(self.get_object(), **self.who())
        return self.answer(pk)


class RejectImage(Decision):
    access: ClassVar = {"POST": REVIEW}

    @operation(
        operation_id="reject_image",
        summary="Reject a picture for one of the listed reasons",
        request=Rejection,
        responses=Image,
    )
    def post(self, request: Request, pk: int) -> Response:
        why = self.validated(request.data, Rejection)
        image = self.get_object()
        review.reject(image, code=why["reason"], note=why["note"], **self.who())
        return self.answer(pk)


class PublishImage(Decision):
    access: ClassVar = {"POST": PUBLISH}

    @operation(
        operation_id="publish_image",
        summary="Publish an approved picture in the shop",
        description="200 once it is there; 202 where an outside shop is told by a worker: the "
        "picture stays approved until then.",
        request=None,
        responses={200: Image, 202: Image},
    )
    def post(self, request: Request, pk: int) -> Response:
        self.validated(request.data or {}, Nothing)
        image = self.get_object()
        publishing.publish(image)
        image.refresh_from_db(fields=["state"])
        return self.answer(pk, 200 if image.state == ImageState.PUBLISHED else 202)
