"""Pages over tables that are too big to be counted at every look."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class AtLeast(int):
    """A number that stands for itself or more, and says so."""

    def __str__(self) -> str:
        return f"{int(self):d}+"


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to ``most`` rows; what lies behind them is reached by a search or a filter."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[: self.most + 1].count()
        return AtLeast(self.most) if found > self.most else found
