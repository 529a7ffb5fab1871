"""A real Celery worker as a child process of the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

from django.core.management.base import CommandError
from django.utils import timezone

from prodimages.models import WorkerHeartbeat

START_SECONDS = 60


class DemoWorker:
    """Runs while the block runs; its log lies in the demo's folder."""

    def __init__(self, folder: Path) -> None:
        self._log_path = folder / "worker.log"

    def __enter__(self) -> DemoWorker:
        begun = timezone.now()
        self._log = self._log_path.open("ab")
        name = f"demo-{os.getpid()}@%h"
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [
                *(sys.executable, "-m", "celery", "-A", "shop_integration.project", "worker"),
                *("-Q", "prodimages", "-n", name, "--concurrency", "1"),
                *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is the demo's; it ends the worker in good order itself.
            start_new_session=True,
        )
        try:
            self._wait_for_a_beat(begun)
        except BaseException:  # whatever ends the demo meanwhile ends its worker
            self.__exit__(None, None, None)
            raise
        return self

    def _wait_for_a_beat(self, begun: datetime) -> None:
        end = time.monotonic() + START_SECONDS
        while not WorkerHeartbeat.objects.filter(
            name__startswith=f"demo-{os.getpid()}@", seen_at__gte=begun
        ).exists():
            self.must_be_alive()
            if time.monotonic() > end:
                raise CommandError(f"The worker did not start; its log is {self._log_path}.")
            time.sleep(0.2)

    def must_be_alive(self) -> None:
        """Raises CommandError when the worker has ended."""
        if self._process.poll() is not None:
            raise CommandError(
                f"The worker ended with status {self._process.returncode}; "
                f"its log is {self._log_path}."
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
