"""Calls to a platform's API, over guarded connections."""

from __future__ import annotations

import contextlib
import dataclasses
import json as jsonlib
import time
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from prodimages.shops.connections import (
    CALL_ERRORS,
    Clock,
    TookTooLong,
    open_session,
    read_capped,
    refused_address,
)
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable

TOTAL_SECONDS = 240.0
"""All calls of one operation together; a publication's lease is longer."""
CONNECT_SECONDS, READ_SECONDS, UPLOAD_SECONDS = 10.0, 30.0, 120.0
MAX_ANSWER = 16 * 1024 * 1024
_QUICK_RETRIES = 2


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises PlatformUnavailable for a body that is no JSON, such as a gateway's page."""
        try:
            return jsonlib.loads(self.body or b"null")
        except ValueError as error:
            raise PlatformUnavailable(_("The platform's answer is no JSON.")) from error


class Client:
    """The calls of one operation to one platform; a context manager.

    Raises PlatformUnavailable for what may pass (no connection, 408, 425, 429, 5xx) and
    PlatformRefused for the rest, but returns the statuses that a call names in ``expect``.
    """

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_hosts: Collection[str] = (),
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self.base = base.rstrip("/") + "/"
        self._headers = dict(headers or {})
        self._allow_hosts = allow_hosts
        self._clock = Clock(seconds)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clock.stop()

    def call(
        self,
        method: str,
        path: str,
        *,
        expect: Collection[int] = (),
        safe: bool | None = None,
        headers: Mapping[str, str] | None = None,
        **body: Any,
    ) -> Answer:
        """``body`` as requests takes it. ``safe`` calls change nothing and are tried again at
        once when the connection fails; by default those are GET."""
        url = urljoin(self.base, path)
        own = self._headers if url.startswith(self.base) else {}  # the token is for nobody else
        tries = 1 + (_QUICK_RETRIES if (method == "GET" if safe is None else safe) else 0)
        while True:
            tries -= 1
            try:
                answer = self._send(method, url, headers={**own, **(headers or {})}, **body)
                return self._judged(answer, url, expect)
            except PlatformUnavailable as error:
                if not tries or error.retry_after is not None or self._clock.left < READ_SECONDS:
                    raise
                time.sleep(0.3)

    def _send(self, method: str, url: str, **kwargs: Any) -> Answer:
        if self._clock.left <= 0:
            raise TookTooLong(_("The platform took too long."))
        sending = UPLOAD_SECONDS if kwargs.get("files") or kwargs.get("data") else CONNECT_SECONDS
        with open_session(url, self._clock, self._allow_hosts) as session:
            try:
                # urllib3 uses the first number for connecting and for all of the sending.
                response = session.request(
                    method,
                    url,
                    timeout=(sending, READ_SECONDS),
                    allow_redirects=False,
                    stream=True,
                    **kwargs,
                )
            except CALL_ERRORS as error:
                raise refused_address(error, url) from error
            with response:
                body = read_capped(response, self._clock, MAX_ANSWER)
            return Answer(response.status_code, response.headers, body)

    def _judged(self, answer: Answer, url: str, expect: Collection[int]) -> Answer:
        status, host = answer.status, urlsplit(url).hostname
        if 200 <= status < 300 or status in expect:
            return answer
        if status in {408, 425, 429} or status >= 500:
            raise PlatformUnavailable(
                _("%(host)s answered %(status)d.") % {"host": host, "status": status},
                retry_after=retry_after(answer.headers),
            )
        if status in {401, 403}:
            text = _(
                "%(host)s refused the credentials (%(status)d); check the token and its rights."
            )
        elif 300 <= status < 400:
            text = _("%(host)s sends elsewhere (%(status)d); set the address that it means.")
        else:
            text = _("%(host)s refused the request (%(status)d): %(why)s")
        raise PlatformRefused(text % {"host": host, "status": status, "why": excerpt(answer.body)})


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds in ``Retry-After`` (RFC 9110, 10.2.3; a date there is left to the backoff), or
    until BigCommerce's window ends."""
    for name, scale in (("Retry-After", 1.0), ("X-Rate-Limit-Time-Reset-Ms", 0.001)):
        with contextlib.suppress(ValueError):
            seconds = float(headers[name]) * scale if name in headers else -1.0
            if 0 <= seconds < float("inf"):
                return seconds
    return None


def excerpt(body: bytes) -> str:
    """The first words of an error's body, in one line."""
    return " ".join(body[:400].decode("utf-8", "replace").split())[:200]
