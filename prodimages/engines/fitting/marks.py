"""What of a person may be repainted and what may not, as a picture that people can paint over."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.engines.fitting.wearer.person import Person
from prodimages.imaging.regions import KEPT, OLD

_CHIN = 0.22
"""Shoulders' widths from the hollow of the throat up to the chin."""


def as_png(person: Person) -> bytes:
    """8-bit gray, of the person's size: ``OLD`` the top that is worn, ``KEPT`` what stays."""
    return _png(person.old, person.protected)


def region_png(person: Person, region: np.ndarray) -> bytes:
    """Likewise: ``OLD`` all that would be repainted, ``KEPT`` what a shopper can't put into it."""
    return _png(region, guarded(person))


def _png(old: np.ndarray, kept: np.ndarray) -> bytes:
    levels = np.zeros(old.shape, np.uint8)
    levels[kept] = KEPT
    levels[old] = OLD
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def guarded(person: Person) -> np.ndarray:
    """(H, W) bool: face, hair, hands and arms before the body.

    Below the chin a collar or a scarf that was taken for the neck may be put into the region.
    """
    rows = np.arange(person.alpha.shape[0])[:, None]
    head = person.protected & (rows < person.points["neck"][1] - _CHIN * person.span)
    return np.asarray(head | person.hair | person.limbs)


def edited(person: Person, png: bytes) -> Person:
    """``person`` with what a shopper put into the region and took out of it, over what was found.

    Nothing is put in where face, hair and hands are, whatever the edits say.
    """
    levels = _levels(png, person)
    wanted, left = (levels == OLD) & ~guarded(person), levels == KEPT
    old = (person.old | wanted) & ~left
    kept = (person.protected & ~wanted) | left
    return dataclasses.replace(_marked(person, old, kept), wanted=wanted, left=left)


def _levels(png: bytes, person: Person) -> np.ndarray:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        size = person.alpha.shape[::-1]
        return np.asarray(image.convert("L").resize(size, Image.Resampling.NEAREST))


def painted_over(person: Person, png: bytes) -> Person:
    """``person`` as somebody marked it; where nothing is marked, neither is so.

    What was marked as kept and was not found is never covered, not even by a sleeve.
    """
    levels = _levels(png, person)
    return _marked(person, levels == OLD, levels == KEPT)


def _marked(person: Person, old: np.ndarray, kept: np.ndarray) -> Person:
    added = ndimage.binary_opening(kept & ~person.protected, iterations=1)
    return dataclasses.replace(
        person,
        old=old,
        protected=kept,
        hair=person.hair & ~old,
        limbs=person.limbs & kept,
        skin=person.skin & ~added & ~old,
    )
