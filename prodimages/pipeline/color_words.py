"""Words for the color of a product that its shop doesn't name: read from the photo by a worker.

A plan is frozen before its photo was ever looked at, so its prompt holds a mark in the place of
the color; the plan says so, and the same photo always gives the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

MARK = "⟨color⟩"
_HAN = re.compile(r"[\u4e00-\u9fff]")

CHINESE: dict[str, str] = {
    "white": "白色",
    "cream": "米白色",
    "beige": "米色",
    "gray": "灰色",
    "black": "黑色",
    "red": "红色",
    "dark red": "深红色",
    "pink": "粉色",
    "orange": "橙色",
    "brown": "棕色",
    "dark brown": "深棕色",
    "tan": "棕褐色",
    "yellow": "黄色",
    "olive": "橄榄绿色",
    "green": "绿色",
    "light green": "浅绿色",
    "dark green": "深绿色",
    "turquoise": "绿松石色",
    "blue": "蓝色",
    "light blue": "浅蓝色",
    "navy": "深蓝色",
    "purple": "紫色",
    "lilac": "淡紫色",
}
"""Every name that is read from a photo, in English and Chinese."""


def in_words(names: Sequence[str], *, chinese: bool) -> str:
    """Such as “red and white”; a name that is unknown stays as it is."""
    if chinese:
        return "".join(CHINESE.get(name, name) for name in names)
    return " and ".join(names)


def filled(prompt: str, names: Sequence[str]) -> str:
    """The prompt with the color in the place of its mark, in the prompt's own language."""
    words = in_words(names, chinese=is_chinese(prompt))
    return " ".join(prompt.replace(MARK, words).split())


def is_chinese(prompt: str) -> bool:
    return bool(_HAN.search(prompt))


def told(names: Sequence[str]) -> str:
    """A notice for staff."""
    if not names:
        return _("The photo gives no color to name; the prompt goes without one.")
    return _("Read from the photo: %(color)s.") % {"color": in_words(names, chinese=False)}
