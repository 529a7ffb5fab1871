"""Where a person's joints are in a photo: the few points that a garment is fitted to.

Free of numpy: web processes check what a person dragged.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Point = tuple[float, float]

NAMES = {
    "neck": gettext_lazy("neck"),
    "left_shoulder": gettext_lazy("left shoulder"),
    "right_shoulder": gettext_lazy("right shoulder"),
    "left_elbow": gettext_lazy("left elbow"),
    "right_elbow": gettext_lazy("right elbow"),
    "left_wrist": gettext_lazy("left wrist"),
    "right_wrist": gettext_lazy("right wrist"),
    "left_hip": gettext_lazy("left hip"),
    "right_hip": gettext_lazy("right hip"),
}
"""Left and right as seen in the picture, whichever side it is of the person."""
_LEAST, _MOST = -0.5, 2.5
"""Shares of the photo: elbows, wrists and hips may lie beyond its edge."""
_ROUNDING = 0.00056
_LEAST_SHOULDERS = 0.04
"""Shares of the photo's width between the shoulders."""


@dataclasses.dataclass(frozen=True)
class Pose:
    """Joints in shares of the photo's width and height, (0, 0) at its upper left."""

    points: Mapping[str, Point]

    @classmethod
    def parse(cls, data: Any) -> tuple[Pose | None, list[str]]:
        """The pose, or None and in words what is wrong with ``data``."""
        if not isinstance(data, Mapping):
            return None, [_("Landmarks are an object of names and pairs of numbers.")]
        problems = []
        if unknown := sorted(set(map(str, data)) - NAMES.keys()):
            text = _("There is no landmark “%(name)s”; known: %(known)s.")
            problems.append(text % {"name": unknown[0][:40], "known": ", ".join(NAMES)})
        points = {}
        for name, label in NAMES.items():
            point = _point(data.get(name))
            if point is None:
                text = _("The landmark “%(name)s” needs two numbers, its place across and down.")
                problems.append(text % {"name": label})
            else:
                points[name] = point
        if problems:
            return None, problems
        pose = cls(points)
        return (None, problems) if (problems := pose.problems()) else (pose, [])

    def problems(self) -> list[str]:
        """Why nothing can be fitted to this pose, in words."""
        (ax, ay), (bx, by) = self.points["left_shoulder"], self.points["right_shoulder"]
        if bx - ax < _LEAST_SHOULDERS:
            return [
                _(
                    "The left shoulder must be left of the right one, as seen in the picture, with "
                    "some room between them."
                )
            ]
        if not all(0 <= value <= 1 for value in (ax, ay, bx, by)):
            return [_("Both shoulders must be in the photo.")]
        if self.points["right_hip"][0] <= self.points["left_hip"][0]:
            return [_("The left hip must be left of the right one, as seen in the picture.")]
        if min(self.points[hip][1] for hip in ("left_hip", "right_hip")) <= max(ay, by):
            return [_("The hips must be below the shoulders.")]
        return []

    def is_near(self, other: Pose) -> bool:
        """Whether no point lies farther off than fields for a tenth of a percent round it."""
        return all(
            abs(here - there) <= _ROUNDING
            for name in NAMES
            for here, there in zip(self.points[name], other.points[name], strict=True)
        )

    def in_pixels(self, width: int, height: int) -> dict[str, Point]:
        return {name: (x * width, y * height) for name, (x, y) in self.points.items()}

    @classmethod
    def from_pixels(cls, points: Mapping[str, Point], width: int, height: int) -> Pose:
        return cls(
            {
                name: (_clipped(points[name][0] / width), _clipped(points[name][1] / height))
                for name in NAMES
            }
        )

    def as_json(self) -> dict[str, list[float]]:
        return {name: [round(x, 4), round(y, 4)] for name, (x, y) in self.points.items()}


def _clipped(value: float) -> float:
    return min(max(float(value), _LEAST), _MOST)


def _point(value: Any) -> Point | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in value):
        return None
    x, y = float(value[0]), float(value[1])
    good = math.isfinite(x) and math.isfinite(y) and _LEAST <= min(x, y) <= max(x, y) <= _MOST
    return (x, y) if good else None
