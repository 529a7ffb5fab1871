"""From where a product was photographed, when nobody has said so: by its category."""

from __future__ import annotations

import re

from prodimages.engines.base import View

STANDING = View(elevation=12.0, support="surface")
SEEN_FROM_ABOVE = View(elevation=50.0, support="surface")
LYING = View(elevation=90.0, support="surface")

# Words of a category path or product type, in the singular. The photo's outline alone
# never decides: a bottle and a folded towel can share one.
_LAID_FLAT = frozenset(
    {"apparel", "clothe", "clothing", "garment", "textile", "outerwear", "outwear", "undershirt"}
    | {"shirt", "t-shirt", "tshirt", "polo", "blouse", "top", "dress", "dresse", "bodysuit"}
    | {"skirt", "pant", "trouser", "jean", "short", "hoodie", "sweater", "longsleeve", "body"}
    | {"jacket", "coat", "blazer", "towel", "scarf", "scarve", "rug"}
)
# Small goods on a floor or table, which people photograph from where they stand.
_ON_THE_FLOOR = frozenset(
    {"shoe", "boot", "sneaker", "sandal", "footwear", "slipper", "hat", "cap", "beanie"}
    | {"jewelry", "jewellery", "ring", "necklace", "watch", "watche", "wallet", "glove", "plate"}
)


def view_by_category(category: str, product_type: str = "") -> View:
    """The view that goods of this path or type are photographed in as a rule.

    The more particular word, which comes last, decides; STANDING when none is known.
    """
    words = re.split(r"[^\w-]+", f"{category} {product_type}".lower())
    for word in reversed(words):
        for known, view in ((_ON_THE_FLOOR, SEEN_FROM_ABOVE), (_LAID_FLAT, LYING)):
            if word in known or word.removesuffix("s") in known:
                return view
    return STANDING
