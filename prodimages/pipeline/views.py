"""From where a product was photographed, when nobody has said so: by its category."""

from __future__ import annotations

import re

from prodimages.engines.base import View

STANDING = View(elevation=12.0, support="surface")
LYING = View(elevation=90.0, support="surface")

# Words of a category path or product type whose goods are, as a rule, laid flat and
# photographed from above. The photo's outline alone never decides.
_LAID_FLAT = frozenset(
    """
    apparel clothes clothing garment garments shirt shirts t-shirt t-shirts tshirt tshirts polo
    polos blouse blouses top tops dress dresses skirt skirts pants trousers jeans shorts hoodie
    hoodies jacket jackets coat coats blazer blazers sweater sweaters longsleeve undershirt
    bodysuit outwear outerwear textile textiles towel towels scarf scarves rug rugs
    """.split()
)


def view_by_category(category: str, product_type: str = "") -> View:
    words = re.split(r"[^\w-]+", f"{category} {product_type}".lower())
    return LYING if _LAID_FLAT.intersection(words) else STANDING
