"""Previews come from what is stored, one at a time, and leave nothing behind."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from PIL import Image

from prodimages.exceptions import RequestRefused
from prodimages.models import Cutout, GeneratedImage, SourcePhoto
from prodimages.pipeline.overrides import Overrides
from prodimages.services import picture_preview
from prodimages.services.picture_preview import (
    NoCutout,
    PreviewBusy,
    is_cut_out,
    preview_picture,
    product_layer,
    stored_photo,
)
from prodimages.services.placements import remember_placement
from tests.conftest import FLAT
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.services.running import run
from tests.testapp.cutouts import DarkIsProduct

pytestmark = pytest.mark.django_db(transaction=True)  # a worker has a connection of its own
LIGHT = 190  # the seed that makes the flat engine paint a light gray


@pytest.fixture
def placed(flat):
    """A product whose first job has run, and a style of 1024 pixels."""
    product = make_product(photo=photo_bytes((800, 600)))
    style = make_style(size=1024, parameters={"fill": 0.5})
    run(make_job(product, style))
    return product, style


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)


def center(gray: np.ndarray) -> np.ndarray:
    y, x = np.nonzero(gray < 120)
    return np.array([x.mean(), y.mean()]) / gray.shape[0]


def see(product, style, **values):
    return preview_picture(
        product, shop="local", style=style, seed=LIGHT, overrides=Overrides(**values)
    )


def test_a_preview_shows_the_product_where_it_will_be(placed):
    first, second = see(*placed), see(*placed, x=0.1, y=-0.12)
    assert pixels(first.content).shape == (512, 512)
    moved = center(pixels(second.content)) - center(pixels(first.content))
    assert moved == pytest.approx([0.1, -0.12], abs=0.003)
    assert second.geometry["offset"] == [0.1, -0.12]
    assert center(pixels(first.content)) == pytest.approx(first.geometry["middle"], abs=0.01)


def test_the_cap_on_enlargement_is_that_of_the_full_picture(flat):
    product, style = make_product(photo=photo_bytes((320, 240))), make_style(size=1024)
    run(make_job(product, style))
    preview = see(product, style)
    whole = 0.4 * 320 * 1.5 / 1024  # the ellipse is two fifths of the photo wide
    assert preview.geometry["size"][0] == pytest.approx(whole, abs=0.005)
    assert any("enlarged 1.5 times" in notice for notice in preview.notices)


def test_a_preview_leaves_nothing_behind(placed):
    before = [Cutout.objects.count(), SourcePhoto.objects.count(), GeneratedImage.objects.count()]
    see(*placed, rotation=10)
    assert before == [
        Cutout.objects.count(),
        SourcePhoto.objects.count(),
        GeneratedImage.objects.count(),
    ]


def test_a_product_that_was_never_cut_out_is_not_cut_out_now(flat, monkeypatch):
    product, style = make_product(), make_style()
    with pytest.raises(NoCutout, match="only a worker"):
        see(product, style)
    job = run(make_job(product, style))
    assert is_cut_out(stored_photo(product, "local"))
    Cutout.objects.filter(photo=job.photo).delete()
    monkeypatch.setattr(DarkIsProduct, "alpha", lambda *args: pytest.fail("it was cut out"))
    with pytest.raises(NoCutout):
        see(product, style)
    assert Cutout.objects.count() == 0


def test_another_version_of_the_cut_out_is_seen_at_once(placed):
    from prodimages.services.masks import upload_mask

    product, style = placed
    see(product, style)
    mask = Image.new("L", (800, 600))
    mask.paste(255, (300, 200, 420, 420))
    file = io.BytesIO()
    mask.save(file, "PNG")
    photo = stored_photo(product, "local")
    upload_mask(photo, file.getvalue(), user=None)
    size = see(product, style).geometry["size"]
    assert size[0] / size[1] == pytest.approx(120 / 220, abs=0.03)


def test_without_overrides_the_remembered_place_counts(placed):
    product, style = placed
    remember_placement(product, Overrides(x=0.2), shop="local")
    preview = preview_picture(product, shop="local", style=style, seed=LIGHT)
    assert preview.geometry["offset"] == [0.2, 0]


def test_a_second_preview_waits_and_then_gives_up(placed, monkeypatch):
    monkeypatch.setattr(picture_preview, "WAIT_SECONDS", 0.05)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with picture_preview._my_turn():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    try:
        with pytest.raises(PreviewBusy, match="try again"):
            see(*placed)
    finally:
        leave.set()
        thread.join()
    assert see(*placed).content


def test_previews_can_be_switched_off(placed, settings):
    settings.PRODIMAGES = FLAT | {"PREVIEWS": False}
    with pytest.raises(RequestRefused, match="switched off"):
        see(*placed)


def test_an_engine_that_makes_no_previews_says_so(placed, settings):
    product, style = placed
    declared = {"flat": {"BACKEND": "tests.testapp.engines.SlowEngine"}}
    settings.PRODIMAGES = FLAT | {"ENGINES": declared}
    with pytest.raises(RequestRefused, match="makes no previews"):
        see(product, style)


def test_the_layer_is_the_upright_product_alone(placed):
    product, style = placed
    image = Image.open(io.BytesIO(product_layer(product, shop="local", style=style)))
    assert image.mode == "RGBA"
    assert image.width / image.height == pytest.approx((0.4 * 800) / (0.55 * 600), abs=0.02)
    alpha = np.asarray(image.getchannel("A"))
    assert alpha[0, 0] == 0
    assert alpha[alpha.shape[0] // 2, alpha.shape[1] // 2] == 255


def test_only_a_few_products_are_kept_in_memory(flat):
    style = make_style()
    for shade in range(6):
        product = make_product(photo=photo_bytes(shade=20 + shade))
        run(make_job(product, style))
        see(product, style)
    assert len(picture_preview._figures) == 4
