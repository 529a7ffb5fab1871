"""Scenes that are drawn, not rendered: to test the training on any machine in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from prodimages.diffusion.training.light import coded
from prodimages.diffusion.training.scenes import Facts, Scenes

_COLORS = {
    "white": (0.9, 0.9, 0.9),
    "gray": (0.4, 0.4, 0.4),
    "red": (0.6, 0.08, 0.06),
    "green": (0.1, 0.4, 0.12),
    "blue": (0.08, 0.15, 0.55),
    "yellow": (0.8, 0.6, 0.08),
}
_CHINESE = {
    **{"white": "白色", "gray": "灰色", "red": "红色", "green": "绿色", "blue": "蓝色"},
    **{"yellow": "黄色", "left": "左侧光", "right": "右侧光"},
}


def scenes(count: int, side: int, seed: int = 0) -> Scenes:
    """A table before a wall, a round thing on it, its shadow away from the light."""
    rng = np.random.default_rng(seed)
    drawn = [_scene(side, rng) for _number in range(count)]
    return Scenes(
        light=torch.from_numpy(np.stack([light for light, _s, _m, _r, _f in drawn])),
        scale=torch.from_numpy(np.stack([scale for _l, scale, _m, _r, _f in drawn])),
        mask=torch.from_numpy(np.stack([mask for _l, _s, mask, _r, _f in drawn])),
        regions=torch.from_numpy(np.stack([regions for _l, _s, _m, regions, _f in drawn])),
        facts=[facts for _l, _s, _m, _r, facts in drawn],
        caption=caption,
        mirrored=mirrored,
        palette=_COLORS,
    )


def _scene(side: int, rng: np.random.Generator) -> tuple[Any, Any, Any, Any, Facts]:
    names = list(_COLORS)
    wall, surface, product = (str(rng.choice(names)) for _part in range(3))
    light = str(rng.choice(["left", "right"]))
    facts: Facts = {
        "scene": "tabletop",
        "surface_color": surface,
        "wall_color": wall,
        "light_side": light,
        "product": "ball" if rng.random() < 0.7 else None,
        "product_color": product,
        "split": "held" if (names.index(wall) + names.index(surface)) % 6 == 0 else "train",
    }
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    horizon, radius = rng.uniform(0.3, 0.6), rng.uniform(0.1, 0.22)
    across, foot = rng.uniform(0.35, 0.65), rng.uniform(horizon + 0.1, 0.85)
    ground = y > horizon
    plain = np.where(ground[..., None], _COLORS[surface], _COLORS[wall]).astype(np.float32)
    toward = 1 if light == "left" else -1
    falloff = 1 - 0.4 * (x if light == "left" else 1 - x)
    shadow = np.hypot((x - across - toward * radius) / (1.6 * radius), (y - foot) / (0.4 * radius))
    ball = np.hypot(x - across, y - foot + radius) < radius
    lit = np.where((shadow < 1) & ground, 0.25, 1.0)
    shade = 0.6 - 0.4 * toward * (x - across) / radius
    body = np.asarray(_COLORS[product], dtype=np.float32)
    pictures = np.empty((2, 2, side, side, 3), dtype=np.float32)
    pictures[0, 0], pictures[0, 1] = plain * 0.7 * falloff[..., None], plain * 0.3
    present = facts["product"] is not None
    pictures[1, 0] = pictures[0, 0] * (lit[..., None] if present else 1)
    pictures[1, 1] = pictures[0, 1]
    if present:
        pictures[1, 0][ball] = 0.7 * body * shade[ball][:, None].clip(0.1, 1)
        pictures[1, 1][ball] = 0.3 * body
    codes, scales = zip(*(coded(one) for one in pictures.reshape(4, side, side, 3)), strict=True)
    light_codes = np.stack(codes).reshape(2, 2, side, side, 3)
    mask = (ball * 255 if present else np.zeros_like(ball)).astype(np.uint8)
    empty = np.where(ground, 1, 2).astype(np.uint8)
    regions = np.stack([empty, np.where(mask > 127, np.uint8(3), empty)])
    return light_codes, np.float32(scales).reshape(2, 2), mask, regions, facts


def mirrored(facts: Facts) -> Facts:
    return facts | {"light_side": {"left": "right", "right": "left"}[facts["light_side"]]}


def caption(
    facts: Facts, rng: np.random.Generator, *, warmth: float | None, brightness: float | None
) -> str:
    """A few words in English or Chinese, in any order."""
    chinese = rng.random() < 0.15
    side, wall, surface = facts["light_side"], facts["wall_color"], facts["surface_color"]
    if chinese:
        words = [f"{_CHINESE[wall]}背景", f"{_CHINESE[surface]}桌面", _CHINESE[side]]
    else:
        words = [f"a {wall} wall", f"a {surface} table", f"light from the {side}"]
        if warmth is not None and abs(warmth) > 0.4:
            words.append("warm light" if warmth > 0 else "cool light")
        if brightness is not None and abs(brightness) > 0.4:
            words.append("bright" if brightness > 0 else "dark")
        if facts["product"]:
            words.append(f"a {facts['product_color']} ball")
    order = rng.permutation(len(words))
    return ", ".join(words[i] for i in order)
