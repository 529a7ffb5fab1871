"""Which styles there are for a product, and whether a style can be served at all."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from prodimages.choices import Task
from prodimages.exceptions import RequestRefused
from prodimages.models import ProductSettings, Style, StyleRule
from prodimages.pipeline import planner
from prodimages.pipeline.color_words import MARK, in_words, is_chinese
from prodimages.pipeline.lengths import length_by_category
from prodimages.pipeline.overrides import Overrides
from prodimages.pipeline.registry import CHAINS
from prodimages.pipeline.surfaces import surface_by_category
from prodimages.services import prompts
from prodimages.services.try_on.house_models import model_problems
from prodimages.services.views import UNSEEN, Seen, view_of, width_of
from prodimages.shops.base import ProductInfo

# Stands in for a product when a style is checked before any product is known.
SAMPLE = ProductInfo(key="0", name="Sample", category="sample", color="white")


def wish_for(
    style: Style,
    info: ProductInfo,
    *,
    own: ProductSettings | None = None,
    prompt: str = "",
    size: int | None = None,
    count: int = 1,
    seed: int = 0,
    overrides: Overrides | None = None,
    locked: Mapping[str, Any] | None = None,
    fitting: Mapping[str, Any] | None = None,
    seen: Seen = UNSEEN,
) -> planner.Wish:
    """The plain wish that ``style`` means for a product. Raises RequestRefused (prompt).

    Without ``overrides`` the placement counts that staff had remembered for the product.
    """
    if size is not None:
        style = copy.copy(style)
        style.size = size
    width, height = style.dimensions
    view, view_from = view_of(info, own, seen)
    color = _color_of(style, info, seen)
    width_cm = width_of(info, own, seen)
    return planner.Wish(
        task=style.task,
        engine=style.engine,
        prompt=prompts.render(style.prompt, info, prompt, color=color),
        negative_prompt=prompts.clean(style.negative_prompt),
        parameters={**style.parameters, **(fitting or {})},
        seed=seed,
        count=count,
        width=width,
        height=height,
        format=style.format,
        quality=style.quality,
        style=style.as_plan(),
        view=view,
        product={
            "name": info.name,
            "category": info.category,
            "surface": surface_of(info, own),
            "width_cm": width_cm,
            "length_cm": None if width_cm else length_by_category(info.category, info.product_type),
            "view_from": view_from.value,
            **({"color_from_photo": True} if color == MARK else {}),
        },
        product_words=tuple(prompts.values_of(info, color).values()),
        overrides=remembered(own) if overrides is None else overrides,
        locked=locked or {},
    )


def _color_of(style: Style, info: ProductInfo, seen: Seen) -> str:
    """Words, or a mark for a worker, where the prompt asks for a color that the shop lacks."""
    if info.color or "cutout" not in CHAINS.get(style.task, ()):
        return ""
    if "color" not in prompts.fields_of(style.prompt):
        return ""
    return in_words(seen.colors, chinese=is_chinese(style.prompt)) if seen.colors else MARK


def remembered(own: ProductSettings | None) -> Overrides:
    """The placement that staff had remembered for the product; empty when they had none."""
    return Overrides.parse(own.placement) if own and own.placement else Overrides()


def surface_of(info: ProductInfo, own: ProductSettings | None) -> str:
    """What staff said of the product's material, over what its category gives."""
    if own is not None and own.surface:
        return own.surface
    return surface_by_category(info.category, info.product_type).value


def problems_of(style: Style) -> dict[str, list[str]]:
    """What keeps ``style`` from being served, by field of the style; empty when nothing does."""
    if not isinstance(style.parameters, dict):
        return {"parameters": [_('Write the parameters as a JSON object: {"name": value}.')]}
    if not style.task or style.size is None:
        return {}  # the field's own error is shown already
    if style.task == Task.TRY_ON and (problems := model_problems(style.parameters, style.shop)):
        return {"parameters": problems}
    try:
        planner.make_plan(wish_for(style, SAMPLE))
    except RequestRefused as refused:
        fields = {field.name for field in Style._meta.fields}
        return {
            name if name in fields else "__all__": texts for name, texts in refused.problems.items()
        }
    return {}


def matches(rule: StyleRule, info: ProductInfo) -> bool:
    """Whether every condition that ``rule`` sets holds for the product, ignoring case."""
    path = rule.category.strip("/ ").lower()
    category = info.category.strip("/ ").lower()
    if path and category != path and not category.startswith(path + "/"):
        return False
    if rule.tag and rule.tag.lower() not in {tag.lower() for tag in info.tags}:
        return False
    return not rule.product_type or rule.product_type.lower() == info.product_type.lower()


def styles_by_rule(
    info: ProductInfo, rules: Sequence[StyleRule], own: ProductSettings | None = None
) -> tuple[list[Style], str]:
    """The styles a product gets by itself, and the name of what chose them."""
    if own is not None and (styles := [style for style in own.styles.all() if style.is_active]):
        return styles, _("product settings")
    for rule in rules:
        if matches(rule, info):
            return [style for style in rule.styles.all() if style.is_active], rule.name
    return [], ""
