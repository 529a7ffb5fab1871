"""What of a person may be repainted and what may not, as a picture that people can paint over."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
from PIL import Image
from scipy import ndimage

from prodimages.engines.fitting.person import Person
from prodimages.imaging.regions import KEPT, OLD


def as_png(person: Person) -> bytes:
    """8-bit gray, of the person's size: ``OLD`` the top that is worn, ``KEPT`` what stays."""
    levels = np.zeros(person.alpha.shape, np.uint8)
    levels[person.protected] = KEPT
    levels[person.old] = OLD
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def painted_over(person: Person, png: bytes) -> Person:
    """``person`` as somebody marked it; where nothing is marked, neither is so.

    What was marked as kept and was not found is never covered, not even by a sleeve.
    """
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        size = person.alpha.shape[::-1]
        levels = np.asarray(image.convert("L").resize(size, Image.Resampling.NEAREST))
    old, kept = levels == OLD, levels == KEPT
    added = ndimage.binary_opening(kept & ~person.protected, iterations=1)
    return dataclasses.replace(
        person,
        old=old,
        protected=kept,
        hair=person.hair & ~old,
        limbs=person.limbs & kept,
        skin=person.skin & ~added & ~old,
    )
