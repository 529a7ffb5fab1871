"""Servers that a test starts for itself, on ports of their own, and ends.

``python -m tests.servers postgresql COMMAND...`` runs a command whose tests use a private
PostgreSQL as their database.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 30.0
"""Seconds that a server may take to start or to stop."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgresql_folder() -> Path | None:
    """Where initdb and postgres lie, the newest version first; None without them."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: int(path.parent.parent.name), reverse=True)
    found = shutil.which("initdb")
    return newest[0].parent if newest else Path(found).parent if found else None


def unavailable(server: str) -> None:
    """Skip the test for want of a server, or fail it where servers are required."""
    message = f"{server} is not installed here"
    if os.environ.get("PRODIMAGES_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{message}, and PRODIMAGES_REQUIRE_SERVICES=1", pytrace=False)
    pytest.skip(message)


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root; arguments of Popen for whom to run it as."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A new and empty PostgreSQL; gives its URL. Raises FileNotFoundError without binaries.

    Unless it is ``durable``, it is quick because it never waits for the disk.
    """
    programs = postgresql_folder()
    if programs is None:
        raise FileNotFoundError("initdb")
    folder = Path(tempfile.mkdtemp(prefix="prodimages-postgresql-"))
    who = _unprivileged()
    if who:
        os.chown(folder, who["user"], who["group"])
    try:
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "prodimages"]
        subprocess.run(
            [*initdb, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **who,
        )
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "shared_buffers": "32MB",
        }
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        command = [programs / "postgres", "-D", folder / "data", *arguments]
        with _running(command, lambda: _accepts_sql(port), cwd=folder, **who):
            yield f"postgresql://prodimages@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accepts_sql(port: int) -> bool:
    import psycopg

    try:
        psycopg.connect(
            host="127.0.0.1", port=port, user="prodimages", dbname="postgres", connect_timeout=2
        ).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A new Redis that keeps nothing; gives its URL. Raises FileNotFoundError without it."""
    program = shutil.which("redis-server")
    if program is None:
        raise FileNotFoundError("redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with tempfile.TemporaryDirectory(prefix="prodimages-redis-") as folder:
        command += ["--dir", folder]
        with _running(command, lambda: _accepts(port), cwd=Path(folder)):
            yield f"redis://127.0.0.1:{port}/0"


def running(
    command: list[object], port: int, *, cwd: Path
) -> contextlib.AbstractContextManager[None]:
    """A server of the test's own, from when it takes connections until the block ends."""
    return _running(command, lambda: _accepts(port), cwd=cwd)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def _running(
    command: list[object], is_ready: Callable[[], bool], *, cwd: Path, **who: object
) -> Iterator[None]:
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **who,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.05)
        yield
    finally:
        # Both servers end at once on SIGINT, whoever is still connected.
        process.send_signal(2)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word; gives its number."""
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    kept.append(server.accept()[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()
            for connection in kept:
                connection.close()


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["postgresql"] or len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with postgresql() as url:
        environment = os.environ | {"PRODIMAGES_TEST_DATABASE_URL": url}
        return subprocess.run(arguments[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
