"""What the light passes through before it falls on the scene: a window or leaves."""

from __future__ import annotations

import functools
from typing import Self

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from prodimages.engines.studio.light import Light
from prodimages.engines.studio.pixels import blur
from prodimages.engines.studio.shot import Shot

SIZE = 640
"""Samples along each side of a stencil."""
_STREAM = 5
"""Which of the seed's streams of random numbers the drawing uses; see ``Shot.rng``."""


class Pattern:
    """A stencil across the light's rays; wall and floor read it with the same projection."""

    def __init__(self, kind: str, light: Light, span: float, seed: int):
        """``span`` is the picture's width in cm at the product, to which the pattern is fitted."""
        self._stencil, shift = _drawn(kind, seed)
        self._per_cm = SIZE / (3.2 * span)
        towards = np.array([light.across, light.off, light.along])
        right = np.cross(towards, [0.0, 1.0, 0.0])
        self._right = right / np.linalg.norm(right)
        self._up = np.cross(self._right, towards)
        if self._up[1] < 0:
            self._up = -self._up
        self._shift = shift * span

    @classmethod
    def of(cls, shot: Shot) -> Self | None:
        """The pattern that the shot's scene asks for, if any."""
        if shot.scene.pattern == "none":
            return None
        return cls(shot.scene.pattern, shot.light, shot.span, shot.seed)

    def transmission(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Share 0..1 of the lamp's light that reaches the points (x, y, z) in cm."""
        across = x * self._right[0] + y * self._right[1] + z * self._right[2] + self._shift[0]
        up = x * self._up[0] + y * self._up[1] + z * self._up[2] + self._shift[1]
        coordinates = np.broadcast_arrays(
            SIZE / 2 - up * self._per_cm, SIZE / 2 + across * self._per_cm
        )
        return ndimage.map_coordinates(
            self._stencil, coordinates, order=1, mode="nearest", output=np.float32
        )


@functools.lru_cache(maxsize=4)
def _drawn(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The stencil, and how far it is moved in units of the span; a scene asks for one often."""
    rng = np.random.default_rng([seed, _STREAM])
    stencil = _window(rng) if kind == "window" else _leaves(rng)
    stencil.setflags(write=False)
    return stencil, rng.uniform(-0.12, 0.12, 2)


def _window(rng: np.random.Generator) -> np.ndarray:
    """Two by four panes with slim bars."""
    image = Image.new("F", (SIZE, SIZE), 0.06)
    draw = ImageDraw.Draw(image)
    pane_w, pane_h, bar = SIZE * 0.15, SIZE * 0.15, SIZE * 0.018
    left = SIZE / 2 - pane_w - bar / 2 + float(rng.uniform(-0.05, 0.05)) * SIZE
    top = SIZE / 2 - 2 * pane_h - 1.5 * bar
    for column in range(2):
        for row in range(4):
            x, y = left + column * (pane_w + bar), top + row * (pane_h + bar)
            draw.rectangle((x, y, x + pane_w, y + pane_h), fill=1.0)
    return blur(np.asarray(image, dtype=np.float32), SIZE * 0.006)


def _leaves(rng: np.random.Generator) -> np.ndarray:
    """Twigs with slender leaves at two distances: near ones are sharper."""
    light = np.ones((SIZE, SIZE), np.float32)
    for twigs, softness, depth in ((7, 0.011, 0.5), (10, 0.0042, 0.8)):
        image = Image.new("F", (SIZE, SIZE), 0.0)
        draw = ImageDraw.Draw(image)
        for _ in range(twigs):
            _twig(draw, rng)
        shade = blur(np.asarray(image, dtype=np.float32), SIZE * softness)
        light *= 1 - depth * shade
    return light


def _twig(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A curved stem with leaves on both sides, shorter towards its tip.

    Twigs start where the light that reaches the picture passes the stencil.
    """
    side = 1 if rng.random() < 0.5 else -1
    x, y = SIZE * rng.uniform(0.15, 0.65), SIZE * rng.uniform(0.1, 0.55)
    heading, curve = rng.uniform(0.1, 1.2), rng.uniform(-0.03, 0.07)
    length = SIZE * rng.uniform(0.06, 0.085)
    for step in range(11):
        nx = x + side * np.cos(heading) * SIZE * 0.027
        ny = y + np.sin(heading) * SIZE * 0.027
        draw.line((float(x), float(y), float(nx), float(ny)), fill=1.0, width=3)
        x, y, heading = nx, ny, heading + curve
        size = length * (1 - 0.05 * step) * rng.uniform(0.8, 1.15)
        turn = rng.uniform(0.65, 1.05) * (1 if step % 2 else -1)
        _leaf(draw, x, y, heading + turn, size, side)
        if step > 3:
            _leaf(draw, x, y, heading - turn * rng.uniform(0.8, 1.1), 0.8 * size, side)


def _leaf(
    draw: ImageDraw.ImageDraw, x: float, y: float, angle: float, length: float, side: int
) -> None:
    t = np.linspace(0, 1, 14)
    half = 0.17 * length * np.sin(np.pi * t**0.75)
    droop = 0.12 * length * t**2
    along = np.concatenate([t * length, t[::-1] * length])
    across = np.concatenate([half, -half[::-1]])
    px = x + side * (along * np.cos(angle) - across * np.sin(angle))
    py = y + along * np.sin(angle) + across * np.cos(angle) + np.concatenate([droop, droop[::-1]])
    draw.polygon([(float(a), float(b)) for a, b in zip(px, py, strict=True)], fill=1.0)
