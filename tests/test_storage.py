from __future__ import annotations

import io
import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from prodimages.storage import PrivateFileSystemStorage, private_storage


@pytest.fixture
def storage(tmp_path):
    return PrivateFileSystemStorage(tmp_path / "private")


def read(storage, name):
    with storage.open(name, "rb") as file:
        return file.read()


def mode_of(storage, name):
    return stat.S_IMODE(os.stat(storage.path(name)).st_mode)


def test_a_file_comes_back_as_it_was_and_not_everybody_may_read_it(storage):
    name = storage.save("sources/local/ab/photo.png", ContentFile(b"bytes"))
    assert name == "sources/local/ab/photo.png"
    assert read(storage, name) == b"bytes"
    assert mode_of(storage, name) == 0o640


def test_the_permissions_of_files_are_an_option(tmp_path):
    storage = PrivateFileSystemStorage(tmp_path, file_permissions_mode=0o600)
    assert mode_of(storage, storage.save("a.png", ContentFile(b"a"))) == 0o600


def test_the_same_name_is_written_over(storage):
    for content in (b"first", b"second"):
        assert storage.save("a/b.png", ContentFile(content)) == "a/b.png"
    assert read(storage, "a/b.png") == b"second"
    assert storage.listdir("a") == ([], ["b.png"])


class Failing(ContentFile):
    """A disk that is full after the first chunk."""

    def chunks(self, chunk_size=None):
        yield b"half of"
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("before", [None, b"whole"])
def test_a_failed_write_leaves_what_was_there(storage, before):
    if before:
        storage.save("a/b.png", ContentFile(before))
    with pytest.raises(OSError, match="No space left"):
        storage.save("a/b.png", Failing(b""))
    assert storage.exists("a/b.png") is bool(before)
    if before:
        assert read(storage, "a/b.png") == before
    assert [name for name in os.listdir(storage.path("a")) if name.startswith(".")] == []


def test_a_name_may_not_lead_out_of_the_folder(storage):
    with pytest.raises(Exception, match="traversal"):
        storage.save("../outside.png", ContentFile(b""))


def test_private_files_have_no_address(storage, settings):
    settings.MEDIA_URL = "/media/"
    assert storage.base_url is None
    with pytest.raises(ValueError, match="permission-checked"):
        storage.url("a.png")


def undeclared(settings):
    settings.STORAGES = {k: v for k, v in settings.STORAGES.items() if k != "prodimages"}


def test_without_a_declaration_files_lie_beside_the_media_and_not_in_them(settings, tmp_path):
    undeclared(settings)
    settings.MEDIA_ROOT = tmp_path / "shop" / "media"
    private_storage().save("a.png", io.BytesIO(b"a"))
    assert (tmp_path / "shop" / "media-prodimages-private" / "a.png").exists()
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert not private_storage().exists("a.png")


def test_with_neither_a_declaration_nor_media_it_says_what_to_do(settings):
    undeclared(settings)
    settings.MEDIA_ROOT = ""
    with pytest.raises(ImproperlyConfigured, match=r'STORAGES\["prodimages"\]'):
        private_storage()


def test_another_alias_may_be_named(settings):
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"vault": memory}
    settings.PRODIMAGES = {"STORAGE": "vault"}
    assert isinstance(private_storage(), InMemoryStorage)
