"""A server with the few routes of the Hugging Face hub that fetching a revision needs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors",)
"""Kept outside of git, and named by their SHA-256."""


class Hub:
    """Repositories of files in memory, all at one commit."""

    def __init__(self) -> None:
        self.repositories: dict[str, dict[str, bytes]] = {}
        self.refusal: str | None = None
        """The hub's own code for it, or none at all."""
        self.asked: list[str] = []
        self.damaged: set[str] = set()
        """Files that arrive with a flipped bit."""
        self.url = ""

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        path = path.partition("?")[0]
        if self.refusal is not None:
            return 403, {"X-Error-Code": self.refusal}, b"{}"
        for name, files in self.repositories.items():
            if path.startswith(f"/api/models/{name}/"):
                action, _, revision = path.removeprefix(f"/api/models/{name}/").partition("/")
                if revision != COMMIT:
                    return 404, {"X-Error-Code": "RevisionNotFound"}, b"{}"
                facts = _tree(files) if action == "tree" else {"id": name, "sha": COMMIT}
                return 200, {"Content-Type": "application/json"}, json.dumps(facts).encode()
            prefix = f"/{name}/resolve/{COMMIT}/"
            if path.startswith(prefix) and (file := path.removeprefix(prefix)) in files:
                content = files[file]
                headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{etag(file, content)}"'}
                if name in self.damaged and file.endswith(LARGE):
                    content = content[:-1] + bytes([content[-1] ^ 1])
                return 200, headers, content
        return 404, {"X-Error-Code": "RepoNotFound"}, b"{}"


def etag(name: str, content: bytes) -> str:
    if name.endswith(LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


def _tree(files: dict[str, bytes]) -> list[dict]:
    entries = []
    for name, content in files.items():
        entry = {"type": "file", "path": name, "size": len(content), "oid": 40 * "a"}
        if name.endswith(LARGE):
            entry["lfs"] = {"oid": etag(name, content), "size": len(content), "pointerSize": 134}
        entries.append(entry)
    return entries


@contextlib.contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, content = hub.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
