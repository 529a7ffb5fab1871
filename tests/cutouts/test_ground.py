from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from prodimages.cutouts.proposals.find import find_proposals, notes_on
from prodimages.cutouts.proposals.stored import attach, without
from prodimages.cutouts.refinement.confidence import assess
from prodimages.cutouts.refinement.ground import ground_within
from prodimages.imaging.alpha import alpha_from_png, alpha_to_png

SIDE = 256
RING = (60, 60, 196, 196)


def drawn(side: int, width: int) -> np.ndarray:
    """(side, side) 0..1: a ring."""
    scale = 4 * side // SIDE
    mask = Image.new("L", (4 * side, 4 * side))
    box = [scale * value for value in RING]
    ImageDraw.Draw(mask).ellipse(box, outline=255, width=scale * width)
    return np.asarray(mask.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def filled(ring: np.ndarray) -> np.ndarray:
    """The same as a plate, as backends see it."""
    side = len(ring)
    plate = Image.new("L", (side, side))
    ImageDraw.Draw(plate).ellipse([value * side // SIDE for value in RING], fill=255)
    return np.maximum(ring, np.asarray(plate, np.float32) / 255)


def photo(ring: np.ndarray, ground: str) -> np.ndarray:
    side = len(ring)
    y, x = np.mgrid[:side, :side] / side
    behind = {
        "white": np.full((side, side), 255.0),
        "gray": np.full((side, side), 150.0),
        "falling off": 225 - 40 * y - 25 * (x - 0.5) ** 2,
        "striped": 200 + 40 * np.sin(60 * x),
    }[ground][..., None] * np.ones(3)
    noise = np.random.default_rng(1).normal(0, 1.5 * (ground != "white"), behind.shape)
    gold = np.array([190, 140, 60]) * (1.2 - 0.4 * x)[..., None]
    picture = behind * (1 - ring[..., None]) + gold * ring[..., None] + noise
    return picture.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("width", [6, 24])
@pytest.mark.parametrize("ground", ["white", "gray", "falling off"])
def test_the_inside_of_a_ring_is_ground(ground, width):
    ring = drawn(SIDE, width)
    plate = filled(ring)
    found = ground_within(photo(ring, ground), plate)
    hole = (plate > 0.5) & (ring < 0.5)
    assert np.count_nonzero(found & hole) > 0.95 * np.count_nonzero(hole)
    assert np.count_nonzero(found & (ring > 0.9)) < 0.02 * np.count_nonzero(ring > 0.9)
    confidence, reasons = assess(photo(ring, ground), plate)
    assert confidence <= 0.7
    assert any("openings" in reason for reason in reasons)


def test_a_ring_that_is_cut_out_as_such_has_no_opening():
    ring = drawn(SIDE, 24)
    assert not ground_within(photo(ring, "gray"), ring).any()
    _confidence, reasons = assess(photo(ring, "gray"), ring)
    assert not any("openings" in reason for reason in reasons)


@pytest.mark.parametrize("tint", [0.94, 1.06])
def test_what_is_a_little_lighter_or_darker_than_the_ground_is_product(tint):
    ring = drawn(SIDE, 24)
    plate = filled(ring)
    picture = photo(ring, "gray").astype(np.float32)
    picture[(plate > 0.5) & (ring < 0.5)] *= tint
    assert not ground_within(picture.clip(0, 255).astype(np.uint8), plate).any()


def test_nothing_is_said_before_a_ground_that_changes_too_much():
    ring = drawn(SIDE, 24)
    assert not ground_within(photo(ring, "striped"), filled(ring)).any()


def test_nothing_in_an_empty_or_a_full_cut_out():
    picture = photo(drawn(SIDE, 24), "gray")
    for alpha in (np.zeros((SIDE, SIDE)), np.ones((SIDE, SIDE))):
        assert not ground_within(picture, alpha.astype(np.float32)).any()


@pytest.mark.parametrize("side", [512, 1600])
def test_what_is_removed_leaves_the_ring_to_a_pixel(side):
    """Also where the photo is three times finer than what it is looked at in."""
    ring = drawn(side, 20)
    rgb, plate = photo(ring, "falling off"), filled(ring)
    notes = notes_on(rgb, plate)
    left = alpha_from_png(without(attach(alpha_to_png(plate), notes), {1}), (side, side))
    wrong = np.count_nonzero((left > 0.5) != (ring > 0.5))
    around = np.pi * (RING[2] - RING[0] - 40) * side / SIDE
    assert wrong < around
    assert np.count_nonzero(left[side // 2, side // 2 - 50 : side // 2 + 50]) == 0


def test_small_patches_before_white_may_be_highlights():
    ring = drawn(SIDE, 24)
    body = (filled(ring) > 0.5) & (ring < 0.5)
    for radius, kinds in ((8, []), (30, ["opening"])):
        y, x = np.mgrid[:SIDE, :SIDE]
        spot = np.hypot(x - 128, y - 128) < radius
        picture = photo(ring, "white")
        picture[body & ~spot] = (190, 140, 60)
        found = find_proposals(picture, filled(ring))
        assert [str(proposal.kind) for proposal in found] == kinds
