"""Proposals that travel inside the file of an alpha."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from prodimages.choices import Extra
from prodimages.cutouts.proposals.find import notes_on
from prodimages.cutouts.proposals.stored import (
    NO_NOTES,
    area_of,
    attach,
    read_notes,
    without,
)
from prodimages.imaging.alpha import alpha_from_png, alpha_to_png, read_doubt
from tests.cutouts.goods import BLACK, CARD, HOOK, NAVY, SHIRT, SIDE, area, photo, polygon

TAG = polygon((73, 60), (80, 62), (77.5, 73), (70.5, 71))


@pytest.fixture(scope="module")
def found():
    rgb, alpha = photo((HOOK, BLACK), (SHIRT, NAVY), (TAG, CARD))
    notes = notes_on(rgb, alpha)
    assert {noted.kind for noted in notes.found} == {Extra.HANGER, Extra.TAG}
    return alpha, notes


def number_of(notes, kind: str) -> int:
    return next(noted.number for noted in notes.found if noted.kind == kind)


def test_they_come_back_and_the_picture_is_the_same(found):
    alpha, notes = found
    plain = alpha_to_png(alpha, doubt=0.25)
    png = attach(plain, notes)
    assert read_notes(png) == notes
    assert read_doubt(png) == 0.25
    assert np.array_equal(alpha_from_png(png, (SIDE, SIDE)), alpha_from_png(plain, (SIDE, SIDE)))
    assert attach(plain, NO_NOTES) == plain


@pytest.mark.parametrize("damage", [b"", b"no picture", "plain", "cut"])
def test_files_without_sound_notes_have_none(found, damage):
    alpha, notes = found
    plain = alpha_to_png(alpha)
    files = {"plain": plain, "cut": attach(plain, notes).replace(b'"kind"', b'"king"')}
    assert read_notes(files[damage] if isinstance(damage, str) else damage) == NO_NOTES


def test_an_area_is_sharp_at_any_size(found):
    _alpha, notes = found
    hook = number_of(notes, "hanger")
    large = np.asarray(area_of(notes, [hook], (3 * SIDE, 3 * SIDE)))
    assert large.shape == (3 * SIDE, 3 * SIDE)
    soft = np.count_nonzero((large > 10) & (large < 245))
    assert soft < 0.35 * np.count_nonzero(large > 127)
    assert not np.asarray(area_of(notes, [], (SIDE, SIDE))).any()


def test_without_one_the_other_is_still_proposed(found):
    alpha, notes = found
    png = attach(alpha_to_png(alpha), notes)
    left = without(png, {number_of(notes, "hanger")})
    assert [noted.kind for noted in read_notes(left).found] == [Extra.TAG]
    remains = alpha_from_png(left, (SIDE, SIDE))
    assert remains[area(HOOK) & ~area(SHIRT)].mean() < 0.15
    assert remains[area(TAG)].mean() > 0.97
    twice = without(left, {number_of(notes, "tag")})
    assert alpha_from_png(twice, (SIDE, SIDE))[area(TAG)].mean() < 0.1
    assert read_notes(twice) == NO_NOTES


def test_all_of_a_product_can_not_be_removed(found):
    _alpha, notes = found
    only = np.asarray(area_of(notes, [1], (SIDE, SIDE))) > 0
    png = attach(alpha_to_png(np.where(only, 0.4, 0.0)), notes)
    with pytest.raises(ValueError, match="Nothing of the product"):
        without(png, {1})


def test_a_picture_is_read_as_any_other(found):
    alpha, notes = found
    with Image.open(io.BytesIO(attach(alpha_to_png(alpha), notes))) as image:
        image.verify()
