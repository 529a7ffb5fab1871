"""Captions in English: a place, the light, what lies about, and now and then the product."""

from __future__ import annotations

from prodimages.diffusion.training.data.captions.light import MOODS, light
from prodimages.diffusion.training.data.captions.places import article, where
from prodimages.diffusion.training.data.captions.wording import Facts, Lot

NAMES = {
    "folded cloth": "folded clothes",
    "perfume": "perfume bottle",
    "plant pot": "potted plant",
}
"""Where the kind's own name would be read as something else, or is no good English."""
_PAIRED = frozenset({"trousers", "books", "folded cloth"})


def sentence(facts: Facts, lot: Lot, tones: tuple[str, str]) -> str:
    place, stands = where(facts, lot)
    rest = [part for part in (light(facts, lot, tones), *_extras(facts, lot, tones)) if part]
    lot.shuffle(rest)
    product = _product(facts, lot)
    if product and lot.chance(0.6):
        lead = f"{product} {_joint(stands, lot)} {place}"
    elif product:
        lead = place
        rest.insert(lot.below(len(rest) + 1), product)
    else:
        lead = place
    words = [lead, *rest] if lot.chance(0.8) else [*rest, lead]
    if lot.chance(0.12):
        words.insert(0, lot.one(("product photo", "product photography", "studio shot")))
    return ", ".join(word for word in words if word) or "product photo"


def _joint(stands: bool, lot: Lot) -> str:
    if stands:
        return lot.one(("on", "on", "standing on", "placed on"))
    return lot.one(("before", "against"))


def _extras(facts: Facts, lot: Lot, tones: tuple[str, str]) -> list[str]:
    extras = []
    if tones[1] and lot.chance(0.85):
        extras.append(lot.one(MOODS[tones[1]]))
    if facts["blur"] in ("soft", "strong") and lot.chance(0.4):
        extras.append(_blur(facts["blur"], lot))
    if facts.get("scatter", "none") != "none" and lot.chance(0.8):
        kind = {
            "petals": ("petals", "scattered petals"),
            "leaves": ("fallen leaves", "autumn leaves"),
        }
        extras.append(lot.one(kind[facts["scatter"]]))
    return extras


def _blur(blur: str, lot: Lot) -> str:
    if blur == "strong":
        return lot.one(("blurred background", "out of focus background", "shallow depth of field"))
    return lot.one(("softly blurred background", "slightly blurred background"))


def _product(facts: Facts, lot: Lot) -> str:
    """The product is named in fewer than half of all captions: prompts seldom name it."""
    if not facts["product"] or not lot.chance(0.45):
        return ""
    if lot.chance(0.15):
        return lot.one(("a product", "product"))
    color = facts["product_color"] if lot.chance(0.7) else None
    kind = facts["product"]
    name = NAMES.get(kind, kind)
    words = f"{color} {name}" if color else name
    return words if kind in _PAIRED else article(words)
