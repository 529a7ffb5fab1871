"""Renders a scene to light groups, with and without its product, and writes the record."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import OpenEXR

from prodimages.diffusion.training.data.blender.stage import Stage
from prodimages.diffusion.training.data.facts import calibrate, scene_facts
from prodimages.diffusion.training.data.records import region_ids, write_record
from prodimages.diffusion.training.data.scenes import Scene

SIDE = 256
SAMPLES = 8
GROUPS = ("key", "fill", "glow")


def fresh(samples: int = SAMPLES) -> None:
    """An empty Blender scene with our settings."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = SIDE
    render.resolution_percentage = 100
    render.use_persistent_data = True
    render.threads_mode, render.threads = "FIXED", int(os.environ.get("NANO_THREADS", "1"))
    render.film_transparent = False
    cycles.device, cycles.samples = "CPU", samples
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 4, 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    cycles.blur_glossy = 0.5
    layer = bpy.context.view_layer
    for name in GROUPS:
        layer.lightgroups.add(name=name)
    aov = layer.aovs.add()
    aov.name, aov.type = "ids", "COLOR"
    layer.cycles.denoising_store_passes = True


def compose(folder: str, glow: bool) -> None:
    """Denoises each light group (OIDN) and writes all passes into one EXR in ``folder``."""
    scene, layer = bpy.context.scene, bpy.context.view_layer
    tree = bpy.data.node_groups.new("passes", "CompositorNodeTree")
    scene.compositing_node_group = tree
    source = tree.nodes.new("CompositorNodeRLayers")
    source.scene, source.layer = scene, layer.name
    target = tree.nodes.new("CompositorNodeOutputFile")
    target.directory, target.file_name = folder, "passes"
    target.format.media_type = "MULTI_LAYER_IMAGE"
    target.format.file_format = "OPEN_EXR_MULTILAYER"
    target.format.color_depth = "16"
    target.format.exr_codec = "NONE"
    for name in GROUPS if glow else GROUPS[:2]:
        clean = tree.nodes.new("CompositorNodeDenoise")
        clean.inputs["Prefilter"].default_value = "Fast"
        clean.inputs["Quality"].default_value = "Balanced"
        tree.links.new(source.outputs[f"Combined_{name}"], clean.inputs["Image"])
        tree.links.new(source.outputs["Denoising Albedo"], clean.inputs["Albedo"])
        tree.links.new(source.outputs["Denoising Normal"], clean.inputs["Normal"])
        target.file_output_items.new("RGBA", name)
        tree.links.new(clean.outputs[0], target.inputs[name])
    for name, output in (("ids", "ids"), ("albedo", "Denoising Albedo")):
        target.file_output_items.new("RGBA", name)
        tree.links.new(source.outputs[output], target.inputs[name])


def passes(folder: str) -> dict[str, np.ndarray]:
    """Renders once: (SIDE, SIDE, 3) float32 linear light of each pass."""
    for old in Path(folder).iterdir():
        old.unlink()
    bpy.ops.render.render()
    path = next(Path(folder).iterdir())
    out = {}
    with OpenEXR.File(str(path), separate_channels=False) as file:
        for layer in file.parts:
            (channel,) = layer.channels.values()
            pixels = channel.pixels[..., :3].astype(np.float32)
            out[layer.name().split(".")[0]] = np.nan_to_num(pixels)
    return out


def render_scene(scene: Scene, target: Path, samples: int = SAMPLES) -> dict[str, Any]:
    """Builds, renders and writes one record; its facts."""
    started = time.perf_counter()
    fresh(samples)
    stage = Stage(scene)
    cycles = bpy.context.scene.cycles
    cycles.seed = scene.seed
    folder = tempfile.mkdtemp(prefix="nano-")
    try:
        compose(folder, glow=scene.scene == "outdoor")
        built = time.perf_counter()
        pictures: dict[str, dict[str, np.ndarray]] = {}
        if stage.product:
            pictures["with"] = passes(folder)
            for part in stage.product:
                part.hide_render = True
        pictures["without"] = passes(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    gains = calibrate(pictures["without"], scene)
    lights: dict[str, np.ndarray] = {}
    for state, found in pictures.items():
        lights[f"{state}.key"] = gains[0] * found["key"]
        lights[f"{state}.fill"] = gains[1] * found["fill"] + found.get("glow", 0.0)
    shown = pictures.get("with", pictures["without"])
    mask = np.clip(shown["ids"][..., 0], 0, 1) if stage.product else np.zeros((SIDE, SIDE))
    facts = scene_facts(scene, stage.toward, "blender")
    facts["seconds"] = round(time.perf_counter() - started, 2)
    facts["build_seconds"] = round(built - started, 2)
    write_record(target, lights, mask, region_ids(shown["ids"]), facts)
    return facts
