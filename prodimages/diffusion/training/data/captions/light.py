"""Words for the light and its mood."""

from __future__ import annotations

from prodimages.diffusion.training.data.captions.wording import Facts, Lot

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
MOODS = {
    "bright": ("bright", "bright and airy", "bright mood", "fresh"),
    "dark": ("dark", "moody", "dark mood", "dark and dramatic"),
}


def light(facts: Facts, lot: Lot, tones: tuple[str, str]) -> str:
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
