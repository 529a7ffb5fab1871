"""The scene as triangles, materials, lamps and a camera, for the tracer.

The same rooms as ``blender.stage`` builds, from the same facts; the two need not agree in
what is left to chance.
"""

from __future__ import annotations

import dataclasses
import math
import random
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from prodimages.diffusion.training.data import gobos, products
from prodimages.diffusion.training.data.camera import FOCAL, FRAME, View, f_number, view_of
from prodimages.diffusion.training.data.posing import posed
from prodimages.diffusion.training.data.products import plants
from prodimages.diffusion.training.data.scenes import Scene, direction_to_lamp
from prodimages.diffusion.training.data.shapes import rotation
from prodimages.diffusion.training.data.tracer import materials, meshes
from prodimages.diffusion.training.data.tracer.meshes import Mesh
from prodimages.engines.studio.vocabulary import COLORS, OUTDOORS

GOBO_SIDE, PICTURE_SIDE = 512, 256


@dataclasses.dataclass
class Lamp:
    kind: int
    """0 sun, 1 disk, 2 square, 3 spot"""
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    toward: tuple[float, float, float] = (0.0, 0.0, 1.0)
    size: float = 0.0
    """Meters across; of the sun, the half angle in radians."""
    power: float = 0.0
    """Irradiance of the sun; of others, irradiance times the square of the distance."""
    outer: float = 0.0
    inner: float = 0.0
    """Cosines where a spot begins and where it is full."""

    def numbers(self) -> list[float]:
        return [
            *(self.kind, *self.position, *self.toward, self.size, self.power),
            *(self.outer, self.inner),
        ]


class Stage:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = random.Random(f"nano-stage-{scene.seed}")
        pieces = posed(scene)
        points = np.concatenate([piece.vertices for piece in pieces]) / 100
        self.low, self.high = points.min(0), points.max(0)
        self.view: View = view_of(scene, points)
        self.frame = self.view.frame
        self.rows: list[np.ndarray] = []
        self.meshes: list[Mesh] = []
        self.owners: list[np.ndarray] = []
        self.lamps: list[Lamp] = []
        self.gobo: np.ndarray = np.ones((1, 1), np.float32)
        self.gobo_numbers = [0.0] * 11
        self.picture = np.zeros((1, 1, 3), np.float32)
        self.picture_numbers = [0.0] * 4
        self.wall_at = self._place()
        self._scatter()
        self._light()
        self.bare_rows = len(self.rows)
        self.bare_meshes = len(self.meshes)
        if scene.product:
            for piece in pieces:
                row = materials.product(piece.material, piece.color, self.rng)
                self._add(meshes.mesh_of(piece), row)

    def _add(self, mesh: Mesh, row: np.ndarray) -> None:
        self.rows.append(row)
        self.meshes.append(mesh)
        self.owners.append(np.full(len(mesh[0]), len(self.rows) - 1, np.int32))

    def _surface(self, name: str, color: str | None, role: str, **more: Any) -> np.ndarray:
        named = COLORS[color] if color else None
        return materials.surface(name, named, role, self.rng, **more)

    # -- surroundings ---------------------------------------------------------------------

    def _place(self) -> float:
        """Builds what surrounds the product; the depth y of the backdrop."""
        scene, f = self.scene, self.frame
        if scene.scene in ("seamless", "gradient", "podium"):
            return self._sweep()
        if scene.scene == "floor":
            turn = self.rng.choice((0, 0, math.pi / 2, self.rng.uniform(0, 3)))
            row = self._surface(scene.surface, scene.surface_color, "surface", turn=turn)
            self._add(meshes.plane(60 * f, 60 * f), row)
            return 3 * f
        if scene.scene == "wall":
            return self._wall(max(float(self.high[1]), 0.0) + 0.004, bottom=-4.0)
        if scene.scene == "shelf":
            return self._shelf()
        return self._table()

    def _wall(self, y: float, bottom: float = -0.8) -> float:
        row = self._surface(
            self.scene.wall or "plaster", self.scene.wall_color, "wall", upright=True
        )
        tall = 8.0 + 8 * self.frame
        self._add(meshes.upright(4 * tall, bottom, tall, 0.0, y), row)
        return y

    def _table(self) -> float:
        scene, rng, f = self.scene, self.rng, self.frame
        behind = float(self.high[1])
        wall = max(scene.gap * f, behind + 0.25 * f)
        edge = rng.uniform(max(behind + 0.12 * f, 0.42 * f), max(behind + 0.2 * f, 0.95 * f))
        if scene.scene == "outdoor":
            edge = 40 * f if scene.surface in OUTDOORS else min(edge, 1.2 * f)
        elif scene.gap < 1.4 or scene.elevation > 20 or rng.random() < 0.2:
            edge = wall - 0.002
        else:
            edge = min(edge, wall - 0.1 * f)
        bevel = 0.004 if scene.surface != "linen" else 0.012
        top = meshes.slab((-30 * f, -12 * f, -0.04), (30 * f, edge, 0.0), bevel)
        self._add(top, self._surface(scene.surface, scene.surface_color, "surface"))
        if scene.scene == "outdoor":
            return self._distant(
                max(scene.gap * f, 2.0) if scene.surface not in OUTDOORS else 12 * f
            )
        if edge < wall - 0.01:
            row = self._surface("paper", scene.wall_color or "gray", "wall")
            self._add(meshes.placed(meshes.plane(60, 60), None, (0, 0, -0.76)), row)
        return self._wall(wall)

    def _shelf(self) -> float:
        scene, f = self.scene, self.frame
        y = max(float(self.high[1]) + 0.03, 0.12)
        front = min(float(self.low[1]) - 0.04, -0.12)
        thick = self.rng.uniform(0.018, 0.04)
        reach = 30 * f if self.rng.random() < 0.7 else self.rng.uniform(0.55, 0.9) * f
        board = meshes.slab((-reach, front, -thick), (reach, y, 0.0), 0.003)
        self._add(board, self._surface(scene.surface, scene.surface_color, "surface"))
        return self._wall(y, bottom=-4.0)

    def _sweep(self) -> float:
        """Paper that curves up from the ground; for a podium, its blocks as well."""
        scene, rng, f = self.scene, self.rng, self.frame
        level = -self._podium() if scene.scene == "podium" else 0.0
        radius = rng.uniform(0.8, 1.8) * f
        start = max(scene.gap * f, float(self.high[1]) + 0.5 * f)
        steps = np.linspace(0, math.pi / 2, 28)
        line = [(-12 * f, level)] + [
            (start + radius * math.sin(a), level + radius * (1 - math.cos(a))) for a in steps
        ]
        line.append((start + radius, level + 12 * f))
        vertices = np.array([(x, y, z) for y, z in line for x in (-20 * f, 20 * f)])
        faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(line) - 1)]
        corners, normals = meshes.smooth(vertices, faces)
        state = rng.getstate()
        ground = self._surface("paper", scene.surface_color, "surface")
        rng.setstate(state)
        back = self._surface("paper", scene.surface_color, "wall")
        raised = corners[..., 2].mean(1) > level + 0.25 * radius
        self._add((corners[~raised], normals[~raised]), ground)
        self._add((corners[raised], normals[raised]), back)
        return start + 0.6 * radius

    def _podium(self) -> float:
        """Builds the podium under the product; its height."""
        scene, rng, f = self.scene, self.rng, self.frame
        reach = max(-self.low[0], self.high[0], -self.low[1], self.high[1])
        tall = rng.uniform(0.05, 0.2) * f
        stone = rng.choice(("paper", "paper", "plaster", "terrazzo", "marble", "concrete"))
        row = self._surface(stone, scene.accent, "podium")
        radius = float(reach) * rng.uniform(1.15, 1.5)
        if rng.random() < 0.65:
            self._add(meshes.drum(radius, -tall, 0, 0.003), row)
            if rng.random() < 0.3:
                self._add(meshes.drum(radius * 1.35, -tall, -0.55 * tall, 0.003), row)
        else:
            self._add(meshes.slab((-radius, -radius, -tall), (radius, radius, 0), 0.004), row)
        if rng.random() < 0.6:
            self._company(tall, radius)
        return tall

    def _company(self, tall: float, radius: float) -> None:
        """One or two more solids behind and beside the podium: disc, drum, block or ball."""
        rng, f, scene = self.rng, self.frame, self.scene
        color = rng.choice((scene.accent, scene.surface_color, scene.accent))
        for side in rng.sample((-1, 1), rng.choice((1, 1, 2))):
            row = self._surface("paper", color, "company")
            x = side * (radius + rng.uniform(0.1, 0.24) * f)
            y = radius + rng.uniform(0.05, 0.5) * f
            kind = rng.choice(("drum", "block", "ball", "disc"))
            turn = rotation(math.degrees(rng.uniform(-0.4, 0.4)), "z")
            if kind == "drum":
                solid = meshes.drum(
                    rng.uniform(0.08, 0.16) * f, -tall, rng.uniform(0.05, 0.5) * f, 0.003
                )
                self._add(meshes.placed(solid, None, (x, y, 0)), row)
            elif kind == "block":
                w, h = rng.uniform(0.1, 0.2) * f, rng.uniform(0.05, 0.55) * f
                solid = meshes.slab((-w, -w, -tall), (w, w, h), 0.004)
                self._add(meshes.placed(solid, turn, (x, y, 0)), row)
            elif kind == "ball":
                r = rng.uniform(0.05, 0.13) * f
                ball = products.build("sphere", 200 * r, 200 * r, str(color), scene.seed)[0]
                self._add(meshes.placed(meshes.mesh_of(ball), None, (x, 0.5 * y, -tall)), row)
            else:
                r = rng.uniform(0.25, 0.42) * f
                solid = meshes.drum(r, -0.02 * f, 0.02 * f, 0.003)
                place = (rng.uniform(-0.2, 0.2) * f, y + 0.25 * f, r - tall)
                self._add(meshes.placed(solid, rotation(90, "x"), place), row)

    def _distant(self, y: float) -> float:
        """A picture of what is far away, that fills the view at depth ``y``."""
        from prodimages.engines.studio.vistas import paint

        view, scene = self.view, self.scene
        rng = np.random.default_rng([scene.seed, 23])
        depth = (y - view.position[1]) * math.cos(view.elevation)
        wide = depth * self.frame / view.distance * 1.5
        axis = view.position[2] - (y - view.position[1]) * math.tan(view.elevation)
        middle = axis + view.shift[1] * wide / 1.5
        # The horizon is where the camera's own height meets the picture.
        horizon = float(np.clip(0.5 - (view.position[2] - middle) / wide, 0.12, 0.75))
        side = PICTURE_SIDE
        light = paint(scene.wall or "garden", (side, side), rng, horizon * side)
        self.picture = np.clip(light * rng.uniform(0.85, 1.15), 0, 6).astype(np.float32)
        x = view.shift[0] * wide / 1.5
        self.picture_numbers = [1.0, x, middle, wide]
        row = materials.row("shining", "wall", (1.0, 1.0, 1.0))
        self._add(meshes.upright(wide, middle - wide / 2, middle + wide / 2, x, y), row)
        return y

    def _scatter(self) -> None:
        scene, rng, f = self.scene, self.rng, self.frame
        if scene.scatter == "none" or scene.scene == "wall":
            return
        noise = np.random.default_rng([scene.seed, 5])
        shades = {
            "petals": ("#f6d5dc", "#f2bcc8", "#faeaec"),
            "leaves": ("#b5651d", "#c9862b", "#8f3f1f", "#a98a2f"),
        }[scene.scatter]
        size = {"petals": (1.2, 2.2), "leaves": (3.5, 7.0)}[scene.scatter]
        for _ in range(rng.randint(7, 22)):
            x, y = rng.uniform(-0.55, 0.55) * f, rng.uniform(-0.45, 0.55) * f
            beside = self.low[0] - 0.02 < x < self.high[0] + 0.02
            if beside and self.low[1] - 0.02 < y < self.high[1]:
                continue
            blade = plants.leaf(np.zeros(3), rng.uniform(*size), noise, rng.choice(shades))
            flat = blade.scaled(x=1.6 if scene.scatter == "petals" else 1.1, z=0.25)
            flat = flat.moved(100 * x, 100 * y, 0.05 - float(flat.vertices[:, 2].min()))
            self._add(meshes.mesh_of(flat), materials.product("leaf", flat.color, rng, "other"))

    # -- light ----------------------------------------------------------------------------

    def _light(self) -> None:
        scene, rng, f = self.scene, self.rng, self.frame
        self.toward = direction_to_lamp(scene)
        target = (self.low + self.high) / 2
        d = np.array(self.toward)
        if scene.light in ("window", "leaf shadow"):
            angle = rng.uniform(0.006, 0.015)
            self.lamps.append(Lamp(0, toward=self.toward, size=angle, power=math.pi))
            self._hang(f * rng.uniform(0.9, 1.5), target + np.array([0, 0.15, 0.05]) * f, d)
        elif scene.light == "sun":
            angle = rng.uniform(0.004, 0.015)
            self.lamps.append(Lamp(0, toward=self.toward, size=angle, power=math.pi))
        else:
            away = max(2.2 * f, 0.9) * rng.uniform(1.0, 1.7)
            soft = scene.light == "soft"
            share = rng.uniform(0.7, 1.3) if soft else rng.uniform(0.05, 0.12)
            place = target + away * d
            kind = 1 if rng.random() < 0.5 else 2
            self.lamps.append(
                Lamp(kind, tuple(place), self.toward, share * away, math.pi * away**2)
            )
        if scene.scene == "gradient":
            to = np.array([0.0, -0.5, 0.86])
            place = np.array([0.0, self.wall_at, 0.35 * f]) + 2.2 * f * to
            self.lamps.append(
                Lamp(3, tuple(place), tuple(to), 0.1 * f, 2.2 * math.pi * (2.2 * f) ** 2,
                     math.cos(0.7), math.cos(0.0))
            )  # fmt: skip
        self.zenith = 0.8 * rng.uniform(0.8, 1.3)

    def _hang(self, span: float, aim: np.ndarray, d: np.ndarray) -> None:
        """Draws the gobo and puts it across the light, some way from what is lit."""
        rng = self.rng
        vertices, faces = (gobos.window if self.scene.pattern == "window" else gobos.foliage)(
            span, rng
        )
        half = 1.6 * span
        image = Image.new("L", (GOBO_SIDE, GOBO_SIDE), 255)
        draw = ImageDraw.Draw(image)
        scale = GOBO_SIDE / (2 * half)
        for face in faces:
            corners = [vertices[i] for i in face]
            draw.polygon([((x + half) * scale, (y + half) * scale) for x, y, _z in corners], fill=0)
        if self.scene.pattern == "window":  # no light comes past the wall
            draw.rectangle((0, 0, GOBO_SIDE - 1, GOBO_SIDE - 1), outline=0, width=2)
        self.gobo = np.asarray(image, np.float32) / 255
        up = np.array([0.0, 1.0, 0.0]) if abs(d[2]) > 0.9 else np.array([0.0, 0.0, 1.0])
        u = np.cross(up, d)
        u /= np.linalg.norm(u)
        v = np.cross(d, u)
        center = aim + rng.uniform(1.6, 3.2) * self.frame * d
        self.gobo_numbers = [1.0, *center, *u, *v, half]

    # -- for the tracer -------------------------------------------------------------------

    def numbers(self) -> list[float]:
        """Camera, two lamps, world, gobo and picture, as ``trace`` takes them."""
        view, scene = self.view, self.scene
        radius = 0.0
        if scene.blur_px > 0:
            behind = view.distance + self.wall_at * math.cos(view.elevation)
            radius = FOCAL / (2 * f_number(scene.blur_px, view.focus, behind))
        lamps = [*self.lamps, Lamp(0)][:2]
        return [
            *view.position,
            *(view.elevation, FOCAL / FRAME, *view.shift, radius, view.focus),
            *lamps[0].numbers(),
            *lamps[1].numbers(),
            *(0.36 + 0.5 * (self.zenith - 0.36), self.zenith, 0.36),
            *self.gobo_numbers,
            *self.picture_numbers,
        ]
