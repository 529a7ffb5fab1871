"""A WSGI server of two processes and a sender, for measuring deliveries of webhooks."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

PROCESSES = 2
THREADS = 4
SENDERS = 24
Request = tuple[str, bytes, dict[str, str]]
"""Path, body and headers."""


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Pooled(ThreadingMixIn, WSGIServer):
    """Threads that stay, and keep their connections to the database, as gunicorn's do."""

    allow_reuse_port = True
    request_queue_size = 512

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pool = ThreadPoolExecutor(THREADS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._pool.submit(self.process_request_thread, request, client_address)

    def server_bind(self) -> None:
        super().server_bind()
        self.server_name = "127.0.0.1"  # without asking a name server


def _serve(port: int) -> None:
    from django.core.wsgi import get_wsgi_application

    server = _Pooled(("127.0.0.1", port), _Silent)
    server.set_app(get_wsgi_application())
    server.serve_forever()


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """The processes, forked with this one's settings; gives their port."""
    from django.db import connections

    connections.close_all()  # none may be shared
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_serve, args=(port,)) for _number in range(PROCESSES)]
    for process in processes:
        process.start()
    try:
        time.sleep(1.0)
        yield port
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def send_all(
    port: int, requests: Sequence[Request], *, rate: float | None, senders: int = 0
) -> dict[str, Any]:
    """Send ``requests`` from a process of their own: ``rate`` a second, or as fast as they go.

    Gives ``statuses``, ``seconds`` in all, and ``latencies`` in seconds. At a rate each counts
    from the moment when it was to be sent, so that a server that stalls is charged for all
    that wait. ``senders`` are threads with one connection each; 0 for as many as usual.
    A request without a body is a GET.
    """
    context = multiprocessing.get_context("fork")
    receive, give = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(port, requests, rate, senders, give))
    process.start()
    told: dict[str, Any] = receive.recv()
    process.join()
    return told


def _send(
    port: int, requests: Sequence[Request], rate: float | None, senders: int, give: Any
) -> None:
    numbers = itertools.count()
    ended: list[tuple[int, float]] = []
    begin = time.perf_counter() + 0.1

    def work() -> None:
        while (number := next(numbers)) < len(requests):
            due = time.perf_counter() if rate is None else begin + number / rate
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            status = _post(port, *requests[number])
            ended.append((status, time.perf_counter() - due))

    count = senders or (SENDERS if rate else 8)
    threads = [threading.Thread(target=work) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    give.send(
        {
            "statuses": [status for status, _latency in ended],
            "latencies": [latency for _status, latency in ended],
            "seconds": time.perf_counter() - begin,
        }
    )


def _post(port: int, path: str, body: bytes, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST" if body else "GET", path, body or None, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()
