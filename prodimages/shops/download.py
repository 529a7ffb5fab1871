"""Photos by their addresses, which payloads name and nobody here has looked at."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urljoin

from django.utils.translation import gettext as _
from requests import Response

from prodimages.conf import settings
from prodimages.shops.connections import (
    CALL_ERRORS,
    Clock,
    open_session,
    read_capped,
    refused_address,
)
from prodimages.shops.platform import PlatformRefused, PlatformUnavailable

SECONDS = 45.0
"""For a photo with all its redirects; reading a job's photo has a deadline of 60 s."""
CONNECT_SECONDS = READ_SECONDS = 10.0
MOST_REDIRECTS = 5


def download(
    url: str,
    *,
    allow_hosts: Collection[str] = (),
    seconds: float = SECONDS,
    most: int | None = None,
) -> bytes:
    """The file at ``url``, followed over redirects, each of them looked at like the first.

    At most ``most`` bytes (MAX_PHOTO_BYTES) within ``seconds``. Raises PlatformRefused where
    trying again won't help, PlatformUnavailable where it may.
    """
    clock = Clock(seconds)
    try:
        return _follow(url, clock, allow_hosts, most or settings.MAX_PHOTO_BYTES)
    finally:
        clock.stop()


def _follow(url: str, clock: Clock, allow_hosts: Collection[str], most: int) -> bytes:
    for _hop in range(MOST_REDIRECTS + 1):
        with open_session(url, clock, allow_hosts) as session:
            try:
                response = session.get(
                    url,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
            except CALL_ERRORS as error:
                raise refused_address(error, url) from error
            with response:
                if not response.is_redirect:
                    return _body(response, clock, most)
                url = urljoin(url, response.headers["Location"])
    raise PlatformRefused(_("The photo's address sends from one to another without end."))


def _body(response: Response, clock: Clock, most: int) -> bytes:
    status = response.status_code
    if status in {408, 425, 429} or status >= 500:
        raise PlatformUnavailable(_("The photo's server answered %(status)d.") % {"status": status})
    if status != 200:
        raise PlatformRefused(
            _("The photo is not there: its server answered %(status)d.") % {"status": status}
        )
    return read_capped(response, clock, most)
