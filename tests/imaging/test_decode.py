from __future__ import annotations

import contextlib
import hashlib
import io
import random

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from prodimages.exceptions import JobFailure
from prodimages.imaging import decode
from prodimages.imaging.decode import decode_photo
from tests.imaging.files import deep_rgb_png, gradient, png_header, saved


def names(prepared):
    return [operation["operation"] for operation in prepared.operations]


def test_a_plain_photo_keeps_its_pixels():
    content = saved(gradient(), "PNG")
    prepared = decode_photo(content)
    assert np.array_equal(prepared.rgb, gradient())
    assert prepared.alpha is None
    assert prepared.digest == hashlib.sha256(content).hexdigest()
    assert prepared.operations == []


def test_a_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(JobFailure, match="megapixels"):
        decode_photo(png_header(10_000, 10_000))


@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation_is_undone(turn):
    exif = Image.Exif()
    exif[0x0112] = turn
    content = saved(gradient(), "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert np.array_equal(decode_photo(content).rgb, np.asarray(upright))


def test_orientation_is_recorded():
    exif = Image.Exif()
    exif[0x0112] = 8
    assert names(decode_photo(saved(gradient(), "PNG", exif=exif))) == ["orientation"]


def test_cmyk_without_a_profile():
    content = saved(Image.new("CMYK", (80, 80), (0, 255, 255, 0)), "JPEG", quality=95)
    prepared = decode_photo(content)
    assert prepared.rgb[40, 40, 0] > 200
    assert prepared.rgb[40, 40, 1:].max() < 60
    assert names(prepared) == ["CMYK to sRGB without a profile"]


def test_sixteen_bit_gray_is_scaled():
    values = np.linspace(0, 65535, 80 * 80).reshape(80, 80).astype(np.uint16)
    rgb = decode_photo(saved(Image.fromarray(values), "PNG")).rgb
    assert np.array_equal(rgb[..., 0], np.rint(values / 257).astype(np.uint8))


def test_sixteen_bit_color_is_scaled():
    values = gradient().astype(np.uint16) * 257
    assert np.array_equal(decode_photo(deep_rgb_png(values)).rgb, gradient())


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_other_modes_become_rgb(mode):
    image = Image.fromarray(gradient()).convert(mode)
    content = saved(image, "TIFF")
    wanted = np.asarray(image.convert("RGB"), dtype=int)
    assert np.abs(decode_photo(content).rgb - wanted).max() <= 2


def test_palette_with_transparency_is_a_cut_out():
    image = Image.new("P", (80, 80), 0)
    image.putpalette([0, 0, 0, 200, 30, 30])
    image.paste(1, (20, 20, 60, 60))
    prepared = decode_photo(saved(image, "PNG", transparency=0))
    assert prepared.alpha is not None
    assert prepared.alpha[40, 40] == 1
    assert prepared.alpha[5, 5] == 0
    assert tuple(prepared.rgb[40, 40]) == (200, 30, 30)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_own_alpha_is_kept(mode):
    image = Image.new("L", (80, 80), 90).convert(mode)
    image.putalpha(Image.linear_gradient("L").resize((80, 80)))
    prepared = decode_photo(saved(image, "PNG"))
    assert prepared.alpha is not None
    assert prepared.alpha.dtype == np.float32
    assert prepared.alpha[0].max() < 0.05
    assert prepared.alpha[-1].min() > 0.95
    assert (prepared.rgb == 90).all()


def test_a_few_transparent_pixels_are_flattened():
    image = Image.new("RGBA", (80, 80), (10, 20, 30, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    prepared = decode_photo(saved(image, "PNG"))
    assert prepared.alpha is None
    assert tuple(prepared.rgb[0, 0]) == (255, 255, 255)
    assert names(prepared) == ["flatten"]


def test_large_photos_come_to_working_size(monkeypatch):
    monkeypatch.setattr(decode, "MAX_SIDE", 100)
    prepared = decode_photo(saved(gradient(400, 240), "JPEG", quality=95))
    assert prepared.rgb.shape == (60, 100, 3)
    assert prepared.operations == [{"operation": "resize", "from": [400, 240], "to": [100, 60]}]
    small = Image.fromarray(gradient(400, 240)).resize((100, 60), Image.Resampling.LANCZOS)
    assert np.abs(prepared.rgb.astype(int) - np.asarray(small)).mean() < 2


def _display_p3() -> bytes:
    """A matrix profile: Display P3's primaries, adapted to D50, with the sRGB curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    columns = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for place in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12):
        signature = bytes(profile[place : place + 4])
        if signature in columns:
            at = int.from_bytes(profile[place + 4 : place + 8]) + 8
            for value in columns[signature]:
                profile[at : at + 4] = round(value * 65536).to_bytes(4, signed=True)
                at += 4
    return bytes(profile)


def test_display_p3_becomes_srgb():
    image = Image.new("RGB", (80, 80), (200, 100, 60))
    prepared = decode_photo(saved(image, "PNG", icc_profile=_display_p3()))
    # By the two spaces' matrices and the sRGB curve: 214.9, 92.6, 46.8.
    assert np.abs(prepared.rgb[40, 40].astype(int) - (215, 93, 47)).max() <= 1
    assert names(prepared) == ["color profile to sRGB"]


def test_a_broken_profile_is_ignored_and_recorded():
    prepared = decode_photo(saved(gradient(), "PNG", icc_profile=b"nonsense" * 40))
    assert np.array_equal(prepared.rgb, gradient())
    assert names(prepared) == ["unusable color profile ignored"]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_truncation_is_refused_or_harmless(format):
    content = saved(gradient(), format)
    for share in range(5, 100, 5):
        try:
            prepared = decode_photo(content[: len(content) * share // 100])
        except JobFailure:
            continue
        assert prepared.rgb.shape == (80, 120, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_random_damage_raises_nothing_else(format):
    content, dice = saved(gradient(), format), random.Random(7)
    for _round in range(60):
        damaged = bytearray(content)
        for _byte in range(8):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with contextlib.suppress(JobFailure):
            assert decode_photo(bytes(damaged)).rgb.dtype == np.uint8


def test_random_bytes_raise_nothing_else():
    dice = random.Random(3)
    for start in (b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"RIFF"):
        with pytest.raises(JobFailure):
            decode_photo(start + dice.randbytes(3000))
