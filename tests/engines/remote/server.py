"""A small image server on this machine that answers as the documented ones do."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from PIL import Image


class ImageServer:
    """Draws a gradient by the seed; an edit keeps what its mask protects.

    ``script`` holds answers (status, body, headers) that come before the pictures.
    """

    def __init__(self) -> None:
        self.script: list[tuple[int, Any, dict[str, str]]] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.delay = 0.0
        self.moves = (0, 0)
        """Pixels (down, right) by which an edit without a mask moves the picture."""
        self.url = ""
        self.lock = threading.Lock()

    def answer(self, path: str, fields: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        with self.lock:
            self.requests.append((path, fields))
            if self.script:
                return self.script.pop(0)
        time.sleep(self.delay)
        size = re.fullmatch(r"(\d+)x(\d+)", str(fields.get("size", "")))
        if not size:
            return 400, {"detail": "Invalid size format."}, {}
        width, height = int(size[1]), int(size[2])
        picture = self.draw(width, height, int(fields.get("seed", 0)))
        if path.endswith("/edits"):
            picture = self.edit(picture, fields)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        encoded = base64.b64encode(file.getvalue()).decode()
        return 200, {"created": 1, "data": [{"b64_json": encoded, "url": None}]}, {}

    def draw(self, width: int, height: int, seed: int) -> np.ndarray:
        across = np.linspace(0, 200, width)[None, :, None]
        color = np.random.default_rng(seed).integers(0, 55, 3)
        return np.broadcast_to(across + color, (height, width, 3)).astype(np.uint8)

    def edit(self, drawn: np.ndarray, fields: dict[str, Any]) -> np.ndarray:
        files = fields.get("image[]") or [fields["image"]]
        given = np.asarray(Image.open(io.BytesIO(files[0])).convert("RGB"))
        if given.shape != drawn.shape:
            raise AssertionError(f"picture {given.shape}, size {drawn.shape}")
        if mask := fields.get("mask_image"):
            data = base64.b64decode(mask.removeprefix("data:image/png;base64,"))
            repaint = np.asarray(Image.open(io.BytesIO(data)).convert("L")) > 127
        elif mask := fields.get("mask"):
            repaint = np.asarray(Image.open(io.BytesIO(mask)))[..., 3] == 0
        else:
            return np.roll(given, self.moves, axis=(0, 1))
        if len(files) > 1 and self.moves != (0, 0):  # a model that does not obey its mask
            return np.roll(given, self.moves, axis=(0, 1))
        if repaint.all():  # a model keeps what it sees, though it may paint over all of it
            return (0.7 * given + 0.3 * drawn).astype(np.uint8)
        return np.where(repaint[..., None], drawn, given)


def _handler(server: ImageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fields = _fields(self.headers["Content-Type"], body)
            fields["_key"] = self.headers.get("Authorization", "")
            status, answer, headers = server.answer(self.path, fields)
            data = json.dumps(answer).encode()
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                self.close_connection = True  # the client hung up

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.startswith("application/json"):
        return dict(json.loads(body))
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        value = content if part.get_filename() else content.decode()
        if str(name).endswith("[]"):
            fields.setdefault(str(name), []).append(value)
        else:
            fields[str(name)] = value
    return fields


@contextmanager
def running() -> Iterator[ImageServer]:
    server = ImageServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
