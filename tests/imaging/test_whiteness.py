from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.imaging.whiteness import is_meant_white, whiteness

SIDE = 64


def saved(rgb: np.ndarray, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, format, **options)
    return file.getvalue()


def white() -> np.ndarray:
    return np.full((SIDE, SIDE, 3), 255, np.uint8)


@pytest.mark.parametrize(
    "format, options, chroma",
    [
        ("JPEG", {"subsampling": 0}, "4:4:4"),
        ("JPEG", {"subsampling": 1}, "4:2:2"),
        ("JPEG", {"subsampling": 2}, "4:2:0"),
        ("PNG", {}, "4:4:4"),
        ("WEBP", {"quality": 90}, "4:2:0"),
        ("WEBP", {"lossless": True}, "4:4:4"),
        ("WEBP", {"lossless": True, "icc_profile": b"x" * 301}, "4:4:4"),
    ],
)
def test_the_file_tells_how_it_keeps_color(format, options, chroma):
    found = whiteness(saved(white(), format, **options), np.zeros((SIDE, SIDE)))
    assert found.chroma == chroma
    assert (found.off, found.border) == (0, 4 * SIDE - 4)


def test_corners_count_once_and_the_product_not_at_all():
    rgb, alpha = white(), np.zeros((SIDE, SIDE))
    rgb[0, 0] = 254
    rgb[-1, 20:30] = (90, 20, 20)
    alpha[-1, 20:30] = 1
    found = whiteness(saved(rgb, "PNG"), alpha)
    assert (found.off, found.border) == (1, 4 * SIDE - 14)


def test_a_border_is_meant_white_though_some_of_it_is_not():
    background = np.ones((SIDE, SIDE, 3), np.float32)
    background[0, :10] = 0.7
    assert is_meant_white(background)
    assert not is_meant_white(background * 0.95)
    assert not is_meant_white(background * np.float32([1, 1, 0.9]))
