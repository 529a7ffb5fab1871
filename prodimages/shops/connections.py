"""Outgoing HTTP that neither a platform nor a payload can turn against this site.

Names are resolved once and the connection goes to the address that was looked at, so that a
name which changes its mind (DNS rebinding) gains nothing. Addresses of private networks, of
this machine and of cloud metadata are refused, plain HTTP and redirects as well; a host that
the shop's option ALLOW_HOSTS names is exempt. A clock ends every connection, however slowly
the other side sends.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from prodimages.shops.platform import PlatformRefused, PlatformUnavailable

AGENT = "prodimages (+https://pypi.org/project/prodimages/)"
_CHUNK = 64 * 1024
_MOST_DIGITS = 18
"""Of a stated length; Python refuses to read numbers of thousands of digits."""

CALL_ERRORS = (requests.RequestException, HTTPError, OSError, ValueError)
"""What a call raises; requests reads where a redirect goes, also one that it does not follow."""


class AddressRefused(PlatformRefused):
    """An address that must not be called from here."""


class TookTooLong(PlatformUnavailable):
    """The clock ended the connection."""


class Clock:
    """Ends the connections that are open when ``seconds`` have passed."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()

    def watch(self, connected: socket.socket) -> None:
        self._sockets.append(connected)
        if self.left <= 0:
            self._ring()

    def _ring(self) -> None:
        for connected in self._sockets:
            with contextlib.suppress(OSError):  # closed already
                connected.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._timer.cancel()


class _Watched(HTTPAdapter):
    """Puts every connection under the clock."""

    clock: Clock

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        clock = self.clock

        class Connection(type(pool).ConnectionCls):  # type: ignore[misc]
            def connect(self) -> None:
                super().connect()
                clock.watch(self.sock)

        pool.ConnectionCls = Connection
        return pool


class _Plain(_Watched):
    pass


class _Pinned(_Watched, IPFilterAdapter):  # type: ignore[misc]
    pass


def open_session(url: str, clock: Clock, allow_hosts: Collection[str]) -> requests.Session:
    """A session for ``url`` alone. Raises AddressRefused, in words, for what is no web address."""
    try:
        parts = urlsplit(url)
        host, netloc = parts.hostname or "", f"{parts.hostname}:{parts.port}"
    except ValueError:
        host = netloc = ""
    exempt = bool({host, netloc} & set(allow_hosts))
    if not host or parts.scheme not in ({"http", "https"} if exempt else {"https"}):
        raise AddressRefused(
            _("“%(url)s” is not an https address.") % {"url": url.split("?")[0][:200]}
        )
    session = requests.Session()
    # Proxies and passwords of the environment would go around the look at the address.
    session.trust_env = False
    session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "identity"})
    for scheme in ("http://", "https://"):
        pinned: Any = _Pinned  # its base names the arguments, which the types don't see
        adapter = _Plain() if exempt else pinned(is_https_proto=scheme == "https://")
        adapter.clock = clock
        session.mount(scheme, adapter)
    return session


def refused_address(error: Exception, url: str) -> Exception:
    """An error of requests in our terms and in words."""
    host = urlsplit(url).hostname
    if isinstance(error, InvalidIPAddress):
        return AddressRefused(
            _("%(host)s lies in a private network, so it is not called.") % {"host": host}
        )
    if isinstance(error, requests.exceptions.InvalidURL):
        return AddressRefused(_("“%(host)s” is no name of a server.") % {"host": host})
    if isinstance(error, ValueError) and not isinstance(error, requests.RequestException):
        text = _("%(host)s sends on to an address that is none.")
        return AddressRefused(text % {"host": host})
    if isinstance(error, requests.Timeout):
        return PlatformUnavailable(_("%(host)s took too long to answer.") % {"host": host})
    return PlatformUnavailable(_("%(host)s can't be reached.") % {"host": host})


def read_capped(response: requests.Response, clock: Clock, most: int) -> bytes:
    """The body, ``most`` bytes of it at the most.

    Raises PlatformRefused when there are more, TookTooLong when the clock ran out.
    """
    content = bytearray()
    too_big = PlatformRefused(
        _("The answer has more than %(most)d MiB.") % {"most": most // 1024 // 1024}
    )
    stated = response.headers.get("Content-Length", "")
    if stated.isdecimal() and (len(stated) > _MOST_DIGITS or int(stated) > most):
        raise too_big
    try:
        # read1 gives what is there: read would wait for a full chunk, drop by drop.
        while chunk := response.raw.read1(_CHUNK, decode_content=False):
            content += chunk
            if len(content) > most:
                raise too_big
    except (HTTPError, OSError, ValueError) as error:
        raise TookTooLong(_("The answer took too long, or broke off.")) from error
    if clock.left <= 0:
        raise TookTooLong(_("The answer took too long."))
    return bytes(content)
