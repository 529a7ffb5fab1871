from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from prodimages.api.base import ApiView
from prodimages.api.callers import SEE_STYLES
from prodimages.api.schema import operation
from prodimages.api.serializers.styles import StyleSerializer
from prodimages.models import Style


class Styles(ApiView):
    access: ClassVar = {"GET": SEE_STYLES}
    serializer_class = StyleSerializer
    queryset = Style.objects.none()  # for the description; see get_queryset

    def get_queryset(self) -> QuerySet[Style]:
        return Style.objects.offered(self.caller.shop)

    @operation(
        operation_id="list_styles",
        summary="List the active styles of the shop",
        responses=StyleSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(self.get_serializer(self.get_queryset(), many=True).data)
