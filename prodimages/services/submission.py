"""The one way in: every face, command and hook submits here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from prodimages.choices import Source, Task
from prodimages.conf import settings
from prodimages.exceptions import IdempotencyConflict, RequestRefused
from prodimages.models import (
    ApiKey,
    GenerationJob,
    ProductSettings,
    Style,
    StyleRule,
    Submission,
)
from prodimages.pipeline import planner
from prodimages.pipeline.garments import problem_of
from prodimages.pipeline.overrides import Overrides
from prodimages.pipeline.registry import needs_photo
from prodimages.services import budgets, proofs, wakeup
from prodimages.services.styles import styles_by_rule, wish_for
from prodimages.services.views import Seen, seen_for
from prodimages.shops.base import ProductInfo, ShopBackend
from prodimages.shops.registry import shop_backend

CHUNK = 500


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody asks for."""

    products: Sequence[models.Model]
    style: Style | None = None
    """None lets the rules choose, product by product."""
    count: int = 1
    seed: int | None = None
    """None draws one a job."""
    prompt: str = ""
    """Words added to the style's prompt."""
    size: int | None = None
    """Longest side in pixels, over the style's."""
    overrides: Overrides | None = None
    """The placement set by hand. None takes what is remembered for each product; an empty
    one leaves everything to the style.
    """
    locked: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The engine's parameters that neither the style nor the prompt may change."""
    fitting: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """How a product is fitted into its picture, over the style's parameters: ``fill`` and
    ``enlargement``."""
    shop: str = "local"
    source: Source
    client: str
    """Whose idempotency keys these are."""
    api_key: ApiKey | None = None
    """Through which it came, and whose budget it counts against beside the shop's."""
    body_digest: str = ""
    """SHA-256 of the request as it came, where a face must know a repeat before it has looked
    anything up; empty: by what the order says.
    """
    idempotency_key: str = ""
    """Empty: never the same as another order."""
    once: str = ""
    """Of the orders with this name, only one may have an unfinished job for a product and a
    style; IntegrityError for the others. Empty: any number may.
    """
    user: Any = None
    priority: int = 0
    proof: bool = False
    """Make the first few only, and hold the rest until somebody says yes
    (``services.proofs``); without effect on an order of ``PROOF_OVER`` products or fewer.
    """

    def digest(self) -> str:
        """SHA-256 of all that decides what is made; the same for a repeated request."""
        if self.body_digest:
            return self.body_digest
        body: dict[str, Any] = {
            "products": sorted(str(product.pk) for product in self.products),
            "style": self.style.slug if self.style else None,
            "count": self.count,
            "seed": self.seed,
            "prompt": self.prompt,
            "size": self.size,
        }
        if self.overrides is not None:  # as before it could be given, for requests repeated later
            body["overrides"] = self.overrides.given()
        if self.fitting:
            body["fitting"] = dict(self.fitting)
        if self.locked:
            body["locked"] = dict(self.locked)
        if self.proof:
            body["proof"] = True
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class Skipped(NamedTuple):
    """A product that got no job."""

    key: str
    """Its primary key, as text."""
    name: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Receipt:
    submission: Submission
    created: bool
    """False when this repeats an earlier request; its jobs are the earlier ones."""
    job_count: int
    skipped: Sequence[Skipped] = ()


def submit(order: Order) -> Receipt:
    """Write the jobs of ``order`` in one transaction and wake the workers after it.

    Raises RequestRefused, with nothing written, when no product can be served;
    IdempotencyConflict when the key was used with another body, BudgetSpent when a daily
    budget has no room for all of it.
    """
    if not order.products:
        raise RequestRefused.about("products", _("Choose at least one product."))
    backend = shop_backend(order.shop)
    key = order.idempotency_key or secrets.token_urlsafe(24)
    if earlier := _earlier(order, key):
        return earlier
    skipped: list[Skipped] = []
    jobs = list(_jobs(order, backend, skipped))
    if not jobs:
        raise RequestRefused({"products": [f"{item.name}: {item.reason}" for item in skipped]})
    if order.proof:
        proofs.hold_rest(jobs)
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                shop=order.shop,
                client=order.client,
                idempotency_key=key,
                body_digest=order.digest(),
                source=order.source,
                created_by=order.user,
                api_key=order.api_key,
                skipped=skipped,
            )
            for job in jobs:
                job.submission = submission
            GenerationJob.objects.bulk_create(jobs, batch_size=CHUNK)
            budgets.reserve(jobs, order.api_key)  # last: other orders wait for these rows
            for queue in {job.queue for job in jobs}:
                wakeup.wake_on_commit(queue)
    except IntegrityError:
        # The same request, a moment earlier, on another thread or machine.
        if earlier := _earlier(order, key):
            return earlier
        _refuse_deleted(order)
        raise
    return Receipt(submission=submission, created=True, job_count=len(jobs), skipped=skipped)


def _refuse_deleted(order: Order) -> None:
    """Raises RequestRefused when a product went away while its job was being written."""
    keys = {product.pk for product in order.products}
    model = type(order.products[0])
    if model._base_manager.filter(pk__in=keys).count() < len(keys):
        raise RequestRefused.about(
            "products", _("A product was deleted at the same moment. Choose the products again.")
        )


def _earlier(order: Order, key: str) -> Receipt | None:
    return repeat_of(shop=order.shop, client=order.client, key=key, digest=order.digest())


def repeat_of(*, shop: str, client: str, key: str, digest: str) -> Receipt | None:
    """What came of an earlier request with this key; None when there was none.

    Raises IdempotencyConflict when its body was another.
    """
    found = Submission.objects.filter(shop=shop, client=client, idempotency_key=key).first()
    if found is None:
        return None
    if found.body_digest != digest:
        raise IdempotencyConflict.about(
            "idempotency_key", _("This key was used before for another request.")
        )
    return Receipt(
        submission=found,
        created=False,
        job_count=found.jobs.count(),
        skipped=[Skipped(*item) for item in found.skipped],
    )


def _jobs(order: Order, backend: ShopBackend, skipped: list[Skipped]) -> Iterator[GenerationJob]:
    rules = [] if order.style else list(StyleRule.objects.for_shop(order.shop))
    queues = {alias: _queue_of(alias) for alias in settings.ENGINES}
    for start in range(0, len(order.products), CHUNK):
        products = order.products[start : start + CHUNK]
        photos = backend.photos_for(products)
        refs = {key: found[0].ref for key, found in photos.items() if found}
        seen = seen_for(products, refs, shop=order.shop)
        settings_of = {
            own.product_id: own
            for own in ProductSettings.objects.filter(
                product_id__in=[product.pk for product in products]
            ).prefetch_related("styles")
        }
        for product in products:
            info = backend.describe(product)
            own = settings_of.get(product.pk)
            styles, chosen_by = (
                ([order.style], "") if order.style else styles_by_rule(info, rules, own)
            )
            ref = refs.get(product.pk)
            servable = [style for style in styles if ref is not None or not needs_photo(style.task)]
            worn = _why_not_worn(info)
            tried = [style for style in servable if style.task == Task.TRY_ON and worn]
            servable = [style for style in servable if style not in tried]
            if not servable:
                why = worn if tried else _why_skipped(ref)
                skipped.append(Skipped(str(product.pk), info.name, why))
            for style in servable:
                job = _job(order, product, info, style, own, seen[product.pk])
                job.chosen_by = chosen_by
                if order.once:
                    job.active_key = f"{order.once}:{product.pk}:{style.pk}"[:200]
                if ref is not None and needs_photo(style.task):
                    job.photo_ref = ref
                job.queue = queues.get(style.engine, settings.QUEUE)
                yield job


def _why_not_worn(info: ProductInfo) -> str:
    return problem_of(info.category, info.product_type, info.name)


def single_job(order: Order) -> GenerationJob:
    """The job, not saved yet, of an order with one product and a style.

    Raises RequestRefused when the style can't be served or the product has no photo.
    """
    skipped: list[Skipped] = []
    backend = shop_backend(order.shop)
    for job in _jobs(order, backend, skipped):
        return job
    raise RequestRefused({"product": [item.reason for item in skipped]})


def _why_skipped(ref: str | None) -> str:
    return (
        _("The product has no photo yet.") if ref is None else _("No rule chooses a style for it.")
    )


def _queue_of(alias: str) -> str:
    return str(settings.ENGINES[alias].get("QUEUE", settings.QUEUE))


def _job(
    order: Order,
    product: models.Model,
    info: ProductInfo,
    style: Style,
    own: ProductSettings | None,
    seen: Seen,
) -> GenerationJob:
    # Seeds stay below 2**31 when drawn, so that a person can type one again.
    seed = secrets.randbelow(2**31) if order.seed is None else order.seed
    plan = planner.make_plan(
        wish_for(
            style,
            info,
            own=own,
            prompt=order.prompt,
            size=order.size,
            count=order.count,
            seed=seed,
            overrides=order.overrides,
            locked=order.locked,
            fitting=order.fitting,
            seen=seen,
        )
    )
    return GenerationJob(
        shop=order.shop,
        product_id=product.pk,
        product_key=info.key[:200],
        product_label=info.name[:255],
        style=style,
        style_name=style.name,
        task=plan.task,
        engine=plan.engine,
        batch_key=plan.batch_key,
        count=plan.count,
        seed=plan.seed,
        plan=plan.as_json(),
        notices=list(plan.notices),
        requires_review=style.requires_review,
        priority=order.priority,
    )
