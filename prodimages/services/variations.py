"""“More like this”: the same product and style again, with parts kept from one picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.choices import Source
from prodimages.exceptions import RequestRefused
from prodimages.models import GeneratedImage
from prodimages.pipeline.color_words import MARK
from prodimages.pipeline.overrides import Overrides
from prodimages.services import prompts
from prodimages.services.submission import Order, Receipt, submit
from prodimages.shops.registry import shop_backend

PARTS = {
    "scene": gettext_lazy("scene"),
    "light": gettext_lazy("light"),
    "color": gettext_lazy("color"),
    "placement": gettext_lazy("placement"),
}


def lockable(image: GeneratedImage) -> list[str]:
    """The parts that the picture's engine recorded, so that they can be kept."""
    kept = [part for part in ("scene", "light", "color") if parameters_of(image, part)]
    return [*kept, "placement"]


def variable(image: GeneratedImage) -> list[str]:
    """The parts that the studio can draw anew; another engine has only its seed for that."""
    if image.job.plan.get("engine") != "studio":
        return []
    return [part for part in lockable(image) if part != "placement"]


def parameters_of(image: GeneratedImage, part: str) -> dict[str, Any]:
    """The engine's parameters that make ``part`` again; empty when it was not recorded."""
    facts: Mapping[str, Any] = image.engine_facts
    light: Mapping[str, Any] = facts.get("light") or {}
    wanted: dict[str, Any] = {}
    if part == "light":
        names = {"light": "from", "temperature": "temperature", "shadow": "shadow"}
        wanted = {name: light.get(fact) for name, fact in names.items()}
        wanted["mood"] = facts.get("mood") if wanted["light"] else None
    elif part == "color":
        wanted = {"color": facts.get("color")}
    elif part == "scene" and facts.get("scene") != "packshot":  # which is a task, not a scene
        wanted = {"scene": facts.get("scene")}
        wanted |= {name: facts.get(name) for name in ("accent", "pattern", "scatter")}
        if facts.get("wall"):  # a sheet of paper has none, nor has a view from above
            wanted |= {"surface": facts.get("surface"), "wall": facts["wall"]}
    return {name: value for name, value in wanted.items() if value}


def order_like(
    image: GeneratedImage,
    *,
    locked: Collection[str],
    count: int,
    user: Any,
    varied: Collection[str] = (),
    key: str = "",
) -> Receipt:
    """Order ``count`` pictures with new seeds, and ``locked`` parts as they are in ``image``.

    ``varied`` parts are drawn anew for each picture, but not what is locked. The rest follows the
    style as it is today. Raises RequestRefused when the
    product or the style is gone, or the engine can't keep what is locked.
    """
    job = image.job
    if job.product is None or job.style is None:
        raise RequestRefused.about("__all__", _("The product or the style was deleted."))
    keep: dict[str, Any] = {}
    for part in locked:
        keep |= parameters_of(image, part)
    if drawn := [part for part in varied if part not in locked]:
        keep["vary"] = ",".join(drawn)
    overrides = None
    if "placement" in locked:
        placed = {**job.plan.get("placement", {})}
        placed.pop("light", None)
        overrides = Overrides.parse(placed)
    return submit(
        Order(
            products=[job.product],
            style=job.style,
            count=count,
            prompt=_added_words(image),
            size=max(job.plan["width"], job.plan["height"]),
            overrides=overrides,
            locked=keep,
            shop=job.shop,
            source=Source.ADMIN,
            client=f"user:{user.pk}",
            idempotency_key=key,
            user=user,
        )
    )


def _added_words(image: GeneratedImage) -> str:
    """What the order had added to the style's prompt, as far as that can still be told."""
    job = image.job
    assert job.style is not None
    info = shop_backend(job.shop).describe(job.product)
    mark = MARK if job.plan.get("product", {}).get("color_from_photo") else ""
    of_style = prompts.render(job.style.prompt, info, color=mark)
    whole = str(job.plan.get("prompt", ""))
    return whole.removeprefix(of_style).removeprefix(", ") if whole.startswith(of_style) else ""
