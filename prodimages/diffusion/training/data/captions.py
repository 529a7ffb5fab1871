"""Puts a record's facts into words: exact, varied, English and now and then Chinese.

Only what is a fact is said, some of it left out by lot, in the words that the studio reads in
prompts (``engines.studio.vocabulary``), so that one prompt means the same to both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodimages.diffusion.training.data import captions_chinese
from prodimages.diffusion.training.data.wording import Lot

if TYPE_CHECKING:
    import numpy as np

CHINESE_SHARE = 0.15
SAID_FROM = 0.4
"""Warmth and brightness, -1..1, from which on either is worth a word."""

Facts = Mapping[str, Any]


def caption(
    facts: Facts, rng: np.random.Generator, *, warmth: float | None, brightness: float | None
) -> str:
    """What the record shows when its light is tinted and exposed so.

    ``warmth`` is -1 (cool) to 1 (golden), ``brightness`` -1 (dark) to 1 (bright); both add to
    what the facts say of the picture itself.
    """
    lot = Lot(rng)
    warm = float(facts.get("warmth") or 0.0) + (warmth or 0.0)
    bright = float(facts.get("brightness") or 0.0) + (brightness or 0.0)
    if lot.chance(CHINESE_SHARE):
        return captions_chinese.sentence(facts, lot, tone(warm, bright))
    return _sentence(facts, lot, tone(warm, bright))


def tone(warmth: float, brightness: float) -> tuple[str, str]:
    """The studio's names for such a temperature and mood; empty where it is not marked."""
    temperature = ""
    if abs(warmth) >= SAID_FROM:
        temperature = "cool" if warmth < 0 else "golden" if warmth > 0.8 else "warm"
    mood = ""
    if abs(brightness) >= SAID_FROM:
        mood = "dark" if brightness < 0 else "bright"
    return temperature, mood


def mirrored(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of the picture with left and right exchanged."""
    sides = {"left": "right", "right": "left"}
    flipped = facts | {"light_side": sides.get(facts["light_side"], facts["light_side"])}
    if direction := facts.get("key_direction"):
        flipped["key_direction"] = [-direction[0], *direction[1:]]
    return flipped


# -- English ------------------------------------------------------------------------------


def _sentence(facts: Facts, lot: Lot, tones: tuple[str, str]) -> str:
    place, stands = _place(facts, lot)
    rest = [part for part in (_light(facts, lot, tones), *_extras(facts, lot, tones)) if part]
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


Place = tuple[str, bool]
"""Words for where the product is, and whether they begin with what it stands on."""


def _joint(stands: bool, lot: Lot) -> str:
    if stands:
        return lot.one(("on", "on", "standing on", "placed on"))
    return lot.one(("before", "against"))


def _place(facts: Facts, lot: Lot) -> Place:
    return _PLACES.get(facts["scene"], _tabletop)(facts, lot)


def article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _colored(color: str | None, noun: str, lot: Lot, keep: float = 0.94) -> str:
    return f"{color} {noun}" if color and lot.chance(keep) else noun


SURFACES: dict[str, tuple[str, ...]] = {
    "oak": ("oak table", "oak tabletop", "light wood table", "wooden table", "oak surface"),
    "walnut": ("walnut table", "dark wood table", "walnut tabletop", "walnut surface"),
    "painted": ("painted wood table", "painted table", "painted wood surface"),
    "marble": ("marble table", "marble countertop", "marble surface", "marble slab"),
    "concrete": ("concrete table", "concrete surface", "cement surface", "concrete slab"),
    "linen": ("linen tablecloth", "linen surface", "linen cloth", "fabric surface"),
    "terrazzo": ("terrazzo table", "terrazzo surface", "terrazzo countertop"),
    "slate": ("slate surface", "slate table", "slate slab", "stone surface"),
    "paper": ("paper surface", "paper table", "table"),
    "paving": ("paving", "flagstones", "pavers"),
    "sand": ("sand", "sandy floor", "sandy surface"),
    "snow": ("snow", "snowy surface"),
}
WALLS: dict[str, tuple[str, ...]] = {
    "plaster": ("plaster wall", "wall", "wall", "stucco wall", "plaster background"),
    "concrete": ("concrete wall", "cement wall", "concrete background"),
    "tile": ("tiled wall", "tile wall", "tiles"),
    "brick": ("brick wall", "red brick wall", "bricks"),
    "panel": ("panelled wall", "paneled wall", "wall panels", "panel wall"),
    "bokeh": ("bokeh", "city lights", "bokeh lights", "bokeh background"),
    "festive": ("festive lights", "christmas lights", "festive background", "holiday lights"),
    "garden": ("garden", "greenery", "foliage", "garden background"),
    "blossom": ("cherry blossoms", "blossom", "spring blossoms"),
    "autumn": ("autumn trees", "autumn background", "autumn scenery"),
    "winter": ("winter trees", "winter background", "snowy trees"),
    "sea": ("sea", "ocean", "beach and sea", "seaside"),
}
_BARE = frozenset({"sand", "snow", "paving", "flagstones", "pavers"})
_PLURAL = ("s", "bokeh", "greenery", "foliage", "blossom")


def _surface(facts: Facts, lot: Lot) -> str:
    name = lot.one(SURFACES[facts["surface"]])
    if facts["surface"] in ("sand", "snow"):
        return name if name in _BARE else article(name)
    words = _colored(facts["surface_color"], name, lot)
    return words if name in _BARE else article(words)


def _wall(facts: Facts, lot: Lot) -> str:
    name = lot.one(WALLS[facts["wall"]])
    if facts["wall"] == "sea":
        return f"the {name}"
    words = _colored(facts["wall_color"], name, lot)
    return words if name.endswith(_PLURAL) else article(words)


def _tabletop(facts: Facts, lot: Lot) -> Place:
    with_surface, with_wall = lot.chance(0.94), lot.chance(0.92)
    if not facts["wall"] or not with_wall:
        return _surface(facts, lot), True
    if not with_surface:
        return _wall(facts, lot), False
    joint = lot.one(("against", "against", "before", "with", "and"))
    return f"{_surface(facts, lot)} {joint} {_wall(facts, lot)}", True


def _outdoor(facts: Facts, lot: Lot) -> Place:
    joint = lot.one(("before", "with", "against"))
    if lot.chance(0.1):
        return _wall(facts, lot), False
    return f"{_surface(facts, lot)} {joint} {_wall(facts, lot)}", True


def _seamless(facts: Facts, lot: Lot) -> Place:
    color = facts["surface_color"]
    form = lot.one(
        ("seamless {} paper", "{} seamless background", "plain {} background", "{} background",
         "{} sweep", "{} backdrop", "simple {} studio background", "{} paper background")
    )  # fmt: skip
    return article(form.format(color)), False


def _gradient(facts: Facts, lot: Lot) -> Place:
    form = lot.one(("{} gradient", "{} gradient background", "gradient {} background"))
    return article(form.format(facts["surface_color"])), False


def _podium(facts: Facts, lot: Lot) -> Place:
    stand = lot.one(("podium", "podium", "pedestal", "plinth", "round podium"))
    if stand == "round podium" and facts.get("podium") == "block":
        stand = "podium"
    stand = article(_colored(facts["accent"], stand, lot))
    if lot.chance(0.08):
        return stand, True
    back = _colored(facts["surface_color"], lot.one(("background", "backdrop", "wall")), lot)
    return f"{stand} {lot.one(('against', 'before', 'with', 'and'))} {article(back)}", True


def _shelf(facts: Facts, lot: Lot) -> Place:
    color = facts["surface_color"]
    wood = {"oak": "oak", "walnut": "walnut", "painted": "painted wood"}
    board = article(_colored(color, f"{wood.get(facts['surface'], facts['surface'])} shelf", lot))
    if lot.chance(0.1):
        return board, True
    return f"{board} {lot.one(('on', 'against', 'before'))} {_wall(facts, lot)}", True


def _floor(facts: Facts, lot: Lot) -> Place:
    surface = _surface(facts, lot)
    if facts["elevation"] < 60 or lot.chance(0.25):
        return surface, True
    view = lot.one(("seen from above", "from above", "top view", "overhead view", "flat lay"))
    return f"{surface} {view}", True


def _hanging(facts: Facts, lot: Lot) -> Place:
    return _wall(facts, lot), False


_PLACES: dict[str, Callable[[Facts, Lot], Place]] = {
    "outdoor": _outdoor,
    "seamless": _seamless,
    "gradient": _gradient,
    "podium": _podium,
    "shelf": _shelf,
    "floor": _floor,
    "wall": _hanging,
}

_SIDES = {
    "left": ("from the left", "from the left", "left", "from the left side"),
    "right": ("from the right", "from the right", "right", "from the right side"),
    "front": ("from the front", "frontal"),
    "back": ("from behind", "backlit", "backlight"),
    "above": ("from above", "overhead", "from above"),
}
_TEMPERATURES = {
    "cool": ("cool", "cool", "cold"),
    "warm": ("warm", "warm", "warm"),
    "golden": ("golden", "golden hour", "sunset", "warm golden"),
}
_MOODS = {
    "bright": ("bright", "bright and airy", "bright mood", "fresh"),
    "dark": ("dark", "moody", "dark mood", "dark and dramatic"),
}


def _light(facts: Facts, lot: Lot, tones: tuple[str, str]) -> str:
    """``warm soft light from the left`` or a part of it."""
    kind, side = facts["light"], facts["light_side"]
    temperature = lot.one(_TEMPERATURES[tones[0]]) if tones[0] and lot.chance(0.85) else ""
    name = "light"
    if lot.chance(0.75):
        name = {
            "soft": lot.one(("soft light", "soft light", "diffuse light", "gentle soft light")),
            "hard": lot.one(("hard light", "hard light", "harsh light", "hard shadow")),
            "sun": lot.one(("sunlight", "sunny light", "hard sunlight")),
            "window": lot.one(("window light", "window shadow", "light through a window")),
            "leaf shadow": lot.one(
                ("leaf shadows", "dappled light", "shadow of leaves", "palm leaf shadow")
            ),
        }.get(kind, "light")
    where = lot.one(_SIDES[side]) if lot.chance(0.72) else ""
    if name == "light" and not temperature and not where:
        return ""
    if where in ("backlit", "backlight"):
        return f"{temperature} {name}, {where}".strip()
    if where in ("frontal", "overhead"):
        return " ".join(f"{where} {temperature} {name}".split())
    where = f"{where} side" if where in ("left", "right") else where
    return " ".join(f"{temperature} {name} {where}".split())


def _extras(facts: Facts, lot: Lot, tones: tuple[str, str]) -> list[str]:
    extras = []
    if tones[1] and lot.chance(0.85):
        extras.append(lot.one(_MOODS[tones[1]]))
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
    name = _NAMES.get(kind, kind)
    words = f"{color} {name}" if color else name
    return words if kind in _PAIRED else article(words)


_NAMES = {
    "folded cloth": "folded clothes",
    "perfume": "perfume bottle",
    "plant pot": "potted plant",
}
"""Where the kind's own name would be read as something else, or is no good English."""
_PAIRED = frozenset({"trousers", "books", "folded cloth"})


def all_words() -> Sequence[str]:
    """Every color, material and kind that captions name, for whoever makes a tokenizer."""
    from prodimages.diffusion.training.data.scenes import LYING, STANDING
    from prodimages.engines.studio.vocabulary import COLORS

    phrases = [*COLORS, *STANDING, *LYING, *_NAMES.values()]
    phrases += [name for names in (*SURFACES.values(), *WALLS.values()) for name in names]
    return sorted({word for phrase in phrases for word in phrase.split()})
