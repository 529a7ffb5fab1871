"""The preview of a placement, in a process that has made one before."""

from __future__ import annotations

from benchmarks.photos import photographed_product
from benchmarks.pictures import make
from benchmarks.result import Row, Seconds, median_row, timed
from prodimages.models import Style
from prodimages.pipeline.overrides import Overrides
from prodimages.services.picture_preview import preview_picture
from shop_integration.catalogue.models import Product

TARGET = 0.3
"""Seconds."""
SCENES = ("marble-table", "oak-table", "window-light", "seamless-gray", "white-packshot")


def measure(runs: int) -> list[Row]:
    product = photographed_product()
    styles = list(Style.objects.filter(shop="local", slug__in=SCENES))
    make(product, styles[0], 1024)  # stores the cut-out
    for style in styles:
        _preview(product, style, 0, 0.0)
    return [
        _row(product, styles, runs, "moved", 0.0),
        _row(product, styles, runs, "moved and turned", 8.0),
    ]


def _row(product: Product, styles: list[Style], runs: int, what: str, rotation: float) -> Row:
    samples = [
        _preview(product, style, run + 1, rotation) for style in styles for run in range(runs + 2)
    ]
    return median_row(
        f"preview at 512 px, the product {what}",
        samples,
        target=TARGET,
        note=f"from a stored cut-out, over {', '.join(style.slug for style in styles)}",
    )


def _preview(product: Product, style: Style, step: int, rotation: float) -> Seconds:
    overrides = Overrides(x=0.01 * step, rotation=rotation)
    return timed(
        lambda: preview_picture(product, shop="local", style=style, overrides=overrides, seed=7)
    )
