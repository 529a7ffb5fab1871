from __future__ import annotations

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageCms
from scipy import ndimage

from prodimages.choices import SourceType
from prodimages.imaging.encode import (
    MIMES,
    border_stays_white,
    encode,
    encode_exact_white,
    srgb_profile,
    thumbnail,
)
from prodimages.imaging.xmp import read_source_type
from tests.imaging.files import gradient, saved
from tests.imaging.test_alpha import disc

COMPOSITE = SourceType.COMPOSITE_SYNTHETIC.value


def packshot(size=320):
    """A noisy product with a soft shadow on pure white."""
    shadow = 1 - 0.4 * ndimage.gaussian_filter(disc(size, size / 4), 12)
    rgb = np.repeat((255 * shadow)[..., None], 3, axis=2)
    noise = np.random.default_rng(1).integers(0, 255, (size, size, 3))
    return np.where(disc(size, size / 5)[..., None] > 0.5, noise, np.rint(rgb)).astype(np.uint8)


@pytest.mark.parametrize("format", MIMES)
def test_the_mark_is_in_the_file_and_in_its_thumbnails(format):
    content = encode(gradient(800, 600), format=format, quality=90, source_type=COMPOSITE)
    assert read_source_type(content) == "compositeSynthetic"
    small = thumbnail(content, 256)
    assert read_source_type(small) == "compositeSynthetic"
    assert read_source_type(thumbnail(small, 64)) == "compositeSynthetic"
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (256, 192)
        assert image.format == format.upper()


@pytest.mark.parametrize("format", MIMES)
def test_an_unmarked_picture_gets_no_mark(format):
    content = encode(gradient(), format=format, quality=90, source_type=None)
    assert read_source_type(content) is None
    assert read_source_type(thumbnail(content, 64)) is None


def test_what_is_no_picture_has_no_mark():
    assert read_source_type(b"no picture") is None


def test_a_mark_as_an_attribute_is_read_too():
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description Iptc4xmpExt:DigitalSourceType='
        b'"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/></x:xmpmeta>'
    )
    assert read_source_type(saved(gradient(), "JPEG", xmp=packet)) == "trainedAlgorithmicMedia"


@pytest.mark.parametrize("format", MIMES)
def test_the_same_pixels_give_the_same_bytes(format):
    first = encode(gradient(), format=format, quality=90, source_type=COMPOSITE)
    srgb_profile.cache_clear()
    assert encode(gradient(), format=format, quality=90, source_type=COMPOSITE) == first


@pytest.mark.parametrize("format", MIMES)
def test_the_file_is_srgb_and_carries_nothing_else(format):
    content = encode(gradient(), format=format, quality=90, source_type=COMPOSITE)
    with Image.open(io.BytesIO(content)) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        assert not image.getexif()
        assert set(image.info) <= {
            "icc_profile", "xmp", "XML:com.adobe.xmp", "progressive", "progression", "jfif",
            "jfif_version", "jfif_unit", "jfif_density", "loop", "background", "timestamp",
            "duration", "adobe", "adobe_transform",
        }  # fmt: skip


def test_a_thumbnail_leaves_exif_and_gps_behind():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    small = thumbnail(saved(gradient(), "JPEG", exif=exif), 64)
    with Image.open(io.BytesIO(small)) as image:
        assert not image.getexif()
    assert b"Exif" not in small


def test_jpeg_keeps_full_color_resolution():
    with Image.open(
        io.BytesIO(encode(gradient(), format="jpeg", quality=90, source_type=None))
    ) as image:
        assert {layer[1:3] for layer in image.layer} == {(1, 1)}
        assert image.info["progressive"]


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no files in memory")
def test_other_threads_go_on_while_a_jpeg_is_written(monkeypatch):
    """Pillow lets go of the interpreter for files of the system alone."""
    given, save = [], Image.Image.save

    def watched(self, fp, *args, **params):
        given.append(fp.fileno())
        return save(self, fp, *args, **params)

    monkeypatch.setattr(Image.Image, "save", watched)
    content = encode(gradient(64, 48), format="jpeg", quality=90, source_type=None)
    assert len(given) == 1
    with pytest.raises(OSError):
        os.fstat(given[0])  # and closed again
    assert Image.open(io.BytesIO(content)).size == (64, 48)


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("quality", [90, 94, 100])
def test_a_picture_of_nothing_but_grain_becomes_a_jpeg_too(monkeypatch, quality, in_memory):
    """Its file takes more than a byte a pixel, for which Pillow has no room if progressive."""
    if in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    rgb = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    content = encode(rgb, format="jpeg", quality=quality, source_type=COMPOSITE)
    assert len(content) > 512 * 512
    assert content == encode(rgb, format="jpeg", quality=quality, source_type=COMPOSITE)
    assert read_source_type(content) == COMPOSITE
    decoded = np.asarray(Image.open(io.BytesIO(content)), np.float32)
    assert np.abs(decoded - rgb).mean() < 20


def test_png_is_lossless():
    content = encode(gradient(), format="png", quality=1, source_type=COMPOSITE)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), gradient())


@pytest.mark.parametrize("format", MIMES)
@pytest.mark.parametrize("quality", [40, 90])
def test_a_white_border_stays_exactly_white(format, quality):
    content = encode_exact_white(packshot(), format=format, quality=quality, source_type=COMPOSITE)
    assert border_stays_white(packshot(), content)
    assert read_source_type(content) == COMPOSITE


def test_a_spoiled_border_is_noticed():
    rgb = packshot()
    spoiled = rgb.copy()
    spoiled[0, 7] = 254
    content = encode(spoiled, format="png", quality=90, source_type=None)
    assert not border_stays_white(rgb, content)
