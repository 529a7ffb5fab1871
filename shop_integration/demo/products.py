"""What the demo shop sells: plain data, no pictures and no database.

Its words are kept in English, as those of any shop are in its own language; the demo's pages look
them up in the visitor's.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from django.utils.translation import gettext_noop


@dataclasses.dataclass(frozen=True, kw_only=True)
class DemoProduct:
    sku: str
    slug: str
    """Also the name of the scene that renders its photo."""
    name: str
    description: str
    category: str
    tags: tuple[str, ...]
    product_type: str
    color: str
    width_cm: float
    """Real width of the product as its photo shows it."""
    elevation: float
    """Degrees of the photo's camera above the table."""
    alt: str
    support: str = "surface"
    rendered: bool = True
    """False: a photo that scikit-image ships, of a real cup."""

    @property
    def ref(self) -> str:
        """Finds its photo again among the product's media."""
        return f"demo:{self.slug}"


COFFEE = DemoProduct(
    sku="CUP-COFFEE",
    slug="coffee-cup",
    name=gettext_noop("Espresso cup and saucer"),
    description=gettext_noop(
        "A thick-walled cup with its saucer, photographed in a café with a real camera."
    ),
    category=gettext_noop("kitchen/cups"),
    tags=("ceramic", "coffee", "gift"),
    product_type="cup",
    color=gettext_noop("red"),
    width_cm=15.0,
    elevation=52.0,
    alt=gettext_noop("Red cup of espresso on a saucer with a spoon, on a wooden table"),
    rendered=False,
)

PRODUCTS: tuple[DemoProduct, ...] = (
    COFFEE,
    DemoProduct(
        sku="MUG-TIDE",
        slug="mug",
        name=gettext_noop("Tide mug"),
        description=gettext_noop(
            "Stoneware, thrown by hand and dipped twice: cream above, sea green below. "
            "Holds 330 ml."
        ),
        category=gettext_noop("kitchen/mugs"),
        tags=("ceramic", "handmade", "gift"),
        product_type="mug",
        color=gettext_noop("cream and sea green"),
        width_cm=11.6,
        elevation=20.0,
        alt=gettext_noop("Speckled cream and sea green mug with a round handle"),
    ),
    DemoProduct(
        sku="FLASK-EMBER",
        slug="flask",
        name=gettext_noop("Ember flask"),
        description=gettext_noop(
            "A powder-coated steel flask with a bamboo cap. Keeps 500 ml hot for the day."
        ),
        category=gettext_noop("outdoor/bottles"),
        tags=("steel", "bamboo", "travel"),
        product_type="bottle",
        color=gettext_noop("coral red"),
        width_cm=7.3,
        elevation=9.0,
        alt=gettext_noop("Coral red drinking flask with a steel collar and a bamboo cap"),
    ),
    DemoProduct(
        sku="VASE-FLUTE",
        slug="vase",
        name=gettext_noop("Flute vase"),
        description=gettext_noop(
            "White bisque porcelain with carved flutes, unglazed outside, 24 cm high."
        ),
        category=gettext_noop("home/vases"),
        tags=("porcelain", "decor", "gift"),
        product_type="vase",
        color=gettext_noop("white"),
        width_cm=16.0,
        elevation=13.0,
        alt=gettext_noop("White fluted vase with a narrow neck"),
    ),
    DemoProduct(
        sku="LAMP-HARBOR",
        slug="lamp",
        name=gettext_noop("Harbor table lamp"),
        description=gettext_noop(
            "A deep blue glazed base on a brass foot, with a linen shade. 46 cm high."
        ),
        category=gettext_noop("home/lighting"),
        tags=("ceramic", "brass", "linen"),
        product_type="lamp",
        color=gettext_noop("blue"),
        width_cm=29.0,
        elevation=7.0,
        alt=gettext_noop("Table lamp with a round blue base and a cream linen shade"),
    ),
    DemoProduct(
        sku="TOTE-SPRIG",
        slug="tote",
        name=gettext_noop("Sprig tote bag"),
        description=gettext_noop(
            "Heavy unbleached cotton canvas, printed with a sprig of leaves. Long handles."
        ),
        category=gettext_noop("fashion/bags"),
        tags=("cotton", "everyday"),
        product_type="bag",
        color=gettext_noop("natural"),
        width_cm=36.3,
        elevation=6.0,
        alt=gettext_noop("Natural canvas tote bag with a green sprig printed on its front"),
    ),
    DemoProduct(
        sku="JOURNAL-TAN",
        slug="journal",
        name=gettext_noop("Saddle journal"),
        description=gettext_noop(
            "A tan leather notebook with stitched edges, an elastic band and a ribbon. "
            "192 cream pages."
        ),
        category=gettext_noop("stationery/notebooks"),
        tags=("leather", "gift"),
        product_type="notebook",
        color=gettext_noop("tan"),
        width_cm=21.4,
        elevation=47.0,
        alt=gettext_noop("Tan leather journal with a black elastic band and a red ribbon"),
    ),
    DemoProduct(
        sku="TEE-BRETON",
        slug="tshirt",
        name=gettext_noop("Breton T-shirt"),
        description=gettext_noop(
            "Midweight cotton jersey in white with navy stripes and a ribbed collar."
        ),
        category=gettext_noop("fashion/tops"),
        tags=("cotton", "everyday", "striped"),
        product_type="t-shirt",
        color=gettext_noop("white and navy"),
        width_cm=77.0,
        elevation=90.0,
        alt=gettext_noop("White T-shirt with navy stripes, laid flat"),
    ),
)

PRICES: dict[str, Decimal] = {
    "CUP-COFFEE": Decimal("19.00"),
    "MUG-TIDE": Decimal("28.00"),
    "FLASK-EMBER": Decimal("34.00"),
    "VASE-FLUTE": Decimal("62.00"),
    "LAMP-HARBOR": Decimal("148.00"),
    "TOTE-SPRIG": Decimal("26.00"),
    "JOURNAL-TAN": Decimal("42.00"),
    "TEE-BRETON": Decimal("39.00"),
}
"""In euros, by SKU."""
