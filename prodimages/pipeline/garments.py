"""Whether a product is a top that can be tried on, by the words of its category and name."""

from __future__ import annotations

import re
from typing import Literal

from django.utils.translation import gettext as _

Kind = Literal["top", "other", ""]

# Words in the singular; Chinese has no word breaks, so its words are looked for anywhere.
_TOPS = frozenset(
    {"tee", "shirt", "t-shirt", "tshirt", "top", "blouse", "polo", "sweater", "sweatshirt"}
    | {"jumper", "pullover", "hoodie", "longsleeve", "jersey", "singlet", "camisole", "tank"}
    | {"undershirt", "knitwear", "cardigan", "tunic", "vest"}
)
_OTHERS = frozenset(
    {"trouser", "trousers", "pant", "jean", "short", "legging", "skirt", "dress", "dresse", "gown"}
    | {"coat", "jacket", "blazer", "suit", "parka", "overall", "jumpsuit", "robe", "swimsuit"}
    | {"bikini", "underwear", "sock", "shoe", "boot", "hat", "cap", "scarf", "glove", "belt"}
)
_TOPS_CHINESE = (
    "T恤",
    "上衣",
    "衬衫",
    "衬衣",
    "毛衣",
    "卫衣",
    "针织衫",
    "背心",
    "套头衫",
    "打底衫",
)
_OTHERS_CHINESE = (
    "裤",
    "裙",
    "大衣",
    "外套",
    "夹克",
    "西装",
    "羽绒服",
    "泳衣",
    "内衣",
    "鞋",
    "帽",
    "袜",
)


def kind_of(category: str, product_type: str = "", name: str = "") -> Kind:
    """``top``, ``other`` for a garment that isn't one, "" for what is no garment at all.

    The more particular word, which comes last, decides; the category before the name.
    """
    for text in (f"{category} {product_type}", name):
        if found := _in(text):
            return found
    return ""


def _in(text: str) -> Kind:
    for word in reversed(re.split(r"[^\w-]+", text)):
        lower = word.lower()
        forms = {lower, lower.removesuffix("s"), lower.removesuffix("es")}
        if forms & _OTHERS or any(known in word for known in _OTHERS_CHINESE):
            return "other"
        if forms & _TOPS or any(known in word.upper() for known in _TOPS_CHINESE):
            return "top"
    return ""


def problem_of(category: str, product_type: str = "", name: str = "") -> str:
    """Why the product can't be tried on, in words; empty when it can."""
    match kind_of(category, product_type, name):
        case "top":
            return ""
        case "other":
            return _("Only tops can be tried on so far: T-shirts, shirts, sweaters and the like.")
    return _("This product is no garment, so it can't be tried on.")
