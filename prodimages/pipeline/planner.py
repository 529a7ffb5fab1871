"""Turns a wish into a frozen plan, or refuses it in words before a row is written.

Free of models and of heavy imports: web processes plan.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext as _

import prodimages
from prodimages.choices import Extra, Surface, Task
from prodimages.conf import settings
from prodimages.cutouts.proposals.base import removal_problem
from prodimages.engines.base import Engine, GenerationRequest, View
from prodimages.engines.registry import get_engine
from prodimages.enlargement.registry import why_not
from prodimages.exceptions import RequestRefused
from prodimages.pipeline.color_words import MARK
from prodimages.pipeline.overrides import Overrides
from prodimages.pipeline.registry import CHAINS, get_step
from prodimages.pipeline.spec import Plan, PlannedStep
from prodimages.pipeline.steps.enlarge import LEARNED, METHODS, SMOOTH
from prodimages.pipeline.steps.generate import MAX_SEED
from prodimages.pipeline.steps.whole import DEFAULT_FACTOR, FACTORS

# Parameters of a style that belong to a step of ours; the rest are the engine's.
STEP_PARAMETERS: dict[str, tuple[str, ...]] = {
    "cutout": ("remove",),
    "person": ("model",),
    "correct": ("correction", "most_color_shift"),
    "enlarge": ("enlargement",),
    "place": ("fill", "align", "ground"),
    "whole": ("factor",),
    "mark": ("format", "quality"),
}
_OURS = frozenset(name for names in STEP_PARAMETERS.values() for name in names)
_NEVER_WORN = (Extra.CLIP.value, Extra.HANGER.value)
_BOUNDS = (("fill", 0.05, 1.0), ("ground", 0.1, 1.0), ("most_color_shift", 0.0, 20.0))
# Above this camera elevation, in degrees, no horizon shows and nothing stands on a line.
MAX_STANDING_ELEVATION = 35.0
_PACKAGES = (
    "Pillow",
    "numpy",
    "scipy",
    "onnxruntime",
    "ncnn",
    "torch",
    "diffusers",
    "transformers",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What is wanted for one product, in plain values."""

    task: str
    engine: str
    prompt: str
    negative_prompt: str = ""
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    seed: int = 0
    count: int = 1
    width: int = 1024
    height: int = 1024
    format: str = "jpeg"
    quality: int = 92
    style: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    view: View = dataclasses.field(default_factory=View)
    product: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    product_words: Sequence[str] = ()
    """The product's own texts: an engine need not honor a word that only names the product."""
    overrides: Overrides = dataclasses.field(default_factory=Overrides)
    """What staff set by hand, over the parameters."""
    locked: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The engine's parameters that neither style nor prompt may change."""


@cache
def package_versions() -> dict[str, str]:
    """Versions that decide what a picture looks like, as installed here."""
    versions = {"prodimages": prodimages.__version__, "python": sys.version.split()[0]}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def make_plan(wish: Wish) -> Plan:
    """The frozen plan. Raises RequestRefused naming every field that can't be served."""
    engine = get_engine(wish.engine)
    wish, calmed = _calmed(wish, engine)
    if problems := _problems(wish, engine):
        raise RequestRefused(problems)
    names = CHAINS[wish.task]
    _assert_no_gap(names)
    return Plan(
        task=wish.task,
        engine=wish.engine,
        engine_version=engine.version,
        model=engine.model_info(),
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        seed=wish.seed,
        count=wish.count,
        width=wish.width,
        height=wish.height,
        steps=[_planned(name, wish) for name in names],
        style=wish.style,
        view=dataclasses.asdict(wish.view),
        product=wish.product,
        notices=[*calmed, *_notices(wish, engine)],
        packages=package_versions(),
        placement=wish.overrides.given(),
        alike=_alike(wish, engine),
        locked=dict(wish.locked),
    )


def _alike(wish: Wish, engine: Engine) -> str:
    """Twelve digits for the values of what the engine's pictures of one call share."""
    if engine.max_batch == 1:
        return ""
    given = _theirs(wish)
    shared = {name: given[name] for name in sorted(engine.shared_parameters) if name in given}
    if not shared:
        return ""
    return hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()[:12]


def _calmed(wish: Wish, engine: Engine) -> tuple[Wish, list[str]]:
    """A mirror-like product shows the room that it was photographed in, so a busy scene, which
    it would have to mirror, is exchanged for a calm one, in words.
    """
    if wish.product.get("surface") != Surface.MIRROR or wish.task not in engine.tasks:
        return wish, []
    fixed = engine.calm(Task(wish.task), _theirs(wish))
    if not fixed:
        return wish, []
    notice = _(
        "The product mirrors its surroundings, and would not mirror this scene; it is shown before "
        "seamless paper instead."
    )
    return dataclasses.replace(wish, locked={**wish.locked, **fixed}), [notice]


def _problems(wish: Wish, engine: Engine) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if wish.task not in engine.tasks or wish.task not in CHAINS:
        can = ", ".join(sorted(task for task in engine.tasks if task in CHAINS))
        problems["task"] = [
            _("The engine “%(engine)s” can't do “%(task)s”; it can do: %(can)s.")
            % {"engine": wish.engine, "task": wish.task, "can": can}
        ]
    if not 1 <= wish.count <= settings.MAX_COUNT:
        problems["count"] = [
            _("Between 1 and %(most)d pictures can be made at once.") % {"most": settings.MAX_COUNT}
        ]
    if not 0 <= wish.seed <= MAX_SEED:
        problems["seed"] = [_("A seed is a whole number from 0 to %(most)d.") % {"most": MAX_SEED}]
    sides = (wish.width, wish.height)
    if min(sides) < settings.MIN_SIZE or max(sides) > settings.MAX_SIZE:
        problems["size"] = [
            _("A picture's sides are %(least)d to %(most)d pixels long.")
            % {"least": settings.MIN_SIZE, "most": settings.MAX_SIZE}
        ]
    if refused := [*_parameter_problems(wish.parameters), *engine.refuse(_of_style(wish))]:
        problems["parameters"] = refused
    elif refused := engine.refuse(_theirs(wish)):
        problems["light"] = refused
    return problems or engine.problems(_asked(wish))


def _asked(wish: Wish) -> GenerationRequest:
    """The wish as the engine will get it, but for the product, which no one has placed yet."""
    return GenerationRequest(
        task=Task(wish.task),
        prompt=wish.prompt,
        negative_prompt=wish.negative_prompt,
        seed=wish.seed,
        width=wish.width,
        height=wish.height,
        view=wish.view,
        parameters=_theirs(wish),
    )


def _parameter_problems(parameters: Mapping[str, Any]) -> list[str]:
    found = []
    for name, least, most in _BOUNDS:
        value = parameters.get(name, most)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            found.append(
                _("“%(name)s” is a number from %(least)s to %(most)s.")
                % {"name": name, "least": least, "most": most}
            )
    if parameters.get("align", "center") not in {"center", "ground"}:
        found.append(_("“align” is either “center” or “ground”."))
    if parameters.get("factor", DEFAULT_FACTOR) not in FACTORS:
        found.append(_("“factor” is either 2 or 4."))
    method = parameters.get("enlargement", SMOOTH)
    if method not in METHODS:
        found.append(_("“enlargement” is either “smooth” or “learned”."))
    elif method == LEARNED and (problem := why_not()):
        found.append(problem)
    if parameters.get("correction", "auto") not in ("auto", "off"):
        found.append(_("“correction” is either “auto” or “off”."))
    if problem := removal_problem(parameters.get("remove", [])):
        found.append(problem)
    return found


def _planned(name: str, wish: Wish) -> PlannedStep:
    if name in {"generate", "upscale"}:
        parameters = _theirs(wish)
    elif name == "mark":
        parameters = {"format": wish.format, "quality": wish.quality}
    else:
        wanted = STEP_PARAMETERS.get(name, ())
        parameters = {key: wish.parameters[key] for key in wanted if key in wish.parameters}
        if name == "cutout" and wish.task == Task.TRY_ON:
            # Nobody wears a hanger.
            parameters["remove"] = sorted({*parameters.get("remove", ()), *_NEVER_WORN})
        if name == "place":
            parameters |= _placed_by_hand(wish)
    return PlannedStep(name=name, version=get_step(name).version, parameters=parameters)


def _placed_by_hand(wish: Wish) -> dict[str, Any]:
    """What the place step gets besides the style's own: a ground line only where there is one."""
    parameters: dict[str, Any] = wish.overrides.placing()
    if not stands(wish.view):
        parameters.pop("ground", None)
        return parameters | {"align": "center"}
    return parameters | ({"align": "ground"} if "ground" in parameters else {})


def _of_style(wish: Wish) -> dict[str, Any]:
    """The style's parameters that are the engine's."""
    return {key: value for key, value in wish.parameters.items() if key not in _OURS}


def _theirs(wish: Wish) -> dict[str, Any]:
    """The engine's parameters, those set by hand included."""
    by_hand = {} if wish.overrides.light is None else {"light": wish.overrides.light}
    return _of_style(wish) | dict(wish.locked) | by_hand


def stands(view: View) -> bool:
    """Whether the picture has a ground line that the product can stand on.

    Seen from high above, or hanging, a product has its place in the middle instead.
    """
    return view.support == "surface" and view.elevation <= MAX_STANDING_ELEVATION


@cache
def _assert_no_gap(names: tuple[str, ...]) -> None:
    """A chain that misses an artifact is a fault of the chain's author, not of the wish."""
    given: set[str] = set()
    for name in names:
        step = get_step(name)
        if missing := step.needs - given:
            raise AssertionError(f"Step {name} needs {sorted(missing)}, which nothing gives.")
        given |= step.gives


# An order has one prompt for thousands of products, unless its style names the product.
@lru_cache(maxsize=64)
def _ignored_words(engine: Engine, task: Task, prompt: str) -> tuple[str, ...]:
    return tuple(engine.read_prompt(task, prompt).ignored)


def _notices(wish: Wish, engine: Engine) -> list[str]:
    return [
        *_unread_notices(wish, engine),
        *_placement_notices(wish, engine),
        *_color_notices(wish),
    ]


def _color_notices(wish: Wish) -> list[str]:
    if not wish.product.get("color_from_photo"):
        return []
    notice = _(
        "The shop names no color: a worker reads it from the photo and puts it where the prompt "
        "says %(mark)s."
    )
    return [notice % {"mark": MARK}]


def _placement_notices(wish: Wish, engine: Engine) -> list[str]:
    notices = []
    if wish.overrides.ground is not None and not stands(wish.view):
        notices.append(_("The product does not stand in this view, so it has no ground line."))
    light = wish.overrides.light
    if light is None:
        return notices
    asked = engine.read_prompt(Task(wish.task), wish.prompt).understood.get("light")
    if asked not in (None, light):
        notices.append(
            _("The prompt asks for light from “%(asked)s”, but “%(light)s” was set by hand.")
            % {"asked": asked, "light": light}
        )
    return notices


def _unread_notices(wish: Wish, engine: Engine) -> list[str]:
    unread = _ignored_words(engine, Task(wish.task), wish.prompt)
    if not unread:
        return []
    known = set(re.findall(r"\w+", " ".join(wish.product_words).lower()))
    ignored = [word for word in unread if word.lower() not in known]
    if not ignored:
        return []
    return [_("Not honored by this engine: %(words)s.") % {"words": ", ".join(ignored)}]
