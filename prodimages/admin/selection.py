"""Which products the staff ticked, carried from the list to the form and back.

Every answer comes from the host's own ``get_queryset(request)``: a key that somebody
tampered with finds nothing.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict


@dataclasses.dataclass(frozen=True)
class Selection:
    """Either keys, or the list's query when everything that it finds was selected."""

    keys: tuple[str, ...] = ()
    query: str | None = None

    @classmethod
    def of_action(cls, request: HttpRequest) -> Selection:
        """What the list's action form says."""
        if request.POST.get("select_across") == "1":
            return cls(query=request.GET.urlencode())
        return cls(keys=tuple(request.POST.getlist(ACTION_CHECKBOX_NAME)))

    @classmethod
    def parse(cls, text: str) -> Selection:
        """Raises ValueError for what ``as_text`` did not write."""
        data = json.loads(text)
        if not isinstance(data, dict):
            raise ValueError("not a selection")
        query, keys = data.get("query"), data.get("keys", [])
        if not isinstance(query, str | None) or not isinstance(keys, list):
            raise ValueError("not a selection")
        return cls(keys=tuple(str(key) for key in keys), query=query)

    def as_text(self) -> str:
        return json.dumps({"keys": self.keys} if self.query is None else {"query": self.query})

    def products(self, host: ModelAdmin[Any], request: HttpRequest) -> QuerySet[Any]:
        """The selected products among those that the host shows this person."""
        if self.query is not None:
            return _found_by(self.query, host, request)
        return host.get_queryset(request).filter(pk__in=clean_keys(host, self.keys))


def clean_keys(host: ModelAdmin[Any], keys: Iterable[str]) -> list[Any]:
    """Those of ``keys`` that can be a primary key of the host's model at all."""
    field = host.opts.pk
    clean = []
    for key in keys:
        try:
            value = field.to_python(key)
            field.run_validators(value)
        except ValidationError:
            continue
        clean.append(value)
    return clean


def _found_by(query: str, host: ModelAdmin[Any], request: HttpRequest) -> QuerySet[Any]:
    """What the host's list finds for ``query``, its search, filters and limits included."""
    listing = copy.copy(request)
    listing.GET = QueryDict(query)
    try:
        changelist = host.get_changelist_instance(listing)
        found: QuerySet[Any] = changelist.get_queryset(listing)
    except IncorrectLookupParameters:
        return host.get_queryset(request).none()
    return found
