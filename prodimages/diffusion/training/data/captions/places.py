"""Words for what the product is on and before, by the kind of scene."""

from __future__ import annotations

from collections.abc import Callable

from prodimages.diffusion.training.data.captions.wording import Facts, Lot

Place = tuple[str, bool]
"""Words for where the product is, and whether they begin with what it stands on."""
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


def where(facts: Facts, lot: Lot) -> Place:
    return _PLACES.get(facts["scene"], _tabletop)(facts, lot)


def article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _colored(color: str | None, noun: str, lot: Lot, keep: float = 0.94) -> str:
    return f"{color} {noun}" if color and lot.chance(keep) else noun


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
