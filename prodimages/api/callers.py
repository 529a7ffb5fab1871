"""Who calls: an API key, bound to its shop, or one of the staff in a browser."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from prodimages.choices import Scope
from prodimages.models import ApiKey

M = TypeVar("M", bound=Model)


@dataclasses.dataclass(frozen=True)
class Access:
    """What an operation asks for: a key's scope, or one of these permissions of a person."""

    scope: Scope
    permissions: tuple[str, ...]


SEE_GENERATIONS = Access(
    Scope.GENERATIONS_READ, ("view_generationjob", "change_generationjob", "add_generationjob")
)
ORDER = Access(Scope.GENERATIONS_WRITE, ("add_generationjob",))
CHANGE_GENERATIONS = Access(Scope.GENERATIONS_WRITE, ("change_generationjob",))
SEE_IMAGES = Access(
    Scope.IMAGES_READ,
    ("view_generatedimage", "change_generatedimage", "review_generatedimage"),
)
REVIEW = Access(Scope.IMAGES_REVIEW, ("review_generatedimage",))
PUBLISH = Access(Scope.IMAGES_PUBLISH, ("review_generatedimage",))
SEE_STYLES = Access(Scope.STYLES_READ, ("view_style", "add_generationjob"))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Caller:
    """``request.auth`` of every request to the API that got past authentication."""

    shop: str
    """All that is seen and done is this shop's."""
    client: str
    """Whose rates and idempotency keys these are: ``key:7`` or ``user:7``."""
    key: ApiKey | None = None
    user: Any = None
    """A member of the staff; None for a key."""

    def may(self, access: Access) -> bool:
        if self.key is not None:
            return self.key.allows(access.scope)
        return any(self.user.has_perm(f"prodimages.{name}") for name in access.permissions)

    def within_reach(self, rows: QuerySet[M], request: HttpRequest) -> QuerySet[M]:
        """Those of ``rows`` of jobs or pictures that the caller may see."""
        rows = rows.filter(shop=self.shop)
        if self.user is None or not apps.is_installed("django.contrib.admin"):
            return rows
        # What the host's own admin hides from a person stays hidden here.
        from django.contrib.admin import site

        from prodimages.admin.access import within_reach

        return within_reach(rows, request, site)

    def products_within_reach(self, request: HttpRequest) -> QuerySet[Any] | None:
        """The products that the host's admin shows this person; None for all of the shop."""
        if self.user is None or not apps.is_installed("django.contrib.admin"):
            return None
        from django.contrib.admin import site

        from prodimages.admin.access import host_products

        return host_products(request, site)
