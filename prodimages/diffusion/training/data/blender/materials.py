"""Materials as Cycles shader graphs: woods, stones, cloths, and what products are made of.

Procedural patterns live in object coordinates, in meters, so that they have real sizes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import bpy

from prodimages.diffusion.training.data.colors import SURFACE_COLORS, Color, linear, lit, mixed

IDS = {"product": (1.0, 0.0, 0.0), "surface": (0.0, 1.0, 0.0), "wall": (0.0, 0.0, 1.0)}
"""What the pass "ids" holds for each role; anything else is black."""


class Graph:
    """A material's nodes, with one call a node."""

    def __init__(self, name: str, role: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.out = self.tree.nodes.new("ShaderNodeOutputMaterial")
        aov = self.tree.nodes.new("ShaderNodeOutputAOV")
        aov.aov_name = "ids"
        aov.inputs["Color"].default_value = (*IDS.get(role, (0.0, 0.0, 0.0)), 1.0)
        self.where = self.tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]

    def add(self, kind: str, settings: dict[str, Any] | None = None, **inputs: Any) -> Any:
        """A node; inputs are numbers, colors or sockets, underscores stand for spaces."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in (settings or {}).items():
            setattr(node, name, value)
        for name, value in inputs.items():
            self.plug(node.inputs[name.replace("_", " ")], value)
        return node

    def plug(self, socket: Any, value: Any) -> None:
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and len(value) == 3 and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def at(
        self, scale: tuple[float, float, float], move: tuple[float, float, float] = (0, 0, 0)
    ) -> Any:
        """The object coordinates, scaled and moved."""
        return self.add("Mapping", Vector=self.where, Scale=scale, Location=move).outputs[0]

    def noise(
        self,
        scale: float,
        *,
        detail: float = 4,
        rough: float = 0.55,
        distort: float = 0.0,
        vector: Any = None,
    ) -> Any:
        node = self.add(
            "TexNoise",
            Vector=self.where if vector is None else vector,
            Scale=scale,
            Detail=detail,
            Roughness=rough,
            Distortion=distort,
        )
        return node.outputs[0]

    def ramp(self, value: Any, *stops: tuple[float, Color]) -> Any:
        node = self.add("ValToRGB", Fac=value)
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (at, color) in zip(elements, stops, strict=True):
            element.position, element.color = at, (*color, 1.0)
        return node.outputs["Color"]

    def math(self, operation: str, *values: Any) -> Any:
        node = self.add("Math", {"operation": operation})
        for socket, value in zip(node.inputs, values, strict=False):
            self.plug(socket, value)
        return node.outputs[0]

    def mix(self, share: Any, a: Any, b: Any, blend: str = "MIX") -> Any:
        node = self.add("MixRGB", {"blend_type": blend}, Fac=share, Color1=a, Color2=b)
        return node.outputs[0]

    def bump(self, height: Any, distance: float, strength: float = 1.0, normal: Any = None) -> Any:
        """``distance`` in meters."""
        inputs = {"Normal": normal} if normal is not None else {}
        node = self.add("Bump", Height=height, Distance=distance, Strength=strength, **inputs)
        return node.outputs[0]

    def principled(self, base: Any, roughness: Any, normal: Any = None, **more: Any) -> Any:
        if normal is not None:
            more["Normal"] = normal
        shader = self.add("BsdfPrincipled", Base_Color=base, Roughness=roughness, **more)
        self.tree.links.new(shader.outputs[0], self.out.inputs["Surface"])
        return self.material


Maker = Callable[[Graph, Color, random.Random], Any]


def surface(name: str, color: str | None, role: str, rng: random.Random) -> Any:
    """The material ``name`` of a ground or wall, dyed ``color`` (``#rrggbb``) where given."""
    graph = Graph(f"{role} {name}", role)
    return _SURFACES[name](graph, linear(color or SURFACE_COLORS.get(name, "#e4dfd5")), rng)


def _away(rng: random.Random) -> tuple[float, float, float]:
    return rng.uniform(-50, 50), rng.uniform(-50, 50), rng.uniform(-50, 50)


def _paper(g: Graph, color: Color, rng: random.Random) -> Any:
    fibers = g.noise(900, detail=2, vector=g.at((1, 1, 1), _away(rng)))
    cloud = g.noise(rng.uniform(1.0, 2.5), detail=2)
    base = g.ramp(cloud, (0.3, lit(color, 0.985)), (0.7, lit(color, 1.015)))
    return g.principled(base, 0.92, g.bump(fibers, 0.00012, 0.5), Specular_IOR_Level=0.25)


def _plaster(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    strokes = g.noise(
        rng.uniform(9, 22), detail=7, rough=0.62, distort=rng.uniform(0.2, 1.2), vector=where
    )
    cloud = g.noise(rng.uniform(1.2, 3.0), detail=5, vector=where)
    depth = rng.choice((0.03, 0.06, 0.12))
    base = g.ramp(cloud, (0.25, lit(color, 1 - depth)), (0.75, lit(color, 1 + depth)))
    bump = g.bump(strokes, rng.choice((0.0012, 0.0035, 0.006)))
    return g.principled(base, 0.9, bump, Specular_IOR_Level=0.3)


def _wood(g: Graph, color: Color, rng: random.Random, *, planks: float, contrast: float) -> Any:
    """Boards along x, ``planks`` m wide: fibers, growth rings and a tone for each board."""
    along = rng.uniform(1.2, 2.2)
    where = g.at((1, 1, 1), _away(rng))
    boards = g.add(
        "TexBrick",
        {"offset": rng.uniform(0.25, 0.5), "offset_frequency": 2},
        Vector=where,
        Scale=1.0,
        Color1=(0.0, 0.0, 0.0),
        Color2=(1.0, 1.0, 1.0),
        Mortar=(0.5, 0.5, 0.5),
        Mortar_Size=0.0008,
        Mortar_Smooth=0.2,
        Brick_Width=along,
        Row_Height=planks,
    )
    tone, seam = boards.outputs["Color"], boards.outputs["Fac"]
    # Each board is cut from elsewhere in the tree.
    jump = g.add("VectorMath", {"operation": "SCALE"}, Vector=tone, Scale=7.3).outputs[0]
    moved = g.add("VectorMath", {"operation": "ADD"}, Vector=where).outputs[0]
    g.plug(moved.node.inputs[1], jump)
    stretched = g.add("Mapping", Vector=moved, Scale=(0.55, 7.0, 7.0)).outputs[0]
    rings = g.noise(2.2, detail=3, distort=1.1, vector=stretched)
    rings = g.math("FRACT", g.math("MULTIPLY", rings, rng.uniform(4, 8)))
    rings = g.math("PINGPONG", rings, 0.5)
    fine = g.add("Mapping", Vector=moved, Scale=(6.0, 160.0, 160.0)).outputs[0]
    fibers = g.noise(1.0, detail=5, rough=0.7, vector=fine)
    grain = g.math("ADD", g.math("MULTIPLY", rings, 1.1), g.math("MULTIPLY", fibers, 0.55))
    dark, light = lit(color, 1 - contrast), lit(color, 1 + 0.7 * contrast)
    base = g.ramp(grain, (0.18, light), (0.95, dark))
    base = g.mix(g.math("MULTIPLY", tone, 0.30), base, lit(color, 0.72))
    base = g.mix(g.math("MULTIPLY", seam, 0.75), base, lit(color, 0.25))
    height = g.math("SUBTRACT", g.math("MULTIPLY", fibers, 0.25), g.math("MULTIPLY", seam, 2.0))
    return g.principled(base, rng.uniform(0.34, 0.6), g.bump(height, 0.0006))


def _oak(g: Graph, color: Color, rng: random.Random) -> Any:
    tone = lit(mixed(color, linear("#d8b48a"), rng.random() * 0.7), rng.uniform(0.85, 1.12))
    return _wood(
        g, tone, rng, planks=rng.choice((0.12, 0.18, 0.9)), contrast=rng.uniform(0.16, 0.3)
    )


def _walnut(g: Graph, color: Color, rng: random.Random) -> Any:
    tone = lit(mixed(color, linear("#4a2f20"), rng.random() * 0.6), rng.uniform(0.85, 1.15))
    return _wood(
        g, tone, rng, planks=rng.choice((0.11, 0.17, 0.9)), contrast=rng.uniform(0.2, 0.36)
    )


def _painted(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    boards = g.add(
        "TexBrick",
        {"offset": 0.4},
        Vector=where,
        Scale=1.0,
        Color1=(0.0, 0.0, 0.0),
        Color2=(1.0, 1.0, 1.0),
        Mortar=(0.0, 0.0, 0.0),
        Mortar_Size=rng.uniform(0.001, 0.0025),
        Mortar_Smooth=0.3,
        Brick_Width=2.6,
        Row_Height=rng.uniform(0.07, 0.14),
    )
    tone, seam = boards.outputs["Color"], boards.outputs["Fac"]
    fibers = g.noise(1.0, detail=4, vector=g.at((5, 120, 120), _away(rng)))
    worn = rng.choice((0.0, 0.0, 0.5))
    base = g.mix(g.math("MULTIPLY", tone, 0.10), lit(color, 1.03), lit(color, 0.85))
    if worn:
        bare = g.ramp(
            g.noise(1.2, detail=6, vector=g.at((2, 14, 14))), (0.60, (0, 0, 0)), (0.72, (1, 1, 1))
        )
        base = g.mix(g.math("MULTIPLY", bare, worn), base, linear("#a9855c"))
    base = g.mix(g.math("MULTIPLY", seam, 0.6), base, lit(color, 0.3))
    height = g.math("SUBTRACT", g.math("MULTIPLY", fibers, 0.3), g.math("MULTIPLY", seam, 2.5))
    return g.principled(base, rng.uniform(0.4, 0.65), g.bump(height, 0.0007))


def _marble(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, rng.uniform(0.6, 1.6), 1), _away(rng))
    turned = g.add("Mapping", Vector=where, Rotation=(0.0, 0.0, rng.uniform(0, 3.1))).outputs[0]
    dark = sum(color) < 0.4
    vein = lit(mixed(color, (0.3, 0.29, 0.28), 0.75), 1.0) if not dark else (0.7, 0.68, 0.64)
    cloud = g.noise(rng.uniform(2.0, 4.0), detail=6, rough=0.6, distort=0.6, vector=turned)
    base = g.ramp(cloud, (0.3, lit(color, 0.93)), (0.65, lit(color, 1.04)))
    for scale, width, strength in (
        (rng.uniform(1.6, 3.2), 0.022, 0.7),
        (rng.uniform(4, 8), 0.014, 0.4),
    ):
        field = g.noise(scale, detail=7, rough=0.55, distort=rng.uniform(0.6, 1.8), vector=turned)
        ridge = g.math("ABSOLUTE", g.math("SUBTRACT", field, 0.5))
        line = g.ramp(
            ridge, (0.0, (1, 1, 1)), (width, (0.35, 0.35, 0.35)), (3.2 * width, (0, 0, 0))
        )
        fade = g.ramp(g.noise(1.7, detail=2, vector=turned), (0.35, (0, 0, 0)), (0.65, (1, 1, 1)))
        base = g.mix(g.math("MULTIPLY", g.math("MULTIPLY", line, fade), strength), base, vein)
    return g.principled(base, rng.choice((0.12, 0.25, 0.45)))


def _concrete(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    cloud = g.noise(rng.uniform(2, 4), detail=8, rough=0.68, vector=where)
    base = g.ramp(cloud, (0.3, lit(color, 0.83)), (0.7, lit(color, 1.1)))
    speckle = g.noise(120, detail=3, vector=where)
    base = g.mix(0.16, base, g.ramp(speckle, (0.35, lit(color, 0.6)), (0.65, lit(color, 1.25))))
    pits = g.add("TexVoronoi", Vector=where, Scale=26.0, Randomness=1.0).outputs["Distance"]
    pit = g.ramp(pits, (0.0, (1, 1, 1)), (rng.uniform(0.05, 0.12), (0, 0, 0)))
    base = g.mix(g.math("MULTIPLY", pit, 0.5), base, lit(color, 0.45))
    height = g.math("SUBTRACT", g.math("MULTIPLY", speckle, 0.3), pit)
    return g.principled(base, rng.uniform(0.55, 0.85), g.bump(height, 0.0009))


def _linen(g: Graph, color: Color, rng: random.Random) -> Any:
    thread = rng.uniform(550, 900)
    warp = g.noise(1.0, detail=3, vector=g.at((thread, thread * 0.04, 1), _away(rng)))
    weft = g.noise(1.0, detail=3, vector=g.at((thread * 0.04, thread, 1), _away(rng)))
    weave = g.math("ADD", g.math("MULTIPLY", warp, 0.5), g.math("MULTIPLY", weft, 0.5))
    base = g.ramp(weave, (0.36, lit(color, 0.74)), (0.62, lit(color, 1.1)))
    creases = g.noise(
        rng.uniform(2.5, 5), detail=3, distort=0.8, vector=g.at((1, 1, 1), _away(rng))
    )
    normal = g.bump(creases, rng.choice((0.002, 0.007, 0.014)))
    normal = g.bump(weave, 0.0006, 0.8, normal)
    return g.principled(base, 0.95, normal, Sheen_Weight=0.15, Specular_IOR_Level=0.2)


def _terrazzo(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    base: Any = lit(color, 1.0)
    chips = [
        linear(c)
        for c in rng.sample(
            [
                "#f4f1ea",
                "#4c4c4e",
                "#bf6a4a",
                "#c99a35",
                "#a9b597",
                "#7b5538",
                "#d9939c",
                "#2f4b3a",
            ],
            3,
        )
    ]
    for scale, chip in zip(
        (rng.uniform(38, 60), rng.uniform(60, 95), rng.uniform(90, 150)), chips, strict=True
    ):
        node = g.add(
            "TexVoronoi",
            Vector=g.add("Mapping", Vector=where, Location=_away(rng)).outputs[0],
            Scale=scale,
            Randomness=1.0,
        )
        there = g.ramp(node.outputs["Distance"], (0.24, (1, 1, 1)), (0.28, (0, 0, 0)))
        some = g.ramp(
            g.math("FRACT", g.math("MULTIPLY", node.outputs["Color"], 5.0)),
            (0.5, (1, 1, 1)),
            (0.52, (0, 0, 0)),
        )
        base = g.mix(g.math("MULTIPLY", there, some), base, lit(chip, rng.uniform(0.9, 1.1)))
    return g.principled(base, rng.choice((0.18, 0.4, 0.6)))


def _slate(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    layers = g.noise(rng.uniform(4, 9), detail=9, rough=0.6, distort=0.5, vector=where)
    base = g.ramp(layers, (0.3, lit(color, 0.6)), (0.55, lit(color, 1.0)), (0.75, lit(color, 1.45)))
    return g.principled(base, rng.uniform(0.45, 0.7), g.bump(layers, 0.006))


def _paving(g: Graph, color: Color, rng: random.Random) -> Any:
    return _laid(
        g,
        color,
        rng,
        width=rng.uniform(0.28, 0.5),
        height=rng.uniform(0.2, 0.36),
        joint=0.007,
        tint=0.28,
        mortar=lit(color, 0.5),
        rough=0.85,
        relief=0.006,
    )


def _brick(g: Graph, color: Color, rng: random.Random) -> Any:
    return _laid(
        g,
        color,
        rng,
        width=0.25,
        height=0.075,
        joint=0.006,
        tint=0.5,
        mortar=linear(rng.choice(("#b9aea0", "#d8d2c6", "#8f867c"))),
        rough=0.9,
        relief=0.008,
    )


def _laid(
    g: Graph,
    color: Color,
    rng: random.Random,
    *,
    width: float,
    height: float,
    joint: float,
    tint: float,
    mortar: Color,
    rough: float,
    relief: float,
) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    bricks = g.add(
        "TexBrick", {"offset": 0.5}, Vector=where, Scale=1.0, Color1=lit(color, 1 - tint),
        Color2=lit(color, 1 + tint), Mortar=mortar, Mortar_Size=joint, Mortar_Smooth=0.25,
        Brick_Width=width, Row_Height=height,
    )  # fmt: skip
    stone = g.noise(14, detail=8, rough=0.7, vector=where)
    spots = g.ramp(stone, (0.3, (0.75, 0.75, 0.75)), (0.7, (1.15, 1.15, 1.15)))
    base = g.mix(0.8, bricks.outputs["Color"], spots, "MULTIPLY")
    h = g.math("SUBTRACT", g.math("MULTIPLY", stone, 0.35), bricks.outputs["Fac"])
    return g.principled(base, rough, g.bump(h, relief))


def _tile(g: Graph, color: Color, rng: random.Random) -> Any:
    square = rng.random() < 0.5
    side = rng.uniform(0.05, 0.1)
    where = g.at((1, 1, 1), _away(rng))
    grout = linear(rng.choice(("#d9d6d0", "#efede8", "#a9a49c")))
    tiles = g.add(
        "TexBrick", {"offset": 0.0 if square else 0.5}, Vector=where, Scale=1.0,
        Color1=lit(color, 0.95), Color2=lit(color, 1.05), Mortar=grout, Mortar_Size=0.0022,
        Mortar_Smooth=0.5, Brick_Width=side if square else 2 * side, Row_Height=side,
    )  # fmt: skip
    wavy = g.noise(9, detail=1, vector=where)
    seam = tiles.outputs["Fac"]
    normal = g.bump(g.math("SUBTRACT", g.math("MULTIPLY", wavy, 0.5), seam), 0.0016)
    shine = g.math("ADD", rng.choice((0.1, 0.3)), g.math("MULTIPLY", seam, 0.5))
    return g.principled(tiles.outputs["Color"], shine, normal)


def _panel(g: Graph, color: Color, rng: random.Random) -> Any:
    """Painted upright boards or ribs."""
    pitch = rng.choice((0.035, 0.09, 0.14))
    x = g.add("SeparateXYZ", Vector=g.where).outputs[0]
    share = g.math("FRACT", g.math("ADD", g.math("DIVIDE", x, pitch), 50.0))
    distance = g.math("ABSOLUTE", g.math("SUBTRACT", share, 0.5))
    groove = 0.44 if pitch > 0.05 else 0.2
    height = g.ramp(distance, (groove, (1, 1, 1)), (0.5, (0, 0, 0)))
    base = g.mix(height, lit(color, 0.55), lit(color, 1.0))
    return g.principled(base, 0.5, g.bump(height, 0.006 if pitch > 0.05 else 0.009))


def _sand(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    dunes = g.noise(rng.uniform(5, 12), detail=5, distort=0.4, vector=where)
    grains = g.noise(700, detail=2, vector=where)
    base = g.ramp(grains, (0.3, lit(color, 0.78)), (0.7, lit(color, 1.18)))
    return g.principled(
        base, 0.95, g.bump(grains, 0.0012, 0.8, g.bump(dunes, 0.035)), Specular_IOR_Level=0.2
    )


def _snow(g: Graph, color: Color, rng: random.Random) -> Any:
    where = g.at((1, 1, 1), _away(rng))
    drifts = g.noise(rng.uniform(4, 9), detail=4, vector=where)
    grains = g.noise(420, detail=3, vector=where)
    return g.principled(lit(color, 0.98), 0.75, g.bump(grains, 0.0025, 0.7, g.bump(drifts, 0.03)))


_SURFACES: dict[str, Maker] = {
    "paper": _paper, "plaster": _plaster, "oak": _oak, "walnut": _walnut, "painted": _painted,
    "marble": _marble, "concrete": _concrete, "linen": _linen, "terrazzo": _terrazzo,
    "slate": _slate, "paving": _paving, "sand": _sand, "snow": _snow, "brick": _brick,
    "tile": _tile, "panel": _panel,
}  # fmt: skip


def product(kind: str, color: str, rng: random.Random, role: str = "product") -> Any:
    """What a part of a product is made of."""
    g, base = Graph(f"{role} {kind}", role), linear(color)
    if kind in ("glass", "tinted glass"):
        # No refraction: light that goes straight through needs no caustics to cast its shadow.
        return _thin_glass(g, base, 0.35 if kind == "glass" else 0.6)
    if kind == "cloth":
        weave = g.noise(420, detail=2)
        dyed = g.ramp(weave, (0.3, lit(base, 0.88)), (0.7, lit(base, 1.08)))
        return g.principled(
            dyed, 0.95, g.bump(weave, 0.0005), Sheen_Weight=0.25, Specular_IOR_Level=0.2
        )
    if kind == "leather":
        pores = g.add("TexVoronoi", Vector=g.where, Scale=260.0).outputs["Distance"]
        return g.principled(lit(base, 1.0), rng.uniform(0.35, 0.6), g.bump(pores, 0.0006))
    if kind == "wood":
        return _wood(g, mixed(base, linear("#b58a5a"), 0.75), rng, planks=0.9, contrast=0.22)
    if kind in ("metal", "metal paint"):
        return g.principled(
            lit(base, 1.05), rng.uniform(0.18, 0.4), Metallic=1.0 if kind == "metal" else 0.55
        )
    if kind == "ceramic":
        return g.principled(
            lit(base, 1.0), rng.choice((0.1, 0.35, 0.7)), g.bump(g.noise(30, detail=3), 0.0004)
        )
    rough = {"gloss": 0.06, "plastic": 0.3, "matte": 0.8, "wax": 0.5, "leaf": 0.5}.get(kind, 0.5)
    return g.principled(lit(base, 1.0), rough)


def _thin_glass(g: Graph, color: Color, opacity: float) -> Any:
    shader = g.add("BsdfPrincipled", Base_Color=lit(color, 1.0), Roughness=0.06)
    clear = g.add("BsdfTransparent", Color=mixed((1, 1, 1), color, 0.5))
    rim = g.add("LayerWeight", Blend=0.35).outputs["Facing"]
    share = g.math("ADD", g.math("MULTIPLY", rim, 1 - opacity), opacity)
    mix = g.add("MixShader", Fac=share)
    g.plug(mix.inputs[1], clear.outputs[0])
    g.plug(mix.inputs[2], shader.outputs[0])
    g.tree.links.new(mix.outputs[0], g.out.inputs["Surface"])
    return g.material


def emission(color: Color, strength: float, role: str) -> Any:
    g = Graph(f"{role} light", role)
    node = g.add("Emission", Color=color, Strength=strength)
    g.tree.links.new(node.outputs[0], g.out.inputs["Surface"])
    return g.material


def picture(image: Any, strength: float, role: str) -> Any:
    """A picture that shines by itself, over the plane's generated coordinates."""
    g = Graph(f"{role} picture", role)
    where = g.tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
    texture = g.add("TexImage", {"image": image, "extension": "EXTEND"}, Vector=where)
    node = g.add("Emission", Color=texture.outputs["Color"], Strength=strength)
    g.tree.links.new(node.outputs[0], g.out.inputs["Surface"])
    return g.material
