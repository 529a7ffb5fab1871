"""From where a product was photographed, when nobody has said so: by its category."""

from __future__ import annotations

import re

from prodimages.engines.base import View

STANDING = View(elevation=12.0, support="surface")
LYING = View(elevation=90.0, support="surface")

# Words of a category path or product type, in the singular, whose goods are as a rule laid
# flat and photographed from above. The photo's outline alone never decides.
_LAID_FLAT = frozenset(
    ("apparel", "clothe", "clothing", "garment", "textile", "outerwear", "outwear", "undershirt")
    + ("shirt", "t-shirt", "tshirt", "polo", "blouse", "top", "dress", "dresse", "bodysuit")
    + ("skirt", "pant", "trouser", "jean", "short", "hoodie", "sweater", "longsleeve")
    + ("jacket", "coat", "blazer", "towel", "scarf", "scarve", "rug")
)


def view_by_category(category: str, product_type: str = "") -> View:
    """LYING when a word of the path or type names such goods, in any case; else STANDING."""
    words = re.split(r"[^\w-]+", f"{category} {product_type}".lower())
    flat = any(word in _LAID_FLAT or word.removesuffix("s") in _LAID_FLAT for word in words)
    return LYING if flat else STANDING
