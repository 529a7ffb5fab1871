"""The studio's parameters: what a style may set, checked and frozen."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _

from prodimages.engines.studio import vocabulary
from prodimages.engines.studio.scenes import SCENES

PLACEMENT = frozenset({"fill", "align", "ground"})
"""Keys of a style that the place step reads; the studio lets them pass."""

_CHOICES: dict[str, tuple[str, ...]] = {
    "scene": tuple(SCENES),
    "surface": vocabulary.SURFACES,
    "wall": vocabulary.WALLS,
    "pattern": vocabulary.PATTERNS,
    "scatter": vocabulary.SCATTERS,
    "light": vocabulary.LIGHTS,
    "temperature": vocabulary.TEMPERATURES,
    "shadow": vocabulary.SHADOWS,
    "mood": vocabulary.MOODS,
}
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SceneParameters:
    """Wishes for a scene; None leaves the choice to the scene family."""

    scene: str | None = None
    """A family of ``scenes.SCENES``, such as ``oak-table`` or ``podium``."""
    color: str | None = None
    """``#rrggbb``: the seamless paper or the wall's paint; for a packshot, the background."""
    accent: str | None = None
    """``#rrggbb``: the podium, or the dye of a surface of ``vocabulary.DYEABLE``."""
    surface: str | None = None
    """What the product stands or lies on."""
    wall: str | None = None
    """What is behind it."""
    pattern: str | None = None
    """What the light passes through: ``window`` or ``leaves``."""
    scatter: str | None = None
    """What lies about on the surface: ``petals`` or ``leaves``."""
    light: str | None = None
    """Where the light comes from."""
    temperature: str | None = None
    """The light's color temperature."""
    shadow: str | None = None
    """``soft``, ``hard`` or ``none``."""
    mood: str | None = None
    """``bright``, ``calm`` or ``dark``: exposure and contrast."""
    reflection: bool | None = None
    """Whether the surface mirrors the product faintly."""

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> tuple[Self, list[str]]:
        """The parameters that are sound, and words about each one that is not."""
        known: dict[str, Any] = {}
        problems: list[str] = []
        for name, value in values.items():
            if value in (None, "") or name in PLACEMENT or name == "vary":  # of an order
                continue
            try:
                known[name] = _checked(name, value)
            except ValueError as error:
                problems.append(str(error))
        return cls(**known), problems

    def over(self, other: SceneParameters) -> SceneParameters:
        """These wishes, and where there is none, those of ``other``."""
        mine = {key: value for key, value in dataclasses.asdict(self).items() if value is not None}
        return dataclasses.replace(other, **mine)


def _checked(name: str, value: Any) -> Any:
    """``value`` in its stored form; ValueError in words when it can't be used."""
    if name in ("color", "accent"):
        return color_of(value)
    if name == "reflection":
        if value in (True, "yes"):
            return True
        if value in (False, "no"):
            return False
        raise ValueError(_("“reflection” is either true or false."))
    if name not in _CHOICES:
        raise ValueError(_("The studio has no parameter “%(name)s”.") % {"name": name})
    if value not in _CHOICES[name]:
        raise ValueError(
            _("The studio has no %(name)s “%(value)s”; it has %(choices)s.")
            % {"name": name, "value": value, "choices": ", ".join(_CHOICES[name])}
        )
    return value


def color_of(value: Any) -> str:
    """A color's name or hexadecimal value as ``#rrggbb``; ValueError in words otherwise."""
    text = str(value).strip().lower()
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    if _HEX.fullmatch(text):
        return text
    meaning = vocabulary.PHRASES.get(text)
    if meaning and meaning[0] == "color":
        return meaning[1]
    raise ValueError(_("“%(value)s” is neither a known color nor #rrggbb.") % {"value": value})
