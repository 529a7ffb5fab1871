"""What is proposed for removal, and what must never be: on goods that are drawn here."""

from __future__ import annotations

import numpy as np
import pytest

from prodimages.choices import Extra
from prodimages.cutouts.proposals.base import LEAST_CONFIDENCE, SURE, Proposal, is_same, words_for
from prodimages.cutouts.proposals.find import find_proposals
from tests.cutouts.goods import (
    BAG,
    BLACK,
    BLUE,
    CARD,
    CLIPS,
    DRESS,
    FOOT,
    HOOK,
    NAVY,
    POLE,
    RED,
    SHIRT,
    SIDE,
    SKIN,
    SKIRT,
    STEEL,
    STICKER,
    TAN,
    WOOD,
    Draw,
    area,
    bow,
    circle,
    ellipse,
    line,
    photo,
    polygon,
)

TAG = polygon((73, 60), (80, 62), (77.5, 73), (70.5, 71))
THREAD = line((66, 56), (76, 63), width=0.4)
HAND = (
    polygon((100, 60), (84, 58), (74, 62), (72, 72), (84, 76), (100, 78)),
    line((76, 63), (66, 60), width=4.5),
    line((76, 68), (65, 66), width=4.5),
    line((76, 72), (66, 72), width=4.5),
)


def found(*layers: tuple[Draw, str]) -> list[Proposal]:
    return find_proposals(*photo(*layers))


def kinds(*layers: tuple[Draw, str]) -> list[str]:
    return [str(proposal.kind) for proposal in found(*layers)]


def covered(proposal: Proposal, *draws: Draw) -> float:
    """Share of what was drawn that the proposal covers."""
    wanted = np.any([area(draw) for draw in draws], axis=0)
    assert proposal.mask.shape == (SIDE, SIDE)
    return float((proposal.mask & wanted).sum() / wanted.sum())


@pytest.mark.parametrize("color", [BLUE, NAVY, RED, CARD])
def test_the_hook_of_a_hanger(color):
    (proposal,) = found((HOOK, STEEL if color != NAVY else "#8f9298"), (SHIRT, color))
    assert proposal.kind == Extra.HANGER
    assert proposal.confidence >= SURE
    assert covered(proposal, HOOK) > 0.75
    assert not (proposal.mask & area(SHIRT)).any()


def test_a_pair_of_clips():
    proposals = found((SKIRT, BLUE), *((clip, BLACK) for clip in CLIPS))
    assert [proposal.kind for proposal in proposals] == [Extra.CLIP, Extra.CLIP]
    for clip in CLIPS:
        assert max(covered(proposal, clip) for proposal in proposals) > 0.8


def test_the_bars_of_a_hanger_in_the_neck_go_with_its_hook():
    neck = polygon((42, 24), (58, 24), (54, 34), (46, 34))
    bars = line((44, 27), (50, 25), (56, 27), (55, 30), (45, 30), (44, 27), width=1.3)
    layers = [(HOOK, BLACK), (SHIRT, RED), (neck, "#e8e2da"), (bars, BLACK)]
    (proposal,) = found(*layers)
    assert proposal.kind == Extra.HANGER
    assert covered(proposal, bars) > 0.9
    lower = ~area(neck)
    lower[: round(0.36 * SIDE)] = False
    assert not (proposal.mask & lower & area(SHIRT)).any()


def test_a_garment_of_the_hanger_s_color_keeps_its_neck():
    neck = polygon((42, 24), (58, 24), (54, 34), (46, 34))
    for proposal in found((HOOK, "#8f9298"), (SHIRT, NAVY), (neck, "#8f9298")):
        assert covered(proposal, neck) < 0.2


def _box(left, top, right, bottom):
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def test_pegs_at_the_ends_of_straps():
    top = polygon((32, 40), (68, 40), (74, 84), (26, 84))
    straps = [_box(x, 17.5, x + 1.7, 42.5) for x in (36.6, 61.6)]
    pegs = [_box(x, 12.5, x + 5, 18.75) for x in (35, 60)]
    layers = [(top, BLUE), *((strap, BLUE) for strap in straps), *((peg, BLACK) for peg in pegs)]
    proposals = found(*layers)
    assert [proposal.kind for proposal in proposals] == [Extra.CLIP, Extra.CLIP]
    for peg in pegs:
        assert max(covered(proposal, peg) for proposal in proposals) > 0.8
    assert kinds((top, BLUE), *((strap, BLUE) for strap in straps)) == []


def test_clips_with_the_bar_between_them():
    bar = polygon((39, 19), (61, 19), (61, 20.4), (39, 20.4))
    (proposal,) = found((SKIRT, BLUE), *((clip, BLACK) for clip in CLIPS), (bar, BLACK))
    assert proposal.kind == Extra.CLIP
    assert covered(proposal, bar, *CLIPS) > 0.8


def test_a_hand_that_holds_it():
    (proposal,) = found((BAG, NAVY), *((part, SKIN) for part in HAND))
    assert proposal.kind == Extra.HAND
    assert covered(proposal, *HAND) > 0.9


def test_the_stand_of_a_bust():
    (proposal,) = found((POLE, WOOD), (FOOT, WOOD), (DRESS, RED))
    assert proposal.kind == Extra.STAND
    assert covered(proposal, FOOT) > 0.9
    assert not (proposal.mask & area(DRESS)).any()


@pytest.mark.parametrize("hangs", [True, False])
def test_a_tag_beside_the_product(hangs):
    thread = [(THREAD, CARD)] if hangs else []
    (proposal,) = found((SHIRT, NAVY), (TAG, CARD), *thread)
    assert proposal.kind == Extra.TAG
    assert covered(proposal, TAG) > 0.85


@pytest.mark.parametrize("color", ["#ff5a1f", "#ffe600", "#ff2e63"])
def test_a_price_sticker_in_a_signal_color(color):
    price = line((57, 64), (57, 65.5), (59, 65.5), width=0.6)
    (proposal,) = found((SHIRT, BLUE), (STICKER, color), (price, BLACK))
    assert proposal.kind == Extra.STICKER
    assert LEAST_CONFIDENCE <= proposal.confidence < SURE
    assert covered(proposal, STICKER, price) > 0.95


RING = line(*circle(50, 50, 28), width=5)


@pytest.mark.parametrize("behind", ["#dcd9d2", "#8f979c"])
def test_an_opening_that_was_filled(behind):
    rgb, alpha = photo((RING, TAN), behind=behind)
    filled = np.where(area(ellipse(50, 50, 26, 26)), 1, alpha).astype(np.float32)
    (proposal,) = find_proposals(rgb, filled)
    assert (proposal.kind, proposal.confidence) == (Extra.OPENING, 0.85)
    assert covered(proposal, ellipse(50, 50, 24, 24)) > 0.98
    assert covered(proposal, RING) < 0.03


def test_a_plate_of_another_color_has_no_opening():
    assert kinds((ellipse(50, 50, 30, 30), TAN), (ellipse(50, 50, 25, 25), "#ebe8e1")) == []


def test_several_at_once_do_not_overlap():
    proposals = found((HOOK, STEEL), (SHIRT, RED), (TAG, CARD))
    assert sorted(str(proposal.kind) for proposal in proposals) == ["hanger", "tag"]
    assert not (proposals[0].mask & proposals[1].mask).any()


PLAIN: dict[str, list[tuple[Draw, str]]] = {
    "shirt": [(SHIRT, BLUE)],
    "skirt": [(SKIRT, NAVY)],
    "dress": [(DRESS, RED)],
    "bag, handle alike": [(bow(50, 42, 12, 24, 2), NAVY), (BAG, NAVY)],
    "bag, handle unlike": [(bow(50, 42, 12, 24, 2), TAN), (BAG, NAVY)],
    "bag, two handles and rings": [
        (bow(50, 42, 12, 24, 1.6), TAN),
        (bow(50, 42, 9, 19, 1.6), TAN),
        (ellipse(38, 41, 2.2, 2.2), STEEL),
        (ellipse(62, 41, 2.2, 2.2), STEEL),
        (BAG, NAVY),
    ],
    "tan bag": [(BAG, TAN), (bow(50, 42, 12, 24, 2), TAN)],
    "skin-colored bag at the edge": [(polygon((60, 30), (100, 30), (100, 80), (56, 80)), SKIN)],
    "mug": [
        (bow(66, 55, 14, 16, 4, begin=-90, end=90), BLUE),
        (polygon((28, 28), (66, 28), (64, 84), (30, 84)), BLUE),
    ],
    "two-colored mug": [
        (bow(66, 55, 14, 16, 4, begin=-90, end=90), RED),
        (polygon((28, 28), (66, 28), (64, 84), (30, 84)), CARD),
    ],
    "top with straps": [
        (line((40, 30), (41, 10), (48, 8), width=1.6), BLACK),
        (line((60, 30), (59, 10), (52, 8), width=1.6), BLACK),
        (polygon((32, 28), (68, 28), (74, 84), (26, 84)), RED),
    ],
    "shoe with laces": [
        (polygon((14, 70), (20, 44), (40, 42), (58, 60), (86, 66), (88, 78), (14, 78)), NAVY),
        (line((36, 46), (44, 38), (52, 40), (46, 50), width=1.2), CARD),
        (line((46, 54), (56, 46), (60, 50), width=1.2), CARD),
        (polygon((13, 78), (89, 78), (88, 83), (14, 83)), CARD),
    ],
    "pump": [
        (polygon((14, 40), (30, 46), (54, 66), (86, 70), (88, 76), (50, 76), (26, 58)), RED),
        (line((19, 46), (22, 80), width=2.2), BLACK),
    ],
    "pair of shoes with pull tabs": [
        (ellipse(32, 55, 13, 30), NAVY),
        (ellipse(68, 55, 13, 30), NAVY),
        (polygon((30, 20), (34, 20), (34, 28), (30, 28)), CARD),
        (polygon((66, 20), (70, 20), (70, 28), (66, 28)), CARD),
    ],
    "table lamp": [
        (line((50, 44), (50, 88), width=2.2), STEEL),
        (ellipse(50, 89, 13, 2.5), STEEL),
        (polygon((38, 12), (62, 12), (74, 46), (26, 46)), CARD),
    ],
    "floor lamp": [
        (line((50, 26), (50, 94), width=1.6), WOOD),
        (ellipse(50, 94, 10, 2), WOOD),
        (polygon((42, 6), (58, 6), (66, 28), (34, 28)), CARD),
    ],
    "pendant lamp": [
        (line((50, 0), (50, 34), width=1), BLACK),
        (polygon((44, 32), (56, 32), (78, 62), (22, 62)), RED),
    ],
    "wine glass": [
        (ellipse(50, 30, 17, 24), RED),
        (line((50, 52), (50, 88), width=2), STEEL),
        (ellipse(50, 89, 13, 2), STEEL),
    ],
    "soap pump": [
        (line((50, 42), (50, 20), (38, 20), (37, 24), width=4), BLACK),
        (polygon((36, 40), (64, 40), (66, 88), (34, 88)), CARD),
    ],
    "bottle with a label": [
        (polygon((44, 6), (56, 6), (56, 28), (44, 28)), BLACK),
        (polygon((44, 26), (56, 26), (68, 44), (68, 92), (32, 92), (32, 44)), TAN),
        (polygon((32, 54), (68, 54), (68, 78), (32, 78)), CARD),
    ],
    "jacket with a badge and a light pocket": [
        (SHIRT, NAVY),
        (polygon((55, 42), (63, 42), (63, 50), (55, 50)), CARD),
    ],
    "shirt with a logo in its middle": [
        (SHIRT, CARD),
        (polygon((44, 42), (56, 42), (56, 48), (44, 48)), "#ff2e1f"),
    ],
    "shirt with dots": [
        (SHIRT, CARD),
        *((ellipse(x, y, 3, 3), "#ff5a1f") for x in (38, 46, 54, 62) for y in (40, 52, 64, 76)),
    ],
    "jacket with a red badge": [
        (SHIRT, NAVY),
        (ellipse(60, 44, 3, 3), RED),
    ],
    "backpack": [
        (bow(50, 20, 6, 9, 2), RED),
        (polygon((30, 20), (70, 20), (76, 88), (24, 88)), BLACK),
    ],
    "teapot": [
        (ellipse(50, 24, 3, 3), WOOD),
        (bow(72, 56, 14, 16, 3, begin=-90, end=90), WOOD),
        (line((32, 62), (16, 44), width=5), CARD),
        (ellipse(50, 56, 26, 28), CARD),
    ],
    "earring": [
        (bow(50, 16, 6, 9, 1, begin=170, end=400), STEEL),
        (ellipse(50, 44, 12, 20), RED),
    ],
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_belongs_to_a_product_is_not_proposed(name):
    assert kinds(*PLAIN[name]) == []


def test_nothing_in_an_empty_cut_out():
    rgb, alpha = photo((SHIRT, BLUE))
    assert find_proposals(rgb, alpha * 0) == []


def test_the_same_thing_in_two_versions():
    box = (0.4, 0.1, 0.5, 0.3)
    assert is_same("hanger", box, "hanger", (0.41, 0.11, 0.5, 0.3))
    assert not is_same("hanger", box, "tag", box)
    assert not is_same("hanger", box, "hanger", (0.6, 0.1, 0.7, 0.3))
    assert not is_same("hanger", box, "hanger", (0.4, 0.1, 0.5, 0.9))


def test_words():
    assert words_for([]) == ""
    assert words_for(["hanger", "hanger"]).startswith("A hanger may be")
    assert "hanger, tag" in words_for(["tag", "hanger"])
