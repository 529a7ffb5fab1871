"""A small HTTP server that a fake platform answers through, faults included."""

from __future__ import annotations

import contextlib
import dataclasses
import email.policy
import json
import threading
from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclasses.dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def form(self) -> dict[str, Any]:
        """The fields of a multipart body; a file as (name, content)."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        fields: dict[str, Any] = {}
        for part in message.iter_parts():
            content = part.get_payload(decode=True)
            name = part.get_param("name", header="content-disposition")
            file = part.get_filename()
            fields[name] = (file, content) if file else content.decode()
        return fields


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


class FakePlatform:
    """What the fakes share. ``products`` maps an id to its facts and its list of images."""

    unpublished_by = "remove"

    def __init__(self) -> None:
        self.products: dict[str, dict[str, Any]] = {}
        self.faults: list[str] = []
        """For the next requests that add a picture: "busy" and "broken" before it is taken,
        "silent" and "gateway" after."""
        self.token_is_good = True
        self.requests: list[Request] = []
        self.host = ""
        self.lock = threading.RLock()
        self._numbers = iter(range(1001, 10_000))

    def number(self) -> int:
        return next(self._numbers)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def adds(self, request: Request) -> bool:
        """Whether the request is the one that brings a picture to its product; each subclass
        has its own.
        """
        raise NotImplementedError

    def answer(self, request: Request) -> Reply:
        """What this platform's API says to it; each subclass has its own."""
        raise NotImplementedError

    def busy(self) -> Reply:
        return Reply(429, {"message": "slow down"}, {"Retry-After": "7"})

    def denied(self) -> Reply:
        return Reply(401, {"message": "who are you?"})

    def respond(self, request: Request) -> Reply | None:
        """None closes the connection without a word."""
        with self.lock:
            self.requests.append(request)
            if not self.token_is_good:
                return self.denied()
            fault = self.faults.pop(0) if self.faults and self.adds(request) else ""
            if fault == "busy":
                return self.busy()
            if fault == "broken":
                return Reply(503, "<html>maintenance</html>")
            reply = self.answer(request)
            if fault == "gateway":
                return Reply(504, "<html>gateway timeout</html>")
            return None if fault == "silent" else reply


@contextlib.contextmanager
def serving(platform: FakePlatform) -> Iterator[FakePlatform]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            reply = platform.respond(
                Request(
                    method=self.command,
                    path=parts.path,
                    query={name: values[0] for name, values in parse_qs(parts.query).items()},
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
            )
            if reply is None:
                self.close_connection = True
                return
            body = reply.body
            if not isinstance(body, bytes):
                body = b"" if body is None else json.dumps(body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _handle

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
