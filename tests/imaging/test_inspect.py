from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from prodimages.choices import FailureKind
from prodimages.exceptions import JobFailure
from prodimages.imaging.inspect import inspect_photo
from tests.imaging.files import animation, gradient, png_header, saved

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\nshowpage\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)

REFUSED = {
    "empty": (b"", "empty"),
    "text": (b"not a picture" * 50, "not a picture"),
    "svg": (SVG, "SVG"),
    "bare svg": (b"<svg><rect/></svg>", "SVG"),
    "eps": (EPS, "PostScript"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "heic": (HEIC, "HEIC|damaged"),
    "bomb": (png_header(10_000, 10_000), "megapixels"),
    "worse bomb": (png_header(60_000, 60_000), "megapixels"),
    "one pixel": (saved(Image.new("RGB", (1, 1)), "PNG"), "too small"),
    "thin": (saved(Image.new("RGB", (500, 63)), "PNG"), "too small"),
    "strip": (saved(Image.new("RGB", (64 * 33, 64)), "PNG"), "narrow"),
    "gif": (animation("GIF", 40), "animation"),
    "apng": (animation("PNG"), "animation"),
    "webp": (animation("WEBP"), "animation"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_in_words(name):
    content, words = REFUSED[name]
    with pytest.raises(JobFailure, match=words) as failure:
        inspect_photo(content)
    assert failure.value.kind == FailureKind.PHOTO_INVALID


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_tells_size_and_format(format):
    facts = inspect_photo(io.BytesIO(saved(gradient(), format)))
    assert (facts.width, facts.height, facts.format) == (120, 80, format)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_size_is_that_of_the_upright_photo(format):
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = inspect_photo(saved(gradient(), format, exif=exif))
    assert (facts.width, facts.height) == (80, 120)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_finds_a_truncated_upload(format):
    content = saved(gradient(), format)
    with pytest.raises(JobFailure):
        inspect_photo(content[: len(content) * 3 // 4])


def test_caps_the_file(settings):
    settings.PRODIMAGES = {"MAX_PHOTO_BYTES": 1024 * 1024}
    with pytest.raises(JobFailure, match="At most 1 MB"):
        inspect_photo(io.BytesIO(bytes(1024 * 1024 + 1)))


def test_leaves_the_file_at_its_beginning():
    file = io.BytesIO(saved(gradient(), "PNG"))
    file.seek(7)
    inspect_photo(file)
    assert file.tell() == 0


def test_a_jpeg_with_a_second_picture_is_a_photo():
    first, second = Image.fromarray(gradient()), Image.fromarray(gradient(60, 70))
    facts = inspect_photo(saved(first, "MPO", save_all=True, append_images=[second]))
    assert (facts.width, facts.height) == (120, 80)


def test_needs_no_numpy():
    code = (
        "import sys, django; from django.conf import settings; settings.configure();"
        "import prodimages.imaging.inspect, prodimages.imaging.xmp, prodimages.imaging.types;"
        "sys.exit(bool({'numpy', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
