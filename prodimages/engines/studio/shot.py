"""What every renderer starts from: one request, measured."""

from __future__ import annotations

import dataclasses
from typing import Self

import numpy as np

from prodimages.engines.base import GenerationRequest, PlacedProduct
from prodimages.engines.studio.camera import Camera
from prodimages.engines.studio.light import Build, Light, light_for
from prodimages.engines.studio.scenes import Scene
from prodimages.engines.studio.silhouette import contact_row
from prodimages.engines.studio.staging import LYING_FROM, Stage

DEFAULT_WIDTH_CM = 25.0
_BENT = 0.15
"""Share of the light that even clear glass turns aside, so that its shadow is never none."""
_ALL_ROUND = 0.5
"""How far light comes round what is solid: a label covers one side of its bottle."""


@dataclasses.dataclass(frozen=True)
class Shot:
    scene: Scene
    stage: Stage
    camera: Camera
    light: Light
    product: PlacedProduct
    width: int
    height: int
    seed: int

    @classmethod
    def of(cls, request: GenerationRequest, scene: Scene, stage: Stage) -> Self:
        product = request.product or _absent(request.width, request.height)
        standing = stage.kind == "standing" or 0 < stage.elevation < LYING_FROM
        camera = Camera.facing(
            product.box,
            (request.width, request.height),
            elevation=stage.elevation,
            width_cm=product.width_cm or DEFAULT_WIDTH_CM,
            contact=contact_row(product.alpha, product.box) if standing else None,
        )
        build = _build(product.box, request.width, scene.light)
        light = light_for(scene, standing=standing, measured=product.measured, build=build)
        return cls(
            scene, stage, camera, light, product, request.width, request.height, request.seed
        )

    @property
    def standing(self) -> bool:
        """Whether the product stands up from its ground, rather than lies or hangs."""
        return self.stage.kind == "standing" or 0 < self.stage.elevation < LYING_FROM

    @property
    def opacity(self) -> np.ndarray:
        """(H, W) share 0..1 of the light that the product keeps from what is behind it."""
        through = self.product.seen_through
        if through is None:
            return self.product.alpha
        alpha = self.product.alpha
        stops = np.maximum(1 - through.mean(axis=-1), _BENT)
        mean = np.average(stops, weights=alpha) if alpha.any() else 1.0
        return alpha * (stops + _ALL_ROUND * np.float32(mean - stops))

    @property
    def solidity(self) -> float:
        """Mean of ``opacity`` over the product, 0..1; 1 for what no light passes through."""
        if self.product.seen_through is None:
            return 1.0
        return float(self.opacity.sum() / max(float(self.product.alpha.sum()), 1.0))

    @property
    def columns(self) -> np.ndarray:
        """(W,) pixel centers counted from the principal point."""
        return np.arange(self.width, dtype=np.float64) + 0.5 - self.camera.center[0]

    @property
    def rows(self) -> np.ndarray:
        """(H,) pixel centers."""
        return np.arange(self.height, dtype=np.float64) + 0.5

    @property
    def span(self) -> float:
        """Width of the picture at the product, in cm."""
        return self.width / self.camera.scale_at(0.0, 0.0)

    def rng(self, purpose: int) -> np.random.Generator:
        """A stream of its own for each purpose, so that one's draws don't move another's."""
        return np.random.default_rng([self.seed, purpose])


def _build(box: tuple[int, int, int, int], canvas_width: int, lamp: str) -> Build:
    left, top, right, bottom = box
    height = max(bottom - top, 1)
    margins = {"left": canvas_width - right, "right": left}
    return Build(
        slimness=(right - left) / height,
        margin=max(margins[lamp], 0) / height if lamp in margins else None,
    )


def _absent(width: int, height: int) -> PlacedProduct:
    """Room for a product where a scene is wanted without one."""
    box = (round(width * 0.25), round(height * 0.35), round(width * 0.75), round(height * 0.82))
    return PlacedProduct(
        rgb=np.zeros((height, width, 3), np.uint8),
        alpha=np.zeros((height, width), np.float32),
        box=box,
        scale=1.0,
    )
