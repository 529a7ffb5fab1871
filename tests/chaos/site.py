"""One folder, one broker and the Celery workers that a test starts and kills."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from django.db import connection
from django.utils import timezone

from prodimages.models import (
    Cutout,
    GeneratedImage,
    GenerationAttempt,
    GenerationJob,
    SourcePhoto,
)
from prodimages.services import housekeeping
from tests.chaos.apps import POINTS

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 30.0
"""Seconds for what takes one or two on a quiet machine."""


def eventually(condition: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
    """The first true value of ``condition()``. Fails the test, naming ``what``, without one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


class Site:
    def __init__(self, folder: Path, broker: str, prodimages: dict[str, Any]) -> None:
        self.folder = folder
        self.broker = broker
        self.prodimages = prodimages
        self.holds = folder / "holds"
        self.holds.mkdir(parents=True)
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self, pool: str = "prefork") -> subprocess.Popen[bytes]:
        database = {key: connection.settings_dict[key] for key in ("ENGINE", "NAME", "OPTIONS")}
        for key in ("USER", "PASSWORD", "HOST", "PORT"):
            database[key] = connection.settings_dict[key]
        given = {
            "folder": str(self.folder),
            "broker": self.broker,
            "database": database,
            "prodimages": self.prodimages,
        }
        command = [sys.executable, "-m", "celery", "-A", "shop_integration.project", "worker"]
        command += ["-Q", "prodimages", "-P", pool, "-c", "1", "-l", "INFO"]
        command += ["-n", f"chaos-{self.folder.name}-{len(self.workers)}@localhost"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with open(self.folder / "worker.log", "ab") as log:
            worker = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
                    "PRODIMAGES_CHAOS": json.dumps(given, default=str),
                    "PYTHONPATH": str(ROOT),
                    "OMP_NUM_THREADS": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """The worker and its children at once, as when the machine loses its power."""
        family = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
        for process in family:
            process.kill()
        worker.wait(PATIENCE)

    def close(self) -> None:
        for worker in self.workers:
            # By its process group, for a child may have outlived its worker.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(PATIENCE)

    def wipe_broker(self) -> None:
        if self.broker:
            import redis

            with redis.Redis.from_url(self.broker) as client:
                client.flushall()
        else:
            for message in (self.folder / "broker" / "messages").iterdir():
                message.unlink()

    def waiting_messages(self) -> int:
        if self.broker:
            import redis

            with redis.Redis.from_url(self.broker) as client:
                return client.llen("prodimages")
        return len(list((self.folder / "broker" / "messages").iterdir()))

    def forget(self) -> None:
        """Start a test with nothing stored and nothing held."""
        for point in POINTS:
            self.let_go(point)
        shutil.rmtree(self.folder / "private", ignore_errors=True)

    def hold(self, point: str) -> None:
        (self.holds / f"{point}.hold").touch()

    def let_go(self, point: str) -> None:
        (self.holds / f"{point}.hold").unlink(missing_ok=True)
        (self.holds / f"{point}.reached").unlink(missing_ok=True)

    def reached(self, point: str) -> psutil.Process:
        """Wait until a process is held at ``point``; gives that process."""
        mark = self.holds / f"{point}.reached"
        eventually(mark.exists, f"a worker at {point!r}")
        return psutil.Process(int(mark.read_text()))

    def kill_at(self, point: str) -> None:
        """Kill the process that makes pictures, and it alone, when it comes to ``point``."""
        process = self.reached(point)
        process.send_signal(signal.SIGKILL)
        eventually(lambda: not process.is_running(), "the end of the child")

    def files(self) -> set[str]:
        root = self.folder / "private"
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def ended(job: GenerationJob) -> GenerationJob:
    """Wait until the job has ended."""

    def is_over() -> bool:
        job.refresh_from_db()
        return job.is_finished

    eventually(is_over, f"the end of job {job.pk}")
    return job


def let_leases_run_out() -> None:
    past = timezone.now() - timedelta(seconds=1)
    GenerationJob.objects.exclude(lease_expires_at=None).update(lease_expires_at=past)


def sweep_everything() -> None:
    """What the sweeper does once the ended attempts are old enough."""
    past = timezone.now() - timedelta(days=1)
    GenerationAttempt.objects.exclude(ended_at=None).update(ended_at=past)
    housekeeping.sweep_files()


def referenced_files() -> set[str]:
    pictures = GeneratedImage.objects.values_list("file", "thumbnail")
    names = {name for pair in pictures for name in pair}
    for model in (SourcePhoto, Cutout):
        names |= set(model.objects.values_list("file", flat=True))
    return names
