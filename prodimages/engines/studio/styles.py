"""The styles that come with the studio, as plain data for whoever seeds them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

_TABLE: dict[str, Any] = {"fill": 0.58, "align": "ground", "ground": 0.82}
_SEAMLESS: dict[str, Any] = {"fill": 0.6, "align": "ground", "ground": 0.82}


def _style(
    slug: str, name: str, *, task: str = "background", prompt: str = "", **parameters: Any
) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": name,
        "task": task,
        "prompt": prompt,
        "parameters": parameters,
    }


STYLES: list[dict[str, Any]] = [
    _style(
        "white-packshot",
        gettext_noop("White packshot"),
        task="packshot",
        color="#ffffff",
        shadow="soft",
        fill=0.85,
        align="center",
    ),
    _style(
        "gray-packshot",
        gettext_noop("Light gray packshot"),
        task="packshot",
        color="#f0f0ef",
        shadow="soft",
        fill=0.8,
        align="center",
    ),
    _style(
        "plain-white",
        gettext_noop("White without shadow"),
        task="packshot",
        color="#ffffff",
        shadow="none",
        fill=0.85,
        align="center",
    ),
    _style("marble-table", gettext_noop("Marble table"), scene="marble-table", **_TABLE),
    _style("oak-table", gettext_noop("Oak table"), scene="oak-table", **_TABLE),
    _style("walnut-table", gettext_noop("Walnut and sage"), scene="walnut-table", **_TABLE),
    _style("concrete-table", gettext_noop("Concrete"), scene="concrete-table", **_TABLE),
    _style("linen-table", gettext_noop("Linen"), scene="linen-table", **_TABLE),
    _style("terrazzo-table", gettext_noop("Terrazzo"), scene="terrazzo-table", **_TABLE),
    _style("slate-table", gettext_noop("Dark slate"), scene="slate-table", **_TABLE),
    _style("kitchen", gettext_noop("Kitchen tiles"), scene="kitchen", **_TABLE),
    _style("brick-loft", gettext_noop("Brick loft"), scene="brick-loft", **_TABLE),
    _style("evening", gettext_noop("Evening lights"), scene="evening", **_TABLE),
    _style("garden", gettext_noop("Garden"), scene="garden", **_TABLE),
    _style("patio", gettext_noop("Patio"), scene="patio", **_TABLE),
    _style("spring-blossom", gettext_noop("Spring blossom"), scene="spring", **_TABLE),
    _style("summer-beach", gettext_noop("Summer beach"), scene="beach", **_TABLE),
    _style("autumn-leaves", gettext_noop("Autumn leaves"), scene="autumn", **_TABLE),
    _style("winter-snow", gettext_noop("Winter snow"), scene="winter", **_TABLE),
    _style("holiday-lights", gettext_noop("Holiday lights"), scene="holiday", **_TABLE),
    _style(
        "painted-boards",
        gettext_noop("White boards"),
        scene="oak-table",
        surface="painted",
        accent="#f1eee8",
        wall="panel",
        color="#a9b597",
        **_TABLE,
    ),
    _style("window-light", gettext_noop("Window light"), scene="window-light", **_TABLE),
    _style("leaf-shadow", gettext_noop("Leaf shadow"), scene="leaf-shadow", **_TABLE),
    _style("seamless-gray", gettext_noop("Seamless gray"), scene="sweep", **_SEAMLESS),
    _style(
        "seamless-sage",
        gettext_noop("Seamless sage"),
        scene="sweep",
        color="#a9b597",
        light="left",
        **_SEAMLESS,
    ),
    _style("blue-gradient", gettext_noop("Blue gradient"), scene="gradient", **_SEAMLESS),
    _style(
        "blush-podium",
        gettext_noop("Blush podium"),
        scene="podium",
        fill=0.5,
        align="ground",
        ground=0.76,
    ),
    _style(
        "navy-podium",
        gettext_noop("Navy podium"),
        scene="podium",
        color="#2b3a5c",
        accent="#d9b98a",
        fill=0.5,
        align="ground",
        ground=0.76,
    ),
]
"""``fill``, ``align`` and ``ground`` are for the place step; all else is the studio's."""
