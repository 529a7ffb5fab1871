"""HEIC photos with the extra ``heic``, and what is said without it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image, ImageCms

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging import inspect
from prodimages.imaging.decode import decode_photo
from prodimages.imaging.inspect import inspect_photo
from tests.imaging.files import gradient, saved


@pytest.fixture
def heic():
    """What writes a picture as HEIC."""
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    return lambda image, **options: saved(image, "HEIF", quality=95, **options)


def test_a_heic_photo_is_read(heic):
    content = heic(gradient(240, 160))
    facts = inspect_photo(content)
    assert (facts.width, facts.height, facts.format) == (240, 160, "HEIF")
    photo = decode_photo(content)
    assert photo.alpha is None
    assert np.abs(photo.rgb.astype(int) - gradient(240, 160)).mean() < 3


def test_a_heic_photo_stands_upright_once(heic):
    exif = Image.Exif()
    exif[0x0112] = 6
    content = heic(gradient(240, 160), exif=exif.tobytes())
    facts = inspect_photo(content)
    assert (facts.width, facts.height) == (160, 240)
    upright = np.rot90(gradient(240, 160), k=-1).astype(int)
    assert np.abs(decode_photo(content).rgb - upright).mean() < 3


def test_a_heic_photos_color_profile_is_honored(heic):
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = heic(gradient(240, 160), icc_profile=linear)
    operations = [done["operation"] for done in decode_photo(content).operations]
    assert "color profile to sRGB" in operations


def test_several_pictures_in_one_file_are_no_animation(heic):
    others = [Image.fromarray(gradient(240, 160)[::-1].copy())]
    content = heic(gradient(240, 160), save_all=True, append_images=others)
    assert np.abs(decode_photo(content).rgb.astype(int) - gradient(240, 160)).mean() < 3


def test_a_damaged_heic_photo_says_so(heic):
    content = heic(gradient(240, 160))
    with pytest.raises(JobFailure, match="damaged") as failure:
        decode_photo(content[: len(content) // 2])
    assert failure.value.kind == FailureKind.PHOTO_INVALID


def test_without_the_extra_the_error_names_it(heic, monkeypatch):
    content = heic(gradient(240, 160))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    inspect._can_read_heif.cache_clear()
    try:
        with pytest.raises(JobFailure, match=r"prodimages\[heic\]"):
            inspect_photo(content)
    finally:
        monkeypatch.undo()
        inspect._can_read_heif.cache_clear()
