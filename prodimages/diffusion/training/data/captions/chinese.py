"""Captions in Chinese, in the words that the studio reads."""

from __future__ import annotations

from prodimages.diffusion.training.data.captions.wording import Facts, Lot
from prodimages.engines.studio.vocabulary.chinese import COLOR_ALIASES

COLORS: dict[str, tuple[str, ...]] = {}
for _name, _color in COLOR_ALIASES.items():
    COLORS[_color] = (*COLORS.get(_color, ()), _name)
"""The studio's Chinese names of each color; a color without one is left unsaid."""

SURFACES = {
    "oak": ("橡木桌面", "木质桌面", "橡木桌"),
    "walnut": ("胡桃木桌面", "深色木桌面"),
    "painted": ("漆木桌面",),
    "marble": ("大理石台面", "大理石桌面"),
    "concrete": ("水泥台面", "混凝土桌面"),
    "linen": ("亚麻布", "亚麻桌面"),
    "terrazzo": ("水磨石台面", "水磨石桌面"),
    "slate": ("石板台面", "岩板桌面"),
    "paper": ("桌面",),
    "paving": ("地砖", "石板路"),
    "sand": ("沙子", "沙"),
    "snow": ("雪地", "雪"),
}
WALLS = {
    "plaster": ("灰泥墙", "墙面", "背景墙"),
    "concrete": ("水泥墙", "混凝土墙面"),
    "tile": ("瓷砖墙", "瓷砖墙面"),
    "brick": ("砖墙", "红砖墙"),
    "panel": ("护墙板", "墙板"),
    "bokeh": ("散景", "灯光夜景"),
    "festive": ("节日灯光", "圣诞灯光"),
    "garden": ("花园背景", "绿植背景"),
    "blossom": ("樱花背景", "樱花"),
    "autumn": ("秋天背景", "秋日"),
    "winter": ("冬天背景", "雪景"),
    "sea": ("大海背景", "海边"),
}
PRODUCTS = {
    "bottle": "瓶子", "wine bottle": "酒瓶", "jar": "罐子", "perfume": "香水", "tube": "软管",
    "candle": "蜡烛", "mug": "马克杯", "bowl": "碗", "vase": "花瓶", "teapot": "茶壶",
    "carton": "纸盒", "gift box": "礼盒", "books": "书", "handbag": "手提包", "tote bag": "布包",
    "shoe": "鞋", "boot": "靴子", "folded cloth": "叠好的衣物", "hat": "帽子", "lamp": "台灯",
    "speaker": "音箱", "stool": "凳子", "chair": "椅子", "plant pot": "盆栽", "toy": "玩偶",
    "can": "易拉罐", "t-shirt": "短袖", "sweater": "毛衣", "dress": "连衣裙",
    "trousers": "裤子", "scarf": "围巾", "towel": "毛巾", "plate": "盘子", "tray": "托盘",
    "phone": "手机",
}  # fmt: skip
_SIDES = {
    "left": ("左侧", "左边"),
    "right": ("右侧", "右边"),
    "front": ("正面",),
    "back": ("逆光",),
    "above": ("顶光", "上方"),
}
_LIGHTS = {
    "soft": ("柔光", "柔和光线"),
    "hard": ("硬光", "强光"),
    "sun": ("阳光",),
    "window": ("窗影", "窗户光影"),
    "leaf shadow": ("叶影", "树叶影子"),
}
_TEMPERATURES = {
    "cool": ("冷色调", "冷光"),
    "warm": ("暖色调", "暖光", "温暖"),
    "golden": ("金黄", "夕阳"),
}
_MOODS = {"bright": ("明亮", "清新"), "dark": ("昏暗", "暗调")}


def sentence(facts: Facts, lot: Lot, tones: tuple[str, str]) -> str:
    parts = _places(facts, lot)
    if lot.chance(0.75):
        parts.append(lot.one(_LIGHTS[facts["light"]]))
    if lot.chance(0.7):
        side = lot.one(_SIDES[facts["light_side"]])
        parts.append(side if side in ("逆光", "顶光") else f"光线来自{side}")
    if tones[0] and lot.chance(0.85):
        parts.append(lot.one(_TEMPERATURES[tones[0]]))
    if tones[1] and lot.chance(0.85):
        parts.append(lot.one(_MOODS[tones[1]]))
    if facts["blur"] == "strong" and lot.chance(0.4):
        parts.append("背景虚化")
    if facts.get("scatter", "none") != "none" and lot.chance(0.8):
        parts.append({"petals": "花瓣", "leaves": "落叶"}[facts["scatter"]])
    if (kind := PRODUCTS.get(facts["product"] or "")) and lot.chance(0.45):
        parts.append(_dyed(facts["product_color"], kind, lot))
    if lot.chance(0.5):
        lot.shuffle(parts)
    return "，".join(parts) or "产品照片"


def _dyed(color: str | None, noun: str, lot: Lot) -> str:
    names = COLORS.get(color or "")
    if not names or not lot.chance(0.94):
        return noun
    name = lot.one(names)
    return f"{name}{noun}" if name.endswith("色") else f"{name}色{noun}"


def _places(facts: Facts, lot: Lot) -> list[str]:
    scene, color = facts["scene"], facts["surface_color"]
    if scene == "seamless":
        return [_dyed(color, lot.one(("背景", "纯色背景")), lot)]
    if scene == "gradient":
        return [_dyed(color, "渐变背景", lot)]
    if scene == "podium":
        stand = _dyed(facts["accent"], lot.one(("展台", "底座")), lot)
        return [stand, _dyed(color, "背景", lot)]
    parts = []
    if scene != "wall" and lot.chance(0.94):
        parts.append(_dyed(color, lot.one(SURFACES[facts["surface"]]), lot))
    if facts["wall"] and lot.chance(0.92):
        parts.append(_dyed(facts["wall_color"], lot.one(WALLS[facts["wall"]]), lot))
    if scene == "floor" and facts["elevation"] >= 60 and lot.chance(0.7):
        parts.append(lot.one(("俯拍", "俯视")))
    return parts
