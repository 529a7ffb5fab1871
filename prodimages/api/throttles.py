"""Request rates: reads and writes are counted apart, by key or person."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from prodimages.services import rates


class RateThrottle(BaseThrottle):
    _wait: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        kind = "read" if request.method in SAFE_METHODS else "write"
        self._wait = rates.wait_for(kind, request.auth.client)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait
