"""The examples of the how-to pages run as they stand."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from prodimages.exceptions import RequestRefused
from prodimages.models import Style
from prodimages.services.direct import make_picture
from prodimages.services.styles import problems_of
from prodimages.shops import Picture, ProductInfo
from prodimages.testing import example_photo, shop_faults
from shop_integration.catalogue.models import Product, ProductMedia
from tests.docs.pages import block

PRODUCT = ProductInfo(key="1", name="Vase")


@pytest.fixture
def yourshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable, empty package called ``yourshop``."""
    folder = tmp_path / "yourshop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "yourshop"]:
        del sys.modules[name]


def settings_of(page: str, index: str = "settings.py") -> dict:
    names: dict = {}
    exec(block(page, index), names)
    return names["PRODIMAGES"]


def test_the_engine_of_the_page_makes_a_picture(yourshop: Path, settings, flat) -> None:
    (yourshop / "engines.py").write_text(block("howto/own-engine.md", "yourshop/engines.py"))
    declared = settings_of("howto/own-engine.md")["ENGINES"]
    settings.PRODIMAGES = flat | {"ENGINES": declared}
    style = Style(
        slug="dusk", task="background", engine="dusk", parameters={"glow": "rose", "fill": 0.5}
    )
    made = make_picture(example_photo(), style, info=PRODUCT, prompt="over the moon", size=256)
    pixels = np.asarray(Image.open(io.BytesIO(made.content)))
    assert pixels.shape == (256, 256, 3)
    top, bottom = pixels[2, 2], pixels[-3, 2]
    assert top[2] > top[0]  # the blue of the sky
    assert bottom[0] > bottom[2]  # the glow
    assert made.details["passed"]
    assert any("moon" in notice for notice in made.notices)


def test_the_engine_of_the_page_refuses_in_words(yourshop: Path, settings, flat) -> None:
    (yourshop / "engines.py").write_text(block("howto/own-engine.md", "yourshop/engines.py"))
    settings.PRODIMAGES = flat | {"ENGINES": settings_of("howto/own-engine.md")["ENGINES"]}
    style = Style(slug="dusk", task="background", engine="dusk", parameters={"glow": "neon"})
    assert "parameters" in problems_of(style)
    style.parameters, style.task = {}, "packshot"
    with pytest.raises(RequestRefused):
        make_picture(example_photo(), style, info=PRODUCT)


def test_the_cutout_of_the_page_finds_the_product(yourshop: Path, settings, flat) -> None:
    (yourshop / "cutouts.py").write_text(block("howto/own-cutout.md", "yourshop/cutouts.py"))
    cutout = {"BACKEND": "yourshop.cutouts.LightTent", "OPTIONS": {"TOLERANCE": 16}}
    settings.PRODIMAGES = flat | {"CUTOUT": cutout}
    from prodimages.cutouts.registry import cutout_backend

    photo = np.asarray(Image.open(io.BytesIO(example_photo(480, 360))))
    found = cutout_backend().alpha(photo) > 0.5
    rows, columns = np.mgrid[:360, :480]
    ellipse = ((columns - 240) / 96) ** 2 + ((rows - 189) / 117) ** 2 <= 1
    assert (found & ellipse).sum() / (found | ellipse).sum() > 0.97
    assert cutout_backend().key == "light-tent@1"


@pytest.mark.django_db
def test_the_backend_of_the_page_takes_a_picture_once(yourshop: Path, settings, flat) -> None:
    code = block("howto/own-shop-backend.md", "yourshop/pictures.py")
    (yourshop / "models.py").write_text(
        "from shop_integration.catalogue.models import ProductMedia as Media\n"
    )
    (yourshop / "pictures.py").write_text(code)
    from yourshop.pictures import Shop

    product = Product.objects.create(sku="V", name="Vase", slug="vase", width_cm=16)
    photo = ContentFile(example_photo(), name="vase.jpg")
    own = ProductMedia.objects.create(product=product, file=photo)
    shop = Shop()
    picture = Picture(
        ref="prodimages-1-0-abc",
        open=lambda: io.BytesIO(example_photo()),
        filename="vase-marble.jpg",
        alt="Vase",
        width=480,
        height=360,
        mime="image/jpeg",
    )
    first = shop.publish(product, picture)
    assert shop.publish(product, picture) == first
    assert ProductMedia.objects.filter(product=product).count() == 2
    assert [photo.ref for photo in shop.photos(product)] == [str(own.pk)]
    assert shop.photos(product)[0].open().read() == example_photo()
    assert shop.describe(product).width_cm == 16.0
    shop.unpublish(product, first)
    shop.unpublish(product, first)
    assert ProductMedia.objects.get() == own
    settings.PRODIMAGES = flat | {"SHOPS": {"local": {"BACKEND": "yourshop.pictures.Shop"}}}
    assert shop_faults(product) == []
