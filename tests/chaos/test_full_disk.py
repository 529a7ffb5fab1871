"""A disk that is full: told in words, nothing half-written, and made good by a retry."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
from pathlib import Path

import pytest
from django.core.files.base import File

from prodimages.choices import FailureKind, JobState
from prodimages.services import lifecycle
from prodimages.storage import PrivateFileSystemStorage, private_storage
from tests.chaos.site import referenced_files, sweep_everything
from tests.factories import make_job
from tests.services.running import run_to_the_end

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


class FullDisk:
    """Takes the first half of each file and has no room for the rest."""

    def __init__(self, content: File) -> None:
        self._content = content

    def chunks(self):
        data = self._content.read()
        yield data[: len(data) // 2]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def files() -> set[str]:
    root = Path(private_storage().location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("part", ["sources", "cutouts", "pictures", "thumb"])
def test_a_disk_that_fills_up_half_way_fails_the_job_in_words(monkeypatch, part):
    save = PrivateFileSystemStorage._save

    def save_on_a_full_disk(self, name, content):
        return save(self, name, FullDisk(content) if part in name else content)

    monkeypatch.setattr(PrivateFileSystemStorage, "_save", save_on_a_full_disk)
    job = run_to_the_end(make_job())
    assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.STORAGE)
    assert "No space left on device" in job.error
    assert (job.attempts_made, job.images.count()) == (3, 0)
    assert not any(part in name for name in files())

    monkeypatch.setattr(PrivateFileSystemStorage, "_save", save)
    lifecycle.retry(job)
    assert run_to_the_end(job).state == JobState.SUCCEEDED
    sweep_everything()
    assert files() == referenced_files()


@contextlib.contextmanager
def tiny_disk(folder: Path, kilobytes: int):
    """A file system of a few pages, where this user may mount one."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user can't mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def test_a_real_disk_that_is_full_and_then_has_room_again():
    with tiny_disk(Path(private_storage().location), 64):
        ballast = Path(private_storage().location) / "ballast"
        with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        job = run_to_the_end(make_job())
        assert (job.state, job.error_kind) == (JobState.FAILED, FailureKind.STORAGE)
        assert "No space left on device" in job.error
        assert files() == {"ballast"}
        ballast.unlink()
        lifecycle.retry(job)
        assert run_to_the_end(job).state == JobState.SUCCEEDED
        assert files() == referenced_files()
