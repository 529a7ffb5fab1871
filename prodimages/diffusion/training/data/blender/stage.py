"""Builds the scene around the product: ground, wall, podium, backdrop, lamps and camera."""

from __future__ import annotations

import math
import random
from typing import Any

import bpy
import numpy as np

from prodimages.diffusion.training.data import products
from prodimages.diffusion.training.data.blender import gobos, materials, objects
from prodimages.diffusion.training.data.blender.backdrops import distant
from prodimages.diffusion.training.data.camera import FOCAL, FRAME, View, f_number, view_of
from prodimages.diffusion.training.data.posing import posed
from prodimages.diffusion.training.data.products import plants
from prodimages.diffusion.training.data.scenes import Scene, direction_to_lamp
from prodimages.engines.studio.vocabulary import COLORS, OUTDOORS


class Stage:
    """One scene in Blender; ``product`` are the objects that the second rendering hides."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = random.Random(f"nano-stage-{scene.seed}")
        pieces = posed(scene)
        points = np.concatenate([piece.vertices for piece in pieces]) / 100
        self.low, self.high = points.min(0), points.max(0)
        self.view: View = view_of(scene, points)
        self.frame = self.view.frame
        self.product = []
        if scene.product:
            self.product = [objects.part(piece, self.rng) for piece in pieces]
        self.wall_at = self._place()
        self._scatter()
        self._camera()
        self._light()

    # -- surroundings ---------------------------------------------------------------------

    def _material(self, name: str, color: str | None, role: str) -> Any:
        return materials.surface(name, COLORS[color] if color else None, role, self.rng)

    def _place(self) -> float:
        """Builds what surrounds the product; the depth y of the backdrop."""
        scene = self.scene
        if scene.scene in ("seamless", "gradient", "podium"):
            return self._sweep()
        if scene.scene == "floor":
            ground = self._material(scene.surface, scene.surface_color, "surface")
            made = objects.plane("ground", 60 * self.frame, 60 * self.frame, ground)
            made.rotation_euler = (
                0,
                0,
                self.rng.choice((0, 0, math.pi / 2, self.rng.uniform(0, 3))),
            )
            return 3 * self.frame
        if scene.scene == "wall":
            return self._wall(max(self.high[1], 0.0) + 0.004, bottom=-4.0)
        if scene.scene == "shelf":
            return self._shelf()
        return self._table()

    def _wall(self, y: float, bottom: float = -0.8) -> float:
        wall = self._material(self.scene.wall or "plaster", self.scene.wall_color, "wall")
        tall = 8.0 + 8 * self.frame
        made = objects.plane("wall", 4 * tall, tall - bottom, wall)
        objects.upright(made, y, (tall + bottom) / 2)
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
        top = self._material(scene.surface, scene.surface_color, "surface")
        bevel = 0.004 if scene.surface != "linen" else 0.012
        objects.slab("table", (-30 * f, -12 * f, -0.04), (30 * f, edge, 0.0), bevel, top)
        if scene.scene == "outdoor":
            wall = max(scene.gap * f, 2.0) if scene.surface not in OUTDOORS else 12 * f
            return distant(self, wall)
        if edge < wall - 0.01:
            floor = self._material("paper", scene.wall_color or "gray", "wall")
            objects.plane("floor", 60, 60, floor).location = (0, 0, -0.76)
        return self._wall(wall)

    def _shelf(self) -> float:
        scene, f = self.scene, self.frame
        y = max(float(self.high[1]) + 0.03, 0.12)
        front = min(float(self.low[1]) - 0.04, -0.12)
        board = self._material(scene.surface, scene.surface_color, "surface")
        thick = self.rng.uniform(0.018, 0.04)
        reach = 30 * f if self.rng.random() < 0.7 else self.rng.uniform(0.55, 0.9) * f
        objects.slab("shelf", (-reach, front, -thick), (reach, y, 0.0), 0.003, board)
        return self._wall(y, bottom=-4.0)

    def _sweep(self) -> float:
        """Paper that curves up from the ground; for a podium, its blocks as well."""
        scene, rng, f = self.scene, self.rng, self.frame
        level = -self._podium() if scene.scene == "podium" else 0.0
        radius = rng.uniform(0.8, 1.8) * f
        start = max(scene.gap * f, float(self.high[1]) + 0.5 * f)
        steps = np.linspace(0, math.pi / 2, 14)
        line = [(-12 * f, level)] + [
            (start + radius * math.sin(a), level + radius * (1 - math.cos(a))) for a in steps
        ]
        line.append((start + radius, level + 12 * f))
        wide = 20 * f
        vertices = [(x, y, z) for y, z in line for x in (-wide, wide)]
        faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(line) - 1)]
        color = scene.surface_color
        state = rng.getstate()
        made = objects.mesh(
            "sweep", vertices, faces, self._material("paper", color, "surface"), smooth=True
        )
        rng.setstate(state)
        made.data.materials.append(self._material("paper", color, "wall"))
        slots = [0 if i < 6 else 1 for i in range(len(faces))]
        made.data.polygons.foreach_set("material_index", slots)
        return start + 0.6 * radius

    def _podium(self) -> float:
        """Builds the podium under the product; its height."""
        scene, rng, f = self.scene, self.rng, self.frame
        reach = max(-self.low[0], self.high[0], -self.low[1], self.high[1])
        tall = rng.uniform(0.05, 0.2) * f
        stone = rng.choice(("paper", "paper", "plaster", "terrazzo", "marble", "concrete"))
        color = scene.accent
        material = self._material(stone, color, "podium")
        radius = reach * rng.uniform(1.15, 1.5)
        if rng.random() < 0.65:
            objects.drum("podium", radius, -tall, 0, 0.003, material)
            if rng.random() < 0.3:
                objects.drum("step", radius * 1.35, -tall, -0.55 * tall, 0.003, material)
        else:
            objects.slab("podium", (-radius, -radius, -tall), (radius, radius, 0), 0.004, material)
        if rng.random() < 0.6:
            self._company(tall, radius)
        return tall

    def _company(self, tall: float, radius: float) -> None:
        """One or two more solids behind and beside the podium: arch, disc, block or ball."""
        rng, f = self.rng, self.frame
        scene = self.scene
        color = rng.choice((scene.accent, scene.surface_color, scene.accent)) or "white"
        for side in rng.sample((-1, 1), rng.choice((1, 1, 2))):
            material = self._material("paper", color, "company")
            kind = rng.choice(("drum", "block", "ball", "disc"))
            x = side * (radius + rng.uniform(0.1, 0.24) * f)
            y = radius + rng.uniform(0.05, 0.5) * f
            if kind == "drum":
                made = objects.drum(
                    "company",
                    rng.uniform(0.08, 0.16) * f,
                    -tall,
                    rng.uniform(0.05, 0.5) * f,
                    0.003,
                    material,
                )
                made.location = (x, y, 0)
            elif kind == "block":
                w, h = rng.uniform(0.1, 0.2) * f, rng.uniform(0.05, 0.55) * f
                made = objects.slab("company", (-w, -w, -tall), (w, w, h), 0.004, material)
                made.location = (x, y, 0)
                made.rotation_euler = (0, 0, rng.uniform(-0.4, 0.4))
            elif kind == "ball":
                r = rng.uniform(0.05, 0.13) * f
                ball = products.build("sphere", 200 * r, 200 * r, color, scene.seed)[0]
                ball.material, ball.color = "matte", COLORS[color]
                objects.part(ball.moved(100 * x, 100 * y * 0.5, -100 * tall), rng, "company")
            else:
                r = rng.uniform(0.25, 0.42) * f
                made = objects.drum("company", r, -0.02 * f, 0.02 * f, 0.003, material)
                made.rotation_euler = (math.pi / 2, 0, 0)
                made.location = (rng.uniform(-0.2, 0.2) * f, y + 0.25 * f, r - tall)

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
            if (
                self.low[0] - 0.02 < x < self.high[0] + 0.02
                and y > self.low[1] - 0.02
                and y < self.high[1]
            ):
                continue
            blade = plants.leaf(np.zeros(3), rng.uniform(*size), noise, rng.choice(shades))
            flat = blade.scaled(x=1.6 if scene.scatter == "petals" else 1.1, z=0.25)
            lowest = flat.vertices[:, 2].min()
            objects.part(flat.moved(100 * x, 100 * y, 0.05 - lowest), rng, "scatter")

    # -- camera and light -----------------------------------------------------------------

    def _camera(self) -> None:
        view, scene = self.view, self.scene
        data = bpy.data.cameras.new("camera")
        data.lens, data.sensor_width = 1000 * FOCAL, 1000 * FRAME
        data.shift_x, data.shift_y = view.shift
        data.clip_start, data.clip_end = 0.02, 500
        made = bpy.data.objects.new("camera", data)
        made.location = view.position
        made.rotation_euler = (math.pi / 2 - view.elevation, 0, 0)
        bpy.context.scene.collection.objects.link(made)
        bpy.context.scene.camera = made
        if scene.blur_px > 0:
            behind = view.distance + self.wall_at * math.cos(view.elevation)
            data.dof.use_dof = True
            data.dof.focus_distance = view.focus
            data.dof.aperture_fstop = f_number(scene.blur_px, view.focus, behind)

    def _light(self) -> None:
        scene, rng, f = self.scene, self.rng, self.frame
        self.toward = direction_to_lamp(scene)
        target = tuple(float(v) for v in (self.low + self.high) / 2)
        if scene.light in ("window", "leaf shadow"):
            angle = rng.uniform(0.012, 0.03)
            objects.lamp("SUN", "key", self.toward, target, 10, energy=math.pi, angle=angle)
            span = f * rng.uniform(0.9, 1.5)
            aim = (target[0], target[1] + 0.15 * f, target[2] + 0.05 * f)
            gobos.hang(scene.pattern, span, self.toward, aim, rng.uniform(1.6, 3.2) * f, rng)
        elif scene.light == "sun":
            objects.lamp(
                "SUN",
                "key",
                self.toward,
                target,
                10,
                energy=math.pi,
                angle=rng.uniform(0.008, 0.03),
            )
        else:
            away = max(2.2 * f, 0.9) * rng.uniform(1.0, 1.7)
            share = rng.uniform(0.7, 1.3) if scene.light == "soft" else rng.uniform(0.05, 0.12)
            objects.lamp(
                "AREA", "key", self.toward, target, away,
                energy=math.pi**2 * away**2, size=share * away,
                shape="DISK" if rng.random() < 0.5 else "SQUARE",
            )  # fmt: skip
        if scene.scene == "gradient":
            pool = (0.0, self.wall_at, 0.35 * f)
            objects.lamp(
                "SPOT",
                "key",
                (0.0, -0.5, 0.86),
                pool,
                2.2 * f,
                energy=60 * f * f * 4,
                spot_size=1.4,
                spot_blend=1.0,
                shadow_soft_size=0.1 * f,
            )
        self._world()

    def _world(self) -> None:
        """A room: bright above, dim below; the fill light of every scene."""
        world = bpy.data.worlds.new("world")
        bpy.context.scene.world = world
        world.use_nodes = True
        tree = world.node_tree
        tree.nodes.clear()
        out = tree.nodes.new("ShaderNodeOutputWorld")
        shine = tree.nodes.new("ShaderNodeBackground")
        where = tree.nodes.new("ShaderNodeTexCoord")
        height = tree.nodes.new("ShaderNodeSeparateXYZ")
        ramp = tree.nodes.new("ShaderNodeValToRGB")
        tree.links.new(where.outputs["Generated"], height.inputs[0])
        tree.links.new(height.outputs["Z"], ramp.inputs[0])
        top = self.rng.uniform(0.8, 1.3)
        ramp.color_ramp.elements[0].color = (0.45, 0.45, 0.45, 1)
        ramp.color_ramp.elements[1].color = (top, top, top, 1)
        tree.links.new(ramp.outputs[0], shine.inputs["Color"])
        shine.inputs["Strength"].default_value = 0.8
        tree.links.new(shine.outputs[0], out.inputs[0])
        world.lightgroup = "fill"
