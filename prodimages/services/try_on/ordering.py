"""A shopper's try-on from the photo to the job."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from prodimages.choices import Source, Task, TryOnOutcome
from prodimages.conf import settings
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.imaging.pose import Pose
from prodimages.models import GenerationJob, ShopperPhoto, Style, Submission, TryOn
from prodimages.pipeline.garments import problem_of
from prodimages.pipeline.registry import LOCATING
from prodimages.pipeline.spec import Plan
from prodimages.services import budgets, files, submission, wakeup
from prodimages.services.try_on import erasure, owners, quotas, regions
from prodimages.services.try_on.counts import count
from prodimages.shops.registry import shop_backend
from prodimages.storage import shopper_storage


class NoGarment(Exception):
    """The product is none that can be tried on; words for the shopper."""


class NotOffered(Exception):
    """The site has no try-on."""


class FromBehind(Exception):
    """The shopper says that the photo is one from behind; words for the shopper."""


class RegionsSpent(Exception):
    """The region of one try-on was asked for too often."""


MOST_REGIONS = 12
"""Jobs of one try-on that only find the region: each costs as much as a picture, nearly."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What a shopper sent, once its form is checked."""

    product: Model
    photo: bytes | None = dataclasses.field(repr=False)
    """None: with the photo that this owner gave before."""
    token: str = dataclasses.field(repr=False)
    """The owner's; a new one for whoever has none."""
    address: str = dataclasses.field(repr=False)
    landmarks: Pose | None = None
    """Given when the shopper has placed them; they are not asked for again."""
    is_front: bool | None = None
    """The shopper's answer to whether the photo is from the front; None: not asked."""
    shows_region: bool = False
    """The shopper looks at the region once the landmarks are agreed to, before the picture is
    made.
    """
    shop: str = "local"


@sensitive_variables()
def place(wish: Wish) -> TryOn:
    """Keep the photo for its time, and queue what comes next.

    Raises NotOffered, NoGarment, FromBehind, RequestRefused (photo), QuotaSpent, NotYours,
    BudgetSpent; nothing is kept then.
    """
    if settings.TRY_ON_ENGINE not in settings.ENGINES:
        raise NotOffered
    if wish.is_front is False:
        count(wish.shop, TryOnOutcome.REFUSED_PHOTO)
        raise FromBehind(from_behind())
    info = shop_backend(wish.shop).describe(wish.product)
    if problem := problem_of(info.category, info.product_type, info.name):
        count(wish.shop, TryOnOutcome.REFUSED_PRODUCT)
        raise NoGarment(problem)
    owner = owners.digest(wish.token)
    known = owners.newest_photo(wish.token) if wish.photo is None else None
    try:  # before the photo is opened, so that refusing photos has its limit as well
        quotas.take(
            quotas.keys_for(owner=owner, address=wish.address, product=str(wish.product.pk))
        )
    except quotas.QuotaSpent:
        count(wish.shop, TryOnOutcome.OVER_QUOTA)
        raise
    content, size = (None, (0, 0)) if wish.photo is None else _reencoded(wish)
    photo = known or _photo_row(wish, owner, size)
    try_on = TryOn.objects.create(
        photo=photo, product_id=wish.product.pk, is_painting=wish.shows_region
    )
    try:
        if content is not None:
            files.write_verified(shopper_storage(), str(photo.file.name), content)
        if wish.landmarks is not None:
            _agree(photo, wish.landmarks, wish.is_front)
        queue(try_on, wish.product)
    except BaseException:
        if known is None:
            erasure.erase(photo, TryOnOutcome.REFUSED_PHOTO)
        else:
            try_on.delete()
        raise
    count(wish.shop, TryOnOutcome.ASKED)
    return try_on


def agree(
    try_on: TryOn, landmarks: Pose, *, is_front: bool | None = None, shows_region: bool = False
) -> None:
    """The shopper has looked at the landmarks: find the region by them where the shopper wants to
    look at it, else make the picture.

    Raises RequestRefused while something runs already, FromBehind, RegionsSpent and BudgetSpent.
    """
    if try_on.product is None:
        raise NoGarment(_("This product is not sold any more."))
    drop_edits(try_on)
    with transaction.atomic():
        locked = must_be_idle(try_on, "landmarks")
        _must_be_from_front(try_on.photo, is_front)
        found, _problems = Pose.parse(try_on.photo.landmarks)
        is_unmoved = found is not None and landmarks.is_near(found)
        _agree(try_on.photo, found if found is not None and is_unmoved else landmarks, is_front)
        try_on.is_painting = shows_region
        TryOn.objects.filter(pk=try_on.pk).update(is_painting=shows_region)
        is_there = bool(locked.region) and locked.region_for == region_key(try_on.photo)
        if not (shows_region and is_there):
            if shows_region:
                _count_region(try_on)
            queue(try_on, try_on.product)
    erasure.purge_jobs()


def must_be_idle(try_on: TryOn, field: str) -> TryOn:
    """The locked row, in a transaction. Raises RequestRefused while something runs, and when the
    picture is there; NotYours once all is erased.
    """
    # The photo's row first, as whoever erases locks it, so that none waits for the other.
    photo = ShopperPhoto.objects.alive().select_for_update().filter(pk=try_on.photo_id).first()
    locked = TryOn.objects.select_for_update().filter(pk=try_on.pk).first()
    if photo is None or locked is None:
        raise owners.NotYours
    job = GenerationJob.every.filter(try_on=locked).first()
    if job is not None and not job.is_finished:
        raise RequestRefused.about(field, _("Wait until what runs has ended."))
    if locked.file:
        text = _("The picture is there already; ask for another try-on.")
        raise RequestRefused.about(field, text)
    return locked


def region_key(photo: ShopperPhoto) -> str:
    """What a region that was found by the photo's landmarks is kept under."""
    return regions.key_of("", photo.landmarks)


def drop_edits(try_on: TryOn) -> None:
    """What was painted over another region goes: the file first, so that it never lacks a row."""
    if name := str(try_on.edits.name or ""):
        shopper_storage().delete(name)
        TryOn.objects.filter(pk=try_on.pk, edits=name).update(edits="")
        try_on.edits = ""


def _must_be_from_front(photo: ShopperPhoto, is_front: bool | None) -> None:
    """An outline does not tell front from back; where no face is found, the shopper has to."""
    if is_front is False:
        count(photo.shop, TryOnOutcome.REFUSED_PHOTO)
        raise FromBehind(from_behind())
    if photo.faces == 0 and not (is_front or photo.is_front):
        text = _("No face was found in the photo. Say whether it is from the front.")
        raise RequestRefused.about("front_view", text)


def from_behind() -> str:
    text: str = _(
        "A photo from behind can't be used. Take one from the front that shows you from the head "
        "to below the hips, with the arms a little off the body."
    )
    return text


def _count_region(try_on: TryOn) -> None:
    room = TryOn.objects.filter(pk=try_on.pk, regions_asked__lt=MOST_REGIONS)
    if not room.update(regions_asked=F("regions_asked") + 1):
        raise RegionsSpent


def _agree(photo: ShopperPhoto, landmarks: Pose, is_front: bool | None) -> None:
    photo.landmarks, photo.confirmed_at = landmarks.as_json(), timezone.now()
    photo.is_front = photo.is_front if is_front is None else is_front
    ShopperPhoto.objects.filter(pk=photo.pk).update(
        landmarks=photo.landmarks, confirmed_at=photo.confirmed_at, is_front=photo.is_front
    )


@sensitive_variables()
def _reencoded(wish: Wish) -> tuple[bytes, tuple[int, int]]:
    from prodimages.imaging.reencode import reencode

    assert wish.photo is not None
    try:
        return reencode(wish.photo, settings.TRY_ON_SIZE)
    except JobFailure as error:
        count(wish.shop, TryOnOutcome.REFUSED_PHOTO)
        raise RequestRefused.about("photo", str(error)) from error


def _photo_row(wish: Wish, owner: str, size: tuple[int, int]) -> ShopperPhoto:
    """The row names the file before it is written, so that no file is ever without one."""
    now = timezone.now()
    return ShopperPhoto.objects.create(
        shop=wish.shop,
        owner=owner,
        file=f"shoppers/photos/{secrets.token_hex(16)}.jpg",
        width=size[0],
        height=size[1],
        consent_at=now,
        consent_version=str(settings.TRY_ON_CONSENT_VERSION),
        is_of_age=True,
        is_front=wish.is_front,
        created_at=now,
        expires_at=now + timedelta(hours=float(settings.TRY_ON_HOURS)),
    )


def queue(try_on: TryOn, product: Any) -> GenerationJob:
    """Look for landmarks and the region; or make the picture where the shopper has agreed to some,
    and does not want to look at the region before.

    Raises RequestRefused in words, BudgetSpent among them.
    """
    photo = try_on.photo
    style = Style(
        shop=photo.shop,
        slug="try-on",
        name="try-on",
        task=Task.TRY_ON,
        engine=settings.TRY_ON_ENGINE,
        size=settings.TRY_ON_SIZE,
        requires_review=False,
    )
    order = submission.Order(
        products=[product], style=style, shop=photo.shop, source=Source.STOREFRONT, client="shopper"
    )
    job = submission.single_job(order)
    if photo.confirmed_at is None or try_on.is_painting:
        plan = Plan.from_json(job.plan)
        steps = [step for step in plan.steps if step.name in LOCATING]
        job.plan = dataclasses.replace(plan, steps=steps).as_json()
    job.style, job.for_shopper = None, True
    with transaction.atomic():
        job.submission = Submission.objects.create(
            shop=photo.shop,
            client="shopper",
            idempotency_key=secrets.token_urlsafe(24),
            body_digest="",
            source=Source.STOREFRONT,
        )
        job.save()
        alive = ShopperPhoto.objects.alive().select_for_update().filter(pk=photo.pk)
        if alive.first() is None:
            raise owners.NotYours
        TryOn.objects.filter(pk=try_on.pk).update(job=job)
        budgets.reserve([job], None)
        wakeup.wake_on_commit(job.queue)
    try_on.job = job
    return job
