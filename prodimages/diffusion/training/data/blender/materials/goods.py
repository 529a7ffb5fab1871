"""What products are made of: glass, cloth, leather, wood, metal, ceramic and plastics."""

from __future__ import annotations

import random
from typing import Any

from prodimages.diffusion.training.data.blender.materials.graph import Graph
from prodimages.diffusion.training.data.blender.materials.wood import timber
from prodimages.diffusion.training.data.colors import Color, linear, lit, mixed


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
        return timber(g, mixed(base, linear("#b58a5a"), 0.75), rng, planks=0.9, contrast=0.22)
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
