from __future__ import annotations

import json

import pytest
from PIL import Image

from prodimages.engines.studio import thumbnails
from prodimages.engines.studio.styles import STYLES


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style["slug"])
def test_every_shipped_style_has_a_current_thumbnail(style) -> None:
    """Where this fails: python docs/contact_sheet.py --only styles."""
    recorded = json.loads(thumbnails.DIGESTS.read_text(encoding="utf-8"))
    assert recorded[style["slug"]] == thumbnails.digest(style)
    path = thumbnails.FOLDER / f"{style['slug']}.webp"
    assert path.stat().st_size < 30_000
    with Image.open(path) as picture:
        assert picture.size == (240, 240)


def test_the_digest_follows_the_scene_and_the_parameters() -> None:
    style = next(style for style in STYLES if style["slug"] == "oak-table")
    changed = {**style, "parameters": {**style["parameters"], "light": "right"}}
    assert thumbnails.digest(changed) != thumbnails.digest(style)


def test_no_thumbnail_is_left_of_a_style_that_is_gone() -> None:
    files = {path.stem for path in thumbnails.FOLDER.glob("*.webp")}
    assert files == {style["slug"] for style in STYLES}
