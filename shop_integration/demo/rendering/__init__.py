"""Photos of products that do not exist, with their true alpha, by ray marching in numpy.

They give the demo shop something to sell, and the tests a ground truth to measure by.
"""

from __future__ import annotations

from importlib import import_module

from shop_integration.demo.rendering.photo import RenderedProduct, photograph

__all__ = ["SLUGS", "RenderedProduct", "render"]

SLUGS = ("flask", "journal", "lamp", "mug", "tote", "tshirt", "vase")
"""Products that can be rendered."""


def render(product_slug: str, size: int = 1200, seed: int = 0) -> RenderedProduct:
    """The photo and ground truth of a demo product, ``size`` pixels square.

    The same arguments give the same picture; ``seed`` changes the sensor noise only.
    Raises KeyError for a slug that is not in SLUGS.
    """
    if product_slug not in SLUGS:
        raise KeyError(f"no demo product {product_slug!r}; there are: {', '.join(SLUGS)}")
    scene = import_module(f"{__name__}.scenes.{product_slug.replace('-', '_')}").SCENE
    return photograph(scene, size, seed)
