"""How far photos would have to be enlarged for an order, told before anything is made.

From what is stored: a photo that no job has worked on yet is counted as unknown, and the worker
decides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.conf import settings
from prodimages.enlargement.registry import why_not
from prodimages.imaging.fit import MAX_ENLARGEMENT, MAX_LEARNED, wanted_scale
from prodimages.models import Cutout, SourcePhoto
from prodimages.pipeline.spec import Plan
from prodimages.pipeline.steps.enlarge import LEARNED, SMOOTH
from prodimages.services.known_photos import known_photos
from prodimages.shops.registry import shop_backend

CHUNK = 500
_WORKING_SIDE = 4096
"""Longest side in pixels of a photo that the pipeline works on."""
_LEAST_FILL = 0.05
_DEFAULT_FILL = 0.7

Size = tuple[float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Choice:
    """One way out: what to set, and the words that offer it."""

    field: str
    """``enlargement``, ``fill`` or ``size``."""
    value: str
    words: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resolution:
    known: int
    """Products whose photo's size is stored."""
    unknown: int
    over: int
    """Products that would be enlarged more than ``cap`` times."""
    most: float
    """The largest enlargement that is wanted; 0 where nothing is known."""
    cap: float
    choices: Sequence[Choice] = ()

    @property
    def words(self) -> str:
        """What to say of it; "" where every photo is large enough, or none is known."""
        if not self.over:
            return ""
        if self.known + self.unknown == 1:
            text = _(
                "The photo is small: the product would have to be enlarged %(most).1f times, and "
                "is enlarged %(cap)g times at most. It will be shown smaller."
            )
            return text % {"most": self.most, "cap": self.cap}
        text = ngettext(
            "%(over)d of %(all)d product would be enlarged more than %(cap)g times, and will be "
            "shown smaller.",
            "%(over)d of %(all)d products would be enlarged more than %(cap)g times, and will be "
            "shown smaller.",
            self.known + self.unknown,
        )
        text %= {"over": self.over, "all": self.known + self.unknown, "cap": self.cap}
        if self.unknown:
            more = ngettext(
                "%(count)d photo is not known yet.",
                "%(count)d photos are not known yet.",
                self.unknown,
            )
            text += " " + more % {"count": self.unknown}
        return text


def resolution(products: Sequence[Model], plan: Plan, *, shop: str) -> Resolution:
    """What ``plan`` would mean for the photos of ``products``, by what is stored of them."""
    steps = {step.name: step.parameters for step in plan.steps}
    if "place" not in steps:  # the picture takes its size from the photo
        return Resolution(known=0, unknown=len(products), over=0, most=0.0, cap=MAX_ENLARGEMENT)
    learned = steps.get("enlarge", {}).get("enlargement", SMOOTH) == LEARNED
    cap = MAX_LEARNED if learned else MAX_ENLARGEMENT
    place = steps["place"]
    wanted = [_wanted(size, plan, place) for size in _product_sizes(products, shop)]
    over = [scale for scale in wanted if scale > cap + 0.005]
    most = max(wanted, default=0.0)
    return Resolution(
        known=len(wanted),
        unknown=len(products) - len(wanted),
        over=len(over),
        most=most,
        cap=cap,
        choices=list(_choices(plan, place, most, learned=learned)) if over else (),
    )


def _wanted(size: Size, plan: Plan, place: Any) -> float:
    return wanted_scale(
        size,
        (plan.width, plan.height),
        fill=float(place.get("fill", _DEFAULT_FILL)),
        align=place.get("align", "center"),
        ground=float(place.get("ground", 0.86)),
        factor=float(place.get("scale", 1)),
    )


def _choices(plan: Plan, place: Any, most: float, *, learned: bool) -> Iterator[Choice]:
    """What would do for the smallest photo of all."""
    if not learned and not why_not():
        words = _("Enlarge by a trained model, up to %(most)g times; takes longer")
        yield Choice(field="enlargement", value=LEARNED, words=words % {"most": MAX_LEARNED})
    cap = MAX_LEARNED if learned else MAX_ENLARGEMENT
    fill = int(100 * float(place.get("fill", _DEFAULT_FILL)) * cap / most) / 100
    if fill >= _LEAST_FILL:
        words = _("Show it smaller: %(share)d %% of the picture")
        yield Choice(field="fill", value=f"{fill:.2f}", words=words % {"share": round(100 * fill)})
    longest = max(plan.width, plan.height)
    size = int(longest * cap / most)
    if size * min(plan.width, plan.height) >= settings.MIN_SIZE * longest:
        words = _("Make a smaller picture: %(size)d px")
        yield Choice(field="size", value=str(size), words=words % {"size": size})


def _product_sizes(products: Sequence[Model], shop: str) -> Iterator[Size]:
    """Width and height in pixels of each product in its photo, where a photo is known.

    Of a photo that isn't cut out yet the photo's own size: its product has no more pixels.
    """
    backend = shop_backend(shop)
    for start in range(0, len(products), CHUNK):
        chunk = products[start : start + CHUNK]
        refs = {key: photos[0].ref for key, photos in backend.photos_for(chunk).items() if photos}
        photos = known_photos(chunk, refs, shop)
        yield from _sizes_of(list(photos.values()))


def _sizes_of(photos: Sequence[int]) -> Iterator[Size]:
    boxes: dict[int, Size] = {}
    drafts = {"key__startswith": Cutout.STAFF_PREFIX, "approved_at__isnull": True}
    rows = (
        Cutout.objects.filter(photo__in=set(photos))
        .exclude(**drafts)
        .order_by(F("approved_at").desc(nulls_last=True), "-pk")
        .values_list("photo_id", "details")
    )
    for photo, details in rows:
        if photo not in boxes and (box := details.get("box")):
            boxes[photo] = (box[2] - box[0], box[3] - box[1])
    known = SourcePhoto.objects.filter(pk__in=set(photos) - boxes.keys())
    whole = {
        photo: _at_work((width, height))
        for photo, width, height in known.values_list("pk", "width", "height")
    }
    return (boxes.get(photo) or whole[photo] for photo in photos)


def _at_work(size: Size) -> Size:
    scale = min(1.0, _WORKING_SIDE / max(size))
    return size[0] * scale, size[1] * scale
