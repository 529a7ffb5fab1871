"""Materials that shine by themselves: lamps and pictures."""

from __future__ import annotations

from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph
from prodimages.diffusion.training.data.colors import Color


def emission(color: Color, strength: float, role: str) -> Any:
    g = Graph(f"{role} light", role)
    node = g.add("Emission", Color=color, Strength=strength)
    g.tree.links.new(node.outputs[0], g.out.inputs["Surface"])
    return g.material


def picture(image: Any, strength: float, role: str) -> Any:
    """A picture that shines by itself, over the plane's UV coordinates."""
    g = Graph(f"{role} picture", role)
    where = g.tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
    texture = g.add("TexImage", {"image": image, "extension": "EXTEND"}, Vector=where)
    node = g.add("Emission", Color=texture.outputs["Color"], Strength=strength)
    g.tree.links.new(node.outputs[0], g.out.inputs["Surface"])
    return g.material
