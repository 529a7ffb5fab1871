"""A shopper's try-on from the photo to the job."""

from __future__ import annotations

import dataclasses
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
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
from prodimages.services.try_on import erasure, owners, quotas
from prodimages.services.try_on.counts import count
from prodimages.shops.registry import shop_backend
from prodimages.storage import shopper_storage


class NoGarment(Exception):
    """The product is none that can be tried on; words for the shopper."""


class NotOffered(Exception):
    """The site has no try-on."""


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
    """Given when the shopper has placed them; the picture is made without asking again."""
    shop: str = "local"


@sensitive_variables()
def place(wish: Wish) -> TryOn:
    """Keep the photo for its time, and queue what comes next.

    Raises NotOffered, NoGarment, RequestRefused (photo), QuotaSpent, NotYours, BudgetSpent;
    nothing is kept then.
    """
    if settings.TRY_ON_ENGINE not in settings.ENGINES:
        raise NotOffered
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
    try_on = TryOn.objects.create(photo=photo, product_id=wish.product.pk)
    try:
        if content is not None:
            files.write_verified(shopper_storage(), str(photo.file.name), content)
        if wish.landmarks is not None:
            _agree(photo, wish.landmarks)
        queue(try_on, wish.product)
    except BaseException:
        if known is None:
            erasure.erase(photo, TryOnOutcome.REFUSED_PHOTO)
        else:
            try_on.delete()
        raise
    count(wish.shop, TryOnOutcome.ASKED)
    return try_on


def agree(try_on: TryOn, landmarks: Pose) -> None:
    """The shopper has looked at the landmarks: make the picture with them.

    Raises RequestRefused while a picture is being made already, and BudgetSpent.
    """
    if try_on.product is None:
        raise NoGarment(_("This product is not sold any more."))
    with transaction.atomic():
        locked = TryOn.objects.select_for_update().get(pk=try_on.pk)
        job = GenerationJob.every.filter(try_on=locked).first()
        if job is not None and not job.is_finished:
            text = _("Wait until what runs has ended.")
            raise RequestRefused.about("landmarks", text)
        if locked.file:
            text = _("The picture is there already; ask for another try-on.")
            raise RequestRefused.about("landmarks", text)
        _agree(try_on.photo, landmarks)
        try_on.photo.refresh_from_db()
        queue(try_on, try_on.product)
    erasure.purge_jobs()


def _agree(photo: ShopperPhoto, landmarks: Pose) -> None:
    photo.landmarks, photo.confirmed_at = landmarks.as_json(), timezone.now()
    ShopperPhoto.objects.filter(pk=photo.pk).update(
        landmarks=photo.landmarks, confirmed_at=photo.confirmed_at
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
        created_at=now,
        expires_at=now + timedelta(hours=float(settings.TRY_ON_HOURS)),
    )


def queue(try_on: TryOn, product: Any) -> GenerationJob:
    """Look for landmarks, or make the picture where the shopper has agreed to some.

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
    if photo.confirmed_at is None:
        plan = Plan.from_json(job.plan)
        steps = [step for step in plan.steps if step.name in LOCATING]
        job.plan = dataclasses.replace(plan, steps=steps).as_json()
        job.photo_ref = ""
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
