"""From where a product was photographed, when nobody has said so: by its category."""

from __future__ import annotations

from prodimages.engines.base import View
from prodimages.pipeline.categories import last_known

STANDING = View(elevation=12.0, support="surface")
SEEN_FROM_ABOVE = View(elevation=50.0, support="surface")
LYING = View(elevation=90.0, support="surface")
HANGING = View(elevation=0.0, support="wall")
UNKNOWN = View(elevation=0.0, support="none")
"""Plane-on, without a horizon: it claims nothing about how the product was photographed."""

# Words of a category path or product type, in the singular. The photo's outline alone
# never decides: a bottle and a folded towel can share one.
_LAID_FLAT = frozenset(
    {"apparel", "clothe", "clothing", "garment", "textile", "outerwear", "outwear", "undershirt"}
    | {"shirt", "t-shirt", "tshirt", "polo", "blouse", "top", "dress", "dresse", "bodysuit"}
    | {"skirt", "pant", "trouser", "jean", "short", "hoodie", "sweater", "longsleeve", "body"}
    | {"jacket", "coat", "blazer", "towel", "scarf", "scarve", "rug", "cardigan", "legging"}
    | {"服装", "衣服", "衬衫", "T恤", "上衣", "连衣裙", "裙", "裤", "外套", "夹克", "大衣"}
    | {"毛衣", "卫衣", "毛巾", "围巾", "地毯"}
)
# Small goods on a floor or table, which people photograph from where they stand.
_ON_THE_FLOOR = frozenset(
    {"shoe", "boot", "sneaker", "sandal", "footwear", "slipper", "hat", "cap", "beanie"}
    | {"jewelry", "jewellery", "ring", "necklace", "watch", "watche", "wallet", "glove", "plate"}
    | {"鞋", "靴", "帽", "首饰", "珠宝", "戒指", "项链", "手表", "钱包", "手套", "盘子"}
)
# Goods that stand up by themselves, which people photograph from the side.
_STANDS = frozenset(
    {"mug", "cup", "bottle", "flask", "vase", "jar", "jug", "pitcher", "carafe", "tumbler"}
    | {"wine", "wineglass", "stemware", "glassware", "goblet", "decanter", "beer", "spirit"}
    | {"teapot", "coffeepot", "kettle", "pot", "saucepan", "bowl", "drinkware", "can", "canister"}
    | {"lamp", "lighting", "lantern", "candle", "candlestick", "clock", "speaker", "camera"}
    | {"bag", "handbag", "backpack", "suitcase", "luggage", "basket", "box", "boxe", "carton"}
    | {"toy", "figurine", "sculpture", "statue", "bust", "planter", "flowerpot", "trophy"}
    | {"chair", "stool", "armchair", "sofa", "table", "desk", "bench", "benche", "shelf"}
    | {"furniture", "cabinet", "toaster", "blender", "radio", "perfume", "cosmetic", "tin"}
    | {"杯", "瓶", "花瓶", "罐", "壶", "水壶", "茶壶", "锅", "碗", "灯", "台灯", "蜡烛", "音箱"}
    | {"包", "手提包", "背包", "箱", "盒", "玩具", "雕像", "花盆", "椅", "凳", "沙发", "桌", "家具"}
    | {"香水", "化妆品", "相机"}
)
_VIEWS = {
    word.lower(): view
    for words, view in (
        (_STANDS, STANDING),
        (_LAID_FLAT, LYING),
        (_ON_THE_FLOOR, SEEN_FROM_ABOVE),
    )
    for word in words
}


def view_by_category(category: str, product_type: str = "") -> View:
    """The view that goods of this path or type are photographed in as a rule.

    The more particular word, which comes last, decides; UNKNOWN when none is known.
    """
    return last_known(category, product_type, _VIEWS) or UNKNOWN
