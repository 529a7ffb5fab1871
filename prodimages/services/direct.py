"""Make a picture from a file, without a product, a row or a worker."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from prodimages.cutouts.proposals.base import Box
from prodimages.engines.registry import get_engine
from prodimages.exceptions import RequestRefused
from prodimages.models import ProductSettings, Style
from prodimages.pipeline import planner, runner
from prodimages.pipeline.context import PersonSource, StepContext
from prodimages.pipeline.spec import Plan
from prodimages.services.styles import wish_for
from prodimages.shops.base import ProductInfo


@dataclasses.dataclass(frozen=True, kw_only=True)
class DirectPicture:
    content: bytes
    details: Mapping[str, Any]
    plan: Plan
    notices: tuple[str, ...]
    timings: Mapping[str, float]
    """Seconds by step."""


class _MemoryCutouts:
    """The CutoutStore of one run: remembers nothing, and knows the caller's mask."""

    def __init__(self, mask: bytes | None) -> None:
        self._mask = mask

    def load(self, key: str) -> bytes | None:
        return None

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> None:
        pass

    def chosen(self) -> tuple[str, bytes] | None:
        return None if self._mask is None else ("staff", self._mask)

    def kept_extras(self) -> tuple[tuple[str, Box], ...]:
        return ()


class _MemoryPicture:
    """The PictureSink of one run, for one picture."""

    def __init__(self) -> None:
        self.content = b""
        self.details: Mapping[str, Any] = {}

    def missing_indexes(self) -> list[int]:
        return [] if self.content else [0]

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        self.content, self.details = content, details


class _NoWatch:
    def begin_step(self, seconds: float) -> None:
        pass

    def end_step(self) -> None:
        pass

    def begin_turn(self, seconds: float) -> None:
        pass


def make_picture(
    photo: bytes,
    style: Style,
    *,
    info: ProductInfo,
    prompt: str = "",
    seed: int = 0,
    size: int | None = None,
    format: str | None = None,
    elevation: float | None = None,
    mask: bytes | None = None,
    person: PersonSource | None = None,
    report: Callable[[str, float], None] = lambda stage, fraction: None,
) -> DirectPicture:
    """One finished, marked picture of the product in ``photo``.

    ``mask`` is an 8-bit gray PNG of the photo's size that replaces the cut-out; ``person`` wears
    the product in a try-on. Raises
    RequestRefused when the style can't be served, JobFailure when the photo can't.
    """
    own = None if elevation is None else ProductSettings(elevation=elevation)
    wish = wish_for(style, info, own=own, prompt=prompt, size=size, seed=seed)
    if format is not None:
        wish = dataclasses.replace(wish, format=format)
    plan = planner.make_plan(wish)
    picture = _MemoryPicture()
    context = StepContext(
        plan=plan,
        engine=get_engine(plan.engine),
        read_photo=lambda: photo,
        cutouts=_MemoryCutouts(mask),
        pictures=picture,
        person=person,
        report=report,
        is_canceled=lambda: False,
        stops_for_staff=False,
        notices=list(plan.notices),
    )
    (run,) = runner.run_batch([context], _NoWatch(), on_end=lambda position, run: None)
    if run.error is not None:
        raise run.error
    return DirectPicture(
        content=picture.content,
        details=picture.details,
        plan=plan,
        notices=tuple(context.notices),
        timings=run.timings,
    )


def style_named(slug: str, shop: str = "local") -> Style:
    """The shop's style, or a shipped one. Raises RequestRefused naming those there are."""
    from prodimages.services.shipped import shipped_styles

    known = {style.slug: style for style in shipped_styles(shop)}
    with contextlib.suppress(DatabaseError):  # a file's picture needs no migrate
        known |= {style.slug: style for style in Style.objects.offered(shop)}
    if slug in known:
        return known[slug]
    raise RequestRefused.about(
        "style",
        _("There is no style “%(slug)s”. Known: %(known)s.")
        % {"slug": slug, "known": ", ".join(sorted(known))},
    )
