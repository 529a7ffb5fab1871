from __future__ import annotations

import errno
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.services import files
from prodimages.storage import PrivateFileSystemStorage, private_storage


class FullDisk(ContentFile):
    """Gives half of itself before the disk is full."""

    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/path")


class Truncating(FileSystemStorage):
    """A storage that loses the end of what it is given, and says nothing."""

    def _save(self, name, content):
        return super()._save(name, ContentFile(content.read()[:3]))


def everything(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_writes_what_it_was_given():
    name = files.write_verified(private_storage(), "a/b.bin", b"content")
    assert (name, files.read(private_storage(), name)) == ("a/b.bin", b"content")


@pytest.mark.parametrize("storage_class", [PrivateFileSystemStorage, FileSystemStorage])
def test_a_full_disk_leaves_nothing_and_is_told_in_words(tmp_path, monkeypatch, storage_class):
    monkeypatch.setattr(files, "ContentFile", FullDisk)
    with pytest.raises(JobFailure) as caught:
        files.write_verified(storage_class(tmp_path), "a/b.bin", b"content")
    assert (caught.value.kind, caught.value.retryable) == (FailureKind.STORAGE, True)
    assert "No space left on device" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert everything(tmp_path) == []


def test_a_storage_that_loses_bytes_is_caught(tmp_path):
    with pytest.raises(JobFailure):
        files.write_verified(Truncating(tmp_path), "b.bin", b"content")
    assert everything(tmp_path) == []


def test_a_file_of_before_survives_a_write_that_fails(tmp_path):
    storage = PrivateFileSystemStorage(tmp_path)
    storage.save("b.bin", ContentFile(b"before"))
    with pytest.raises(OSError):
        storage.save("b.bin", FullDisk(b"after"))
    assert files.read(storage, "b.bin") == b"before"
    assert len(everything(tmp_path)) == 1


def test_partial_files_of_one_name_are_discarded_and_no_other(tmp_path):
    storage = PrivateFileSystemStorage(tmp_path)
    storage.save("a/b.bin", ContentFile(b"whole"))
    for name in (".b.bin.x1.part", ".b.bin.x2.part", ".c.bin.x1.part", "b.bin.part"):
        (tmp_path / "a" / name).write_bytes(b"ha")
    storage.discard_partial("a/b.bin")
    storage.discard_partial("nowhere/b.bin")
    names = sorted(path.name for path in everything(tmp_path))
    assert names == [".c.bin.x1.part", "b.bin", "b.bin.part"]
