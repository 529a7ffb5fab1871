"""Fields that all resources share."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import ISO_8601, serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.reverse import reverse


class Strict(serializers.Serializer):
    """Refuses fields that it doesn't have: a misspelled one would silently change nothing."""

    def to_internal_value(self, data: Any) -> Any:
        problems: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = sorted(self.fields)
            text = _("There is no such field; none is known here.")
            if known:
                text = _("There is no such field; known: %(known)s.") % {"known": ", ".join(known)}
            problems = {
                str(name)[:100]: [ErrorDetail(text, code="unknown")]
                for name in data
                if name not in self.fields
            }
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**problems, **error.detail}) from error
        if problems:
            raise ValidationError(problems)
        return values


class Moment(serializers.DateTimeField):
    """A moment in UTC, as ISO 8601, whatever format the host's own API has."""

    def __init__(self, **kwargs: Any) -> None:
        # DRF takes the host's format where None is given.
        super().__init__(format=ISO_8601, default_timezone=datetime.UTC, **kwargs)


class Link(serializers.Field):
    """The address of a row's own resource."""

    def __init__(self, view: str, **kwargs: Any) -> None:
        self.view = view
        super().__init__(**{"source": "pk", "read_only": True, **kwargs})

    def to_representation(self, value: Any) -> str:
        request = self.context["request"]
        address: str = reverse(f"prodimages_api:{self.view}", args=[value], request=request)
        return address
