"""Previews of a product's picture from its stored cut-out, made in the web process.

One at a time in each process, so that staff who drag a product never take more than one
core from the shop's visitors. Nothing is stored, and no product is ever looked for in a
photo here: that is the workers' part.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from django.db.models import Model
from django.utils.translation import gettext as _

from prodimages.choices import FailureKind, JobState
from prodimages.conf import settings
from prodimages.engines.registry import get_engine
from prodimages.exceptions import JobFailure, ProdimagesError, RequestRefused
from prodimages.models import Cutout, GenerationJob, SourcePhoto, Style
from prodimages.pipeline.context import StepContext
from prodimages.pipeline.overrides import Overrides
from prodimages.pipeline.preview import Figure, Preview, figure_of, layer, render
from prodimages.pipeline.spec import Plan
from prodimages.services import files
from prodimages.services.photos import PhotoCutouts
from prodimages.services.preview import preview as plan_for
from prodimages.shops.registry import shop_backend
from prodimages.storage import private_storage

WAIT_SECONDS = 4.0
"""How long a request waits for the one before it."""
_MOST_FIGURES = 4

_turn = threading.Lock()
_figures: OrderedDict[tuple[str, ...], Figure] = OrderedDict()
"""The products placed last, by photo and cut-out, 10 MB each; for whose turn it is."""


class PreviewBusy(ProdimagesError):
    """Another preview is being made in this process."""

    retry_after = 2
    """Seconds."""

    def __init__(self) -> None:
        super().__init__(_("Another preview is being made; try again in a moment."))


class NoCutout(ProdimagesError):
    """No job has cut out the product yet."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The product was not cut out of its photo yet, and only a worker can do that. "
                "The first job does it; afterwards there is a preview."
            )
        )


class _StoredCutouts(PhotoCutouts):
    """Only what is there already."""

    def load(self, key: str) -> bytes:
        found = super().load(key)
        if found is None:
            raise NoCutout
        return found

    def save(self, key: str, alpha_png: bytes, *, details: Mapping[str, Any]) -> NoReturn:
        raise NoCutout


def preview_picture(
    product: Model,
    *,
    shop: str,
    style: Style,
    overrides: Overrides | None = None,
    seed: int = 0,
) -> Preview:
    """What the product's picture will look like, at 512 pixels.

    Raises RequestRefused (previews are switched off, the engine makes none, a value can't
    be used), NoCutout, PreviewBusy, and JobFailure when the photo can't be used.
    """
    refuse_unless_possible(style)
    plan = plan_for(product, shop=shop, style=style, seed=seed, overrides=overrides)
    photo = stored_photo(product, shop)
    if photo is None:
        raise NoCutout
    with _my_turn():
        return render(_context(plan, photo), _figure(plan, photo))


def product_layer(product: Model, *, shop: str, style: Style) -> bytes:
    """The cut-out product alone as a PNG. Raises as ``preview_picture`` does."""
    refuse_unless_possible(style)
    photo = stored_photo(product, shop)
    if photo is None:
        raise NoCutout
    plan = plan_for(product, shop=shop, style=style, overrides=Overrides())
    with _my_turn():
        return layer(_figure(plan, photo))


def refuse_unless_possible(style: Style) -> None:
    """Raises RequestRefused when there are no previews at all, or none of this style."""
    if not settings.PREVIEWS:
        raise RequestRefused.about("preview", _("Previews are switched off in this shop."))
    if not get_engine(style.engine).previews:
        raise RequestRefused.about(
            "preview",
            _("The engine “%(engine)s” makes no previews; its pictures follow the placement.")
            % {"engine": style.engine},
        )


def stored_photo(product: Model, shop: str) -> SourcePhoto | None:
    """The private copy of the photo that the product's next job would use, if there is one."""
    photos = shop_backend(shop).photos(product)
    if not photos:
        return None
    jobs = GenerationJob.objects.filter(
        shop=shop, product_id=product.pk, photo_ref=photos[0].ref, photo__isnull=False
    )
    last = jobs.select_related("photo").order_by("-pk").first()
    return last.photo if last else None


def is_cut_out(photo: SourcePhoto | None) -> bool:
    """Whether a preview can be expected: a cut-out is stored, or the photo needed none."""
    if photo is None:
        return False
    return photo.cutouts.exists() or photo.jobs.filter(state=JobState.SUCCEEDED).exists()


@contextlib.contextmanager
def _my_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise PreviewBusy
    try:
        yield
    finally:
        _turn.release()


def _figure(plan: Plan, photo: SourcePhoto) -> Figure:
    version = Cutout.objects.in_force(photo)
    before_place = {"prepare", "cutout", "correct"}
    how = [dict(step.parameters) for step in plan.steps if step.name in before_place]
    file = version.file.name or "" if version else ""
    key = (photo.shop, photo.digest, file, repr((how, plan.view, photo.corrections)))
    figure = _figures.get(key)
    if figure is None:
        figure = _figures[key] = figure_of(_context(plan, photo))
        if len(_figures) > _MOST_FIGURES:
            _figures.popitem(last=False)
    _figures.move_to_end(key)
    return figure


def _context(plan: Plan, photo: SourcePhoto) -> StepContext:
    return StepContext(
        plan=plan,
        engine=get_engine(plan.engine),
        read_photo=lambda: _photo_bytes(photo),
        cutouts=_StoredCutouts(photo),
        pictures=_Nowhere(),
        report=lambda stage, fraction: None,
        is_canceled=lambda: False,
        corrections=photo.corrections,
        stops_for_staff=False,
        notices=list(plan.notices),
    )


def _photo_bytes(photo: SourcePhoto) -> bytes:
    try:
        return files.read(private_storage(), photo.file.name)
    except FileNotFoundError as error:
        message = _("The photo is gone from the storage.")
        raise JobFailure(FailureKind.PHOTO_MISSING, message) from error


class _Nowhere:
    """The PictureSink of what is never stored."""

    def missing_indexes(self) -> list[int]:
        return []

    def save(
        self, index: int, content: bytes, thumbnail: bytes, *, details: Mapping[str, Any]
    ) -> None:
        raise AssertionError("a preview is never stored")
