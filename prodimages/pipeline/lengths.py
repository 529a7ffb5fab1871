"""How large goods of a category are as a rule, where nobody gave their width.

Typical sizes for adults, to the nearest few centimeters: a scene needs to know a ring from a
coat, and a brick beside them shows no more than that.
"""

from __future__ import annotations

from prodimages.pipeline.categories import last_known

# Centimeters of the longer side as shops photograph it: sleeves laid out, trousers full length,
# a pair of shoes from above. Words are those of a category path or type, in the singular.
_BY_LENGTH: dict[float, frozenset[str]] = {
    2.5: frozenset({"ring", "戒指"}),
    5: frozenset({"earring", "brooch", "pendant", "耳环"}),
    8: frozenset({"jewelry", "jewellery", "bracelet", "首饰", "珠宝"}),
    12: frozenset(
        {"mug", "cup", "candle", "tin", "wallet", "perfume", "cosmetic", "soap", "杯", "钱包"}
        | {"香水", "化妆品", "蜡烛"}
    ),
    15: frozenset(
        {"drinkware", "tumbler", "jar", "camera", "phone", "can", "canister", "sunglasse"}
        | {"eyewear", "glasse", "罐", "相机", "眼镜"}
    ),
    20: frozenset(
        {"bowl", "speaker", "figurine", "headphone", "wineglass", "goblet", "碗", "音箱"}
    ),
    22: frozenset(
        {"notebook", "journal", "book", "planter", "flowerpot", "necklace", "笔记本", "书"}
        | {"花盆", "项链"}
    ),
    25: frozenset(
        {"bottle", "flask", "kettle", "teapot", "coffeepot", "jug", "pitcher", "carafe"}
        | {"candlestick", "glove", "beanie", "toy", "watch", "watche", "decanter", "瓶", "壶"}
        | {"手套", "玩具", "手表"}
    ),
    28: frozenset({"vase", "plate", "cap", "radio", "花瓶", "盘子"}),
    30: frozenset(
        {"shoe", "boot", "sneaker", "sandal", "footwear", "slipper", "hat", "clock", "box"}
        | {"boxe", "carton", "toaster", "sculpture", "statue", "bust", "trophy", "鞋", "靴"}
        | {"帽", "盒", "雕像"}
    ),
    35: frozenset(
        {"bag", "handbag", "laptop", "saucepan", "pot", "cookware", "underwear", "sock"}
        | {"包", "手提包", "锅", "袜"}
    ),
    42: frozenset(
        {"lamp", "lighting", "lantern", "basket", "backpack", "cushion", "pillow", "blender"}
        | {"灯", "台灯", "背包", "抱枕"}
    ),
    55: frozenset({"skirt", "short", "body", "bodysuit", "裙", "短裤"}),
    65: frozenset({"suitcase", "luggage", "stool", "scarf", "scarve", "箱", "凳", "围巾"}),
    72: frozenset(
        {"shirt", "t-shirt", "tshirt", "polo", "blouse", "top", "undershirt", "longsleeve"}
        | {"hoodie", "sweater", "cardigan", "towel", "衬衫", "t恤", "上衣", "毛衣", "卫衣", "毛巾"}
    ),
    78: frozenset(
        {"apparel", "clothe", "clothing", "garment", "textile", "jacket", "blazer", "服装"}
        | {"衣服", "外套", "夹克"}
    ),
    95: frozenset(
        {"coat", "outerwear", "outwear", "dress", "dresse", "chair", "armchair", "大衣"}
        | {"连衣裙", "椅"}
    ),
    105: frozenset({"pant", "trouser", "jean", "legging", "furniture", "cabinet", "裤", "家具"}),
    130: frozenset({"desk", "table", "bench", "benche", "shelf", "mirror", "桌"}),
    200: frozenset({"rug", "sofa", "bed", "curtain", "地毯", "沙发", "床"}),
}
_LENGTHS = {word: length for length, words in _BY_LENGTH.items() for word in words}


def length_by_category(category: str, product_type: str = "") -> float | None:
    """Centimeters of the longer side of such goods in their photo; None for none known."""
    return last_known(category, product_type, _LENGTHS)
