"""Whether light passes through a product or its surroundings show in it, by its category."""

from __future__ import annotations

import re

from prodimages.choices import Surface

# Words of a category path or product type, in the singular. Chinese has no word breaks, so its
# words are looked for anywhere.
_ENGLISH = {
    Surface.GLASS: frozenset(
        {"glass", "glasse", "glassware", "wineglass", "stemware", "tumbler", "goblet", "carafe"}
        | {"decanter", "crystal", "jar", "perfume", "acrylic"}
    ),
    Surface.SHEER: frozenset(
        {"lace", "tulle", "sheer", "veil", "organza", "chiffon", "voile", "mesh", "stocking"}
        | {"tight", "hosiery", "curtain", "net"}
    ),
    Surface.MIRROR: frozenset(
        {"mirror", "chrome", "cutlery", "silverware", "kettle", "faucet", "tap", "toaster"}
        | {"saucepan", "pot", "cookware"}
    ),
}
_CHINESE = {
    Surface.GLASS: ("玻璃", "酒杯", "香水", "水晶", "亚克力"),
    Surface.SHEER: ("蕾丝", "薄纱", "头纱", "面纱", "雪纺", "丝袜", "窗纱", "网纱"),
    Surface.MIRROR: ("镜", "镀铬", "餐具", "刀叉", "水龙头", "不锈钢", "银器"),
}
_OPAQUE = frozenset({"eyewear", "eyeglasse", "sunglasse", "spectacle", "frame"})
_OPAQUE_CHINESE = ("眼镜", "墨镜", "太阳镜", "镜框")


def surface_by_category(category: str, product_type: str = "") -> Surface:
    """What goods of this path or type are made of as a rule; OPAQUE when none is known.

    The more particular word, which comes last, decides.
    """
    text = f"{category} {product_type}".lower()
    if any(word in text for word in _OPAQUE_CHINESE):
        return Surface.OPAQUE
    for word in reversed(re.split(r"[^\w-]+", text)):
        forms = {word, word.removesuffix("s")}
        if forms & _OPAQUE:
            return Surface.OPAQUE
        for surface, known in _ENGLISH.items():
            if forms & known or any(name in word for name in _CHINESE[surface]):
                return surface
    return Surface.OPAQUE
