"""A pinhole camera that looks at a product from in front and somewhat above."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np

from shop_integration.demo.rendering.vectors import Array, Vectors, constant

Vector = tuple[float, float, float]


@dataclasses.dataclass(frozen=True)
class Camera:
    """Right-handed world, y up. The camera's azimuth turns with the product's front."""

    elevation: float
    azimuth: float
    field_of_view: float
    target: Vector
    distance: float

    @property
    def axes(self) -> tuple[Array, Array, Array]:
        """Unit vectors to the picture's right, its top and out of it to the viewer."""
        e, a = math.radians(self.elevation), math.radians(self.azimuth)
        right = np.array([math.cos(a), 0, -math.sin(a)])
        back = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
        return right, np.cross(back, right), back

    @property
    def position(self) -> Vector:
        x, y, z = np.add(self.target, self.axes[2] * self.distance)
        return float(x), float(y), float(z)

    def rays(self, u: Array, v: Array) -> tuple[Vectors, Vectors]:
        """Origin and unit directions of rays through picture points.

        ``u`` and ``v`` run from -1 to 1, v upward.
        """
        right, up, back = self.axes
        reach = math.tan(math.radians(self.field_of_view / 2))
        u, v = u * np.float32(reach), v * np.float32(reach)
        inverse = 1 / np.sqrt(1 + u * u + v * v)
        x, y, z = (
            (u * np.float32(right[i]) + v * np.float32(up[i]) - np.float32(back[i])) * inverse
            for i in range(3)
        )
        return constant(self.position), (x, y, z)

    def project(self, points: Array) -> Array:
        """(N, 3) world points to (N, 2) picture points u, v."""
        right, up, back = self.axes
        relative = points - np.array(self.position)
        depth = -(relative @ back) * math.tan(math.radians(self.field_of_view / 2))
        return np.stack([relative @ right / depth, relative @ up / depth], axis=1)


def corners(bounds: tuple[Vector, Vector]) -> Array:
    return np.array(list(itertools.product(*zip(*bounds, strict=True))))


def frame(
    bounds: tuple[Vector, Vector],
    *,
    elevation: float,
    azimuth: float,
    field_of_view: float,
    fill: float,
) -> Camera:
    """The camera that shows ``bounds`` in the middle, ``fill`` of the picture large."""
    points = corners(bounds)
    camera = Camera(
        elevation,
        azimuth,
        field_of_view,
        target=tuple(points.mean(axis=0)),
        distance=4 * float(np.ptp(points, axis=0).max()),
    )
    for _ in range(12):  # converges fast: each round corrects shift and size by perspective
        seen = camera.project(points)
        low, high = seen.min(axis=0), seen.max(axis=0)
        reach = math.tan(math.radians(field_of_view / 2)) * camera.distance
        right, up, _back = camera.axes
        shift = ((low + high) / 2) * reach
        target = np.array(camera.target) + right * shift[0] + up * shift[1]
        size = float((high - low).max() / 2)
        camera = dataclasses.replace(
            camera, target=tuple(target), distance=camera.distance * size / fill
        )
    return camera
