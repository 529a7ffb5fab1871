"""From the filled-in form to the jobs: preview, submit, and what to tell about it."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from prodimages.admin import proof_page
from prodimages.admin.access import may_see_jobs
from prodimages.admin.forms import GenerateForm
from prodimages.admin.pages import admin_url
from prodimages.admin.selection import Selection
from prodimages.choices import Source
from prodimages.exceptions import RequestRefused
from prodimages.pipeline.spec import Plan
from prodimages.services import proofs, workers
from prodimages.services.preview import preview
from prodimages.services.submission import Order, Receipt, submit

MOST_PRODUCTS = 10_000
SKIPPED_SHOWN = 5
WANTED = ("style", "count", "prompt", "seed", "size")
"""The fields of the form that say what is made, in the form's order."""
FITTING = ("fill", "enlargement")
"""The fields that say how the product is fitted into the picture."""


@dataclasses.dataclass(frozen=True)
class Ordering:
    """One person's order for some of the host's products."""

    host: ModelAdmin[Any]
    request: HttpRequest
    shop: str

    def products(self, selection: Selection) -> list[Model]:
        """The selected products that this person may have pictures made for.

        Raises RequestRefused when there are none, or too many for one order.
        """
        found = list(selection.products(self.host, self.request)[: MOST_PRODUCTS + 1])
        if len(found) > MOST_PRODUCTS:
            raise RequestRefused.about(
                "products",
                _("At most %(most)d products can be taken at once; narrow the list first.")
                % {"most": MOST_PRODUCTS},
            )
        # A list that the host joins with another table can name a product twice.
        once = {product.pk: product for product in found}.values()
        allowed = [
            product
            for product in once
            if self.host.has_view_or_change_permission(self.request, product)
        ]
        if not allowed:
            raise RequestRefused.about("products", _("Choose at least one product."))
        return allowed

    def preview(self, product: Model, wanted: dict[str, Any]) -> Plan:
        return preview(product, shop=self.shop, **wanted)

    def submit(self, form: GenerateForm) -> Receipt:
        """Raises RequestRefused; IdempotencyConflict for a form sent before with other values."""
        return submit(
            Order(
                products=self.products(form.cleaned_data["selection"]),
                **wanted_by(form),
                shop=self.shop,
                source=Source.ADMIN,
                client=f"user:{self.request.user.pk}",
                idempotency_key=form.cleaned_data["key"],
                proof=form.cleaned_data["proof"],
                user=self.request.user,
            )
        )

    def tell(self, receipt: Receipt) -> None:
        """Say how many jobs wait, what was skipped and why, and whether anybody works."""
        if not receipt.created:
            messages.info(self.request, _("This form was sent before; these are its jobs."))
            return
        held = proofs.held(receipt.submission).count()
        jobs = receipt.job_count - held
        text = ngettext("%(count)d job is queued.", "%(count)d jobs are queued.", jobs)
        messages.success(self.request, text % {"count": jobs})
        if held:
            text = ngettext("%(count)d job is held.", "%(count)d jobs are held.", held)
            messages.info(self.request, text % {"count": held})
        if receipt.skipped:
            messages.warning(self.request, _skipped(receipt))
        waiting = receipt.submission.jobs.order_by().values_list("queue", flat=True).distinct()
        if missing := workers.unserved(waiting):
            messages.warning(self.request, no_worker(missing))

    def after(self, receipt: Receipt) -> str:
        """Where to watch: the job, or the jobs of this order."""
        site = self.host.admin_site
        if not may_see_jobs(self.request):
            return admin_url(
                site, f"{self.host.opts.app_label}_{self.host.opts.model_name}_changelist"
            )
        if receipt.job_count == 1:
            job = receipt.submission.jobs.get()
            return admin_url(site, "prodimages_generationjob_change", job.pk)
        if proofs.held(receipt.submission).exists():
            return admin_url(site, proof_page.PAGE, receipt.submission.pk)
        jobs = admin_url(site, "prodimages_generationjob_changelist")
        return f"{jobs}?submission={receipt.submission.pk}"


def wanted_by(form: GenerateForm) -> dict[str, Any]:
    """The part of an order that the form's fields say."""
    wanted = {name: form.cleaned_data[name] for name in WANTED}
    fitting = {name: form.cleaned_data.get(name) for name in FITTING}
    return wanted | {"fitting": {name: value for name, value in fitting.items() if value}}


def _skipped(receipt: Receipt) -> str:
    skipped = receipt.skipped
    text = ngettext(
        "%(count)d product was skipped: %(names)s",
        "%(count)d products were skipped: %(names)s",
        len(skipped),
    )
    names = "; ".join(
        f"{item.name} ({item.reason.rstrip('.')})" for item in skipped[:SKIPPED_SHOWN]
    )
    if len(skipped) > SKIPPED_SHOWN:
        names += _("; and %(more)d more") % {"more": len(skipped) - SKIPPED_SHOWN}
    return text % {"count": len(skipped), "names": f"{names}."}


def no_worker(queues: list[str]) -> str:
    project = django_settings.ROOT_URLCONF.rpartition(".")[0] or "your_project"
    return _(
        "No worker has been seen for a minute, so the jobs wait. "
        "Start one: celery -A %(project)s worker -Q %(queues)s"
    ) % {"project": project, "queues": ",".join(queues)}
