"""A shader graph, node by node.

Procedural patterns live in object coordinates, in meters, so that they have real sizes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import bpy

from prodimages.diffusion.training.data.colors import Color

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
"""Makes the material of a graph, dyed in a linear color, with some play by lot."""


def away(rng: random.Random) -> tuple[float, float, float]:
    """A place in the endless pattern, so that no two are alike. In meters."""
    return rng.uniform(-50, 50), rng.uniform(-50, 50), rng.uniform(-50, 50)
