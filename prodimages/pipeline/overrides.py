"""Where staff want the product in the picture, over what the style says."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _

from prodimages.exceptions import RequestRefused

LIGHTS = ("left", "right", "front", "top", "back")
"""Sides that light can come from, as the engines' parameter ``light`` names them."""
BOUNDS: dict[str, tuple[float, float]] = {
    "x": (-0.5, 0.5),
    "y": (-0.5, 0.5),
    "scale": (0.25, 2.0),
    "rotation": (-45.0, 45.0),
    "ground": (0.1, 1.0),
}
_DECIMALS = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Overrides:
    """None leaves a value to the style."""

    x: float | None = None
    """To the right of the default place, as a fraction of the picture's width."""
    y: float | None = None
    """Below the default place, as a fraction of the picture's height."""
    scale: float | None = None
    """Factor on the size that the style's ``fill`` gives."""
    rotation: float | None = None
    """In degrees, clockwise."""
    ground: float | None = None
    """Where a standing product touches the ground, as a fraction of the height from above."""
    light: str | None = None
    """One of LIGHTS; counts more than the prompt's words."""

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Raises RequestRefused naming each value that can't be used; None and "" are none."""
        given = {name: value for name, value in values.items() if value not in (None, "")}
        problems: dict[str, list[str]] = {}
        for name, value in given.items():
            if problem := _problem(name, value):
                problems[name] = [problem]
        if problems:
            raise RequestRefused(problems)
        sound: dict[str, Any] = {
            name: value if name == "light" else round(float(value), _DECIMALS)
            for name, value in given.items()
        }
        return cls(**sound)

    def given(self) -> dict[str, Any]:
        """Only what was set; JSON-serializable."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def placing(self) -> dict[str, float]:
        """What of it the ``place`` step reads."""
        return {name: value for name, value in self.given().items() if name != "light"}


def _problem(name: str, value: Any) -> str:
    if name == "light":
        return "" if value in LIGHTS else _unknown_light(value)
    if name not in BOUNDS:
        return _("A placement has no “%(name)s”.") % {"name": name}
    least, most = BOUNDS[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and math.isfinite(value) and least <= value <= most:
        return ""
    return _("“%(name)s” is a number from %(least)s to %(most)s.") % {
        "name": name,
        "least": least,
        "most": most,
    }


def _unknown_light(value: Any) -> str:
    return _("Light comes from %(choices)s, not from “%(value)s”.") % {
        "choices": ", ".join(LIGHTS),
        "value": value,
    }
