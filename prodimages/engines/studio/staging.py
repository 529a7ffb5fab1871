"""Settles what is shown: prompt over style over scene family, as far as the view allows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from django.utils.translation import gettext as _

from prodimages.engines.base import View
from prodimages.engines.studio.lighting import follow
from prodimages.engines.studio.parameters import SceneParameters
from prodimages.engines.studio.scenes import SCENES, Scene
from prodimages.engines.studio.vocabulary import DISTANT, DYEABLE
from prodimages.imaging.types import PlacedProduct

HORIZON_LIMIT = 35.0
"""Camera elevation in degrees above which no wall or horizon shows behind the surface."""
LYING_FROM = 50.0
"""Camera elevation in degrees from which a product on a surface is taken to lie flat."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stage:
    """How the scene is seen."""

    kind: str
    """``standing`` (ground and what is behind it), ``overhead`` (a surface from above), ``wall``
    (seen frontally) or ``air`` (before seamless paper, which it does not touch)."""
    elevation: float
    """Of the camera over the plane that carries the product, in degrees."""


def stage_for(view: View) -> Stage:
    if view.support == "wall":
        return Stage(kind="wall", elevation=0.0)
    if view.support == "none":
        return Stage(kind="air", elevation=0.0)
    if view.elevation > HORIZON_LIMIT:
        return Stage(kind="overhead", elevation=min(view.elevation, 90.0))
    return Stage(kind="standing", elevation=max(view.elevation, 3.0))


def settle(
    style: SceneParameters,
    understood: Mapping[str, str],
    view: View,
    product: PlacedProduct | None = None,
) -> tuple[Scene, Stage, list[str]]:
    """The scene, how it is seen, and words about wishes that the view rules out."""
    wishes = SceneParameters.parse(understood)[0]
    scene = follow(_chosen(wishes, style), wishes.over(style), product)
    stage = stage_for(view)
    scene, notices = _fit(scene, stage)
    return scene, stage, [*_unmet(wishes, scene, stage), *notices]


def _unmet(wishes: SceneParameters, scene: Scene, stage: Stage) -> list[str]:
    """Words about wishes of the prompt that the scene's own nature rules out."""
    notices = []
    for wish, has in ((wishes.surface, scene.surface), (wishes.wall, scene.wall)):
        if wish and stage.kind != "air" and (scene.seamless or wish != has):
            notices.append(
                _("A scene of the kind “%(scene)s” has no %(wish)s.")
                % {"scene": scene.family, "wish": wish}
            )
    if wishes.accent and not scene.podium and (scene.seamless or scene.surface not in DYEABLE):
        notices.append(_("The surface keeps its own color."))
    if not scene.seamless:
        if stage.kind == "overhead" and (wishes.color or wishes.wall):
            notices.append(_("The product is seen from above, so no wall shows."))
        elif wishes.color and scene.wall in DISTANT:
            notices.append(_("A distant backdrop keeps its own colors."))
    if wishes.reflection and not scene.reflection:
        notices.append(_("This view or podium shows no reflection."))
    return notices


def settle_packshot(
    style: SceneParameters,
    understood: Mapping[str, str],
    view: View,
    product: PlacedProduct | None = None,
) -> tuple[Scene, Stage, list[str]]:
    """One plain color, white unless wished otherwise, and a soft shadow or none."""
    wishes = SceneParameters.parse(understood)[0].over(style)
    notices = []
    shadow = wishes.shadow or "soft"
    if shadow == "hard":
        shadow = "soft"
        notices.append(_("A packshot has a soft shadow or none; the shadow is soft."))
    scene = Scene(
        family="packshot",
        seamless=True,
        color=wishes.color or "#ffffff",
        light=wishes.light or "front",
        shadow=shadow,
    )
    return follow(scene, wishes, product), stage_for(view), notices


def _chosen(wishes: SceneParameters, style: SceneParameters) -> Scene:
    """A family named in the prompt starts afresh; else the style's own, changed by both."""
    if wishes.scene and wishes.scene != style.scene:
        style = dataclasses.replace(
            style,
            scene=None,
            surface=None,
            wall=None,
            color=None,
            accent=None,
            pattern=None,
            scatter=None,
        )
    merged = wishes.over(style)
    base = SCENES[merged.scene or _family_of(merged)]
    if base.seamless and not wishes.scene and (wishes.surface or wishes.wall):
        base = SCENES[_family_of(merged)]
    changes = {key: value for key, value in dataclasses.asdict(merged).items() if value is not None}
    changes.pop("scene", None)
    if merged.wall and merged.wall != base.wall and merged.color is None:
        changes["color"] = WALL_COLORS.get(merged.wall, base.color)
    return dataclasses.replace(base, **changes)


WALL_COLORS = {"brick": "#94604f", "tile": "#eceae4", "concrete": "#b9b7b2", "panel": "#dcd9d0"}
"""What a wall looks like when nobody asks for a color."""


def _family_of(wishes: SceneParameters) -> str:
    """The family whose surface or wall comes nearest."""
    for scene in SCENES.values():
        if wishes.surface == scene.surface and not scene.seamless and wishes.surface != "paper":
            return scene.family
    for scene in SCENES.values():
        if wishes.wall and wishes.wall == scene.wall and not scene.seamless:
            return scene.family
    if wishes.pattern in ("window", "leaves"):
        return "window-light" if wishes.pattern == "window" else "leaf-shadow"
    return "sweep"


def _fit(scene: Scene, stage: Stage) -> tuple[Scene, list[str]]:
    notices = []
    if stage.kind == "overhead":
        if scene.podium:
            notices.append(_("The product is seen from above, so the podium is left out."))
        if scene.wall in DISTANT and not scene.seamless:
            notices.append(_("The product is seen from above, so nothing behind it shows."))
        if stage.elevation >= LYING_FROM and scene.light == "back":
            notices.append(_("Light from behind means light from the top of this picture."))
    if stage.kind == "wall":
        if scene.podium:
            notices.append(_("The product hangs, so the podium is left out."))
        elif not scene.seamless and scene.surface != "paper":
            notices.append(_("The product hangs before a wall, so no table shows."))
        if scene.wall in DISTANT:
            notices.append(_("A product can't hang before a distant backdrop; it has a wall."))
            scene = dataclasses.replace(scene, wall="plaster")
        if scene.light == "back":
            notices.append(_("A wall can't be lit from behind; the light comes from above."))
            scene = dataclasses.replace(scene, light="top")
    if stage.kind == "air":
        scene, notices = _before_paper(scene)
    if stage.kind != "standing":
        scene = dataclasses.replace(scene, podium=False, reflection=False)
    if scene.podium:
        scene = dataclasses.replace(scene, reflection=False)
    return scene, notices


def _before_paper(scene: Scene) -> tuple[Scene, list[str]]:
    """The scene for a product of which nobody knows whether it stood, lay or hung."""
    notices = []
    if not scene.seamless:
        notices.append(
            _(
                "The product is shown plane-on, without a horizon: seamless paper takes the place "
                "of table and wall."
            )
        )
    if scene.podium:
        notices.append(_("The product is shown plane-on, so the podium is left out."))
    if scene.light == "back":
        notices.append(_("Paper can't be lit from behind; the light comes from above."))
        scene = dataclasses.replace(scene, light="top")
    return dataclasses.replace(scene, seamless=True), notices
