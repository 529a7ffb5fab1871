"""What all views of the API have in common, set here so that no setting of the host counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from prodimages.api.authentication import BearerAuthentication, StaffSessionAuthentication
from prodimages.api.callers import Access, Caller
from prodimages.api.errors import handle
from prodimages.api.negotiation import JSONOnly, StrictJSONParser, StrictJSONRenderer
from prodimages.api.permissions import HasAccess
from prodimages.api.schema import ProblemSchema
from prodimages.api.throttles import RateThrottle


class ApiView(GenericAPIView):
    access: ClassVar[Mapping[str, Access]]
    """What each HTTP method asks of its caller."""
    query_names: ClassVar[frozenset[str]] = frozenset()
    """Query parameters that are understood, beside those of filters, pages and ``shop``."""

    schema = ProblemSchema()
    authentication_classes = (BearerAuthentication, StaffSessionAuthentication)
    permission_classes = (HasAccess,)
    throttle_classes = (RateThrottle,)
    parser_classes = (StrictJSONParser,)
    renderer_classes = (StrictJSONRenderer,)
    content_negotiation_class = JSONOnly
    http_method_names: ClassVar = ["get", "head", "post"]  # no OPTIONS; the schema says more
    versioning_class = None
    filter_backends: Any = ()
    pagination_class: Any = None

    request: Request

    @property
    def caller(self) -> Caller:
        caller: Caller = self.request.auth
        return caller

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_query(request)

    def _refuse_unknown_query(self, request: Request) -> None:
        """A misspelled filter would silently give everything."""
        known = {"shop", *self.query_names}
        if self.pagination_class is not None and request.method in {"GET", "HEAD"}:
            known |= {self.pagination_class.cursor_query_param}
            known |= {self.pagination_class.page_size_query_param}
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            text = _("There is no such parameter; known: %(known)s.")
            words = text % {"known": ", ".join(sorted(known))}
            raise ValidationError({name[:100]: [words] for name in unknown})
        if request.query_params.get("shop", self.caller.shop) != self.caller.shop:
            raise ValidationError({"shop": [_("This API key belongs to another shop.")]})

    def validated(self, data: Any, serializer_class: Any) -> Any:
        """The validated body. Raises ValidationError naming each field that can't be used."""
        serializer = serializer_class(data=data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
