"""“Place by hand…”: where one product stands in its picture, with a preview."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.urls import NoReverseMatch, path
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from prodimages.admin.forms import new_key
from prodimages.admin.ordering import Ordering
from prodimages.admin.pages import admin_url, guarded, page
from prodimages.admin.placement_form import NUMBERS, PlacementForm
from prodimages.admin.view_form import ViewForm
from prodimages.choices import Source
from prodimages.conf import settings
from prodimages.exceptions import IdempotencyConflict, JobFailure, RequestRefused
from prodimages.models import GenerationJob, Style
from prodimages.pipeline.overrides import BOUNDS, Overrides
from prodimages.services import picture_preview
from prodimages.services.picture_preview import NoCutout, PreviewBusy
from prodimages.services.placements import remember_placement, remembered_placement
from prodimages.services.submission import Order, submit


def urls(host: Any) -> list[Any]:
    """The addresses of the page and its pictures, under the host's product."""

    def view(act: Any) -> Any:
        def call(request: HttpRequest, object_id: str) -> HttpResponse:
            host._require(request)
            product = host._product_or_404(request, object_id)
            ordering = Ordering(host, request, host.get_generate_images_shop(request))
            answer: HttpResponse = act(ordering, product)
            return answer

        return guarded(host.admin_site, call)

    root, name = "<path:object_id>/placement/", f"{_names(host)}_placement"
    return [
        path(root, view(show), name=name),
        path(f"{root}preview/", view(preview), name=f"{name}_preview"),
        path(f"{root}layer/", view(layer), name=f"{name}_layer"),
    ]


def page_url(site: Any, product: Model, **query: Any) -> str:
    """The page of ``product``; empty where the host's admin of it has none."""
    app, _dot, model = settings.product_model.lower().partition(".")
    try:
        address = admin_url(site, f"{app}_{model}_placement", product.pk)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address


def show(ordering: Ordering, product: Model) -> HttpResponse:
    """The page; or what one of its buttons asks for."""
    data: QueryDict = ordering.request.POST
    if ordering.request.method != "POST":
        form = _opened(ordering, product)
        form.is_valid()
        return _page(ordering, product, form)
    if "_view" in data:
        return _remember_view(ordering, product)
    form = PlacementForm(data, shop=ordering.shop)
    if form.is_valid() and "_preview" not in data:
        try:
            if "_remember" in data:
                return _remember(ordering, product, form)
            return _generate(ordering, product, form)
        except IdempotencyConflict:
            form = PlacementForm({**data.dict(), "key": new_key()}, shop=ordering.shop)
            text = _("This page ordered a picture before. Press the button again for another.")
            form.add_error(None, text)
        except RequestRefused as refused:
            form.refuse(refused)
    return _page(ordering, product, form)


def preview(ordering: Ordering, product: Model) -> HttpResponse:
    """The picture for the values of the query; words as JSON when there is none."""
    form = PlacementForm(ordering.request.GET, shop=ordering.shop)
    if not form.is_valid():
        return _words(422, form.errors)
    try:
        made = picture_preview.preview_picture(
            product,
            shop=ordering.shop,
            style=form.cleaned_data["style"],
            overrides=form.overrides(),
            seed=form.cleaned_data["seed"] or 0,
        )
    except (RequestRefused, NoCutout, PreviewBusy, JobFailure) as error:
        return _refusal(error)
    response = _unstored(HttpResponse(made.content, content_type="image/jpeg"))
    response["X-Placement"] = json.dumps({**made.geometry, "notices": made.notices})
    return response


def layer(ordering: Ordering, product: Model) -> HttpResponse:
    """The cut-out product alone, to be dragged about."""
    style = _asked_style(ordering)
    if style is None:
        raise Http404
    try:
        content = picture_preview.product_layer(product, shop=ordering.shop, style=style)
    except (RequestRefused, NoCutout, PreviewBusy, JobFailure) as error:
        return _refusal(error)
    return _unstored(HttpResponse(content, content_type="image/png"))


def _opened(ordering: Ordering, product: Model) -> PlacementForm:
    """With the placement of the job that it was opened from, else the remembered one."""
    request, style = ordering.request, _asked_style(ordering)
    job, seed = request.GET.get("job", ""), None
    overrides = Overrides() if "reset" in request.GET else remembered_placement(product)
    if job.isdecimal() and len(job) < 19:
        jobs = GenerationJob.objects.filter(shop=ordering.shop, product_id=product.pk)
        if found := jobs.filter(pk=int(job)).select_related("style").first():
            overrides = Overrides.parse(found.plan.get("placement", {}))
            style, seed = style or found.style, found.seed
    return PlacementForm.showing(
        overrides, shop=ordering.shop, style=style or _first_style(ordering), seed=seed
    )


def _generate(ordering: Ordering, product: Model, form: PlacementForm) -> HttpResponse:
    receipt = submit(
        Order(
            products=[product],
            style=form.cleaned_data["style"],
            seed=form.cleaned_data["seed"],
            overrides=form.overrides(),
            shop=ordering.shop,
            source=Source.ADMIN,
            client=f"user:{ordering.request.user.pk}",
            idempotency_key=form.cleaned_data["key"],
            user=ordering.request.user,
        )
    )
    ordering.tell(receipt)
    return HttpResponseRedirect(ordering.after(receipt))


def _remember(ordering: Ordering, product: Model, form: PlacementForm) -> HttpResponse:
    overrides = form.overrides()
    remember_placement(product, overrides, shop=ordering.shop)
    if overrides.given():
        text = _("Every later job of this product uses this placement.")
    else:
        text = _("The placement was forgotten; each style decides again.")
    messages.success(ordering.request, text)
    ordering.host.log_change(ordering.request, product, text)
    style = form.cleaned_data["style"]
    return HttpResponseRedirect(page_url(ordering.host.admin_site, product, style=style.pk))


def _remember_view(ordering: Ordering, product: Model) -> HttpResponse:
    view = _view_form(ordering, product, ordering.request.POST)
    if view.is_valid():
        try:
            text = view.remember(product, shop=ordering.shop)
        except RequestRefused as refused:
            for texts in refused.problems.values():
                view.add_error(None, texts)
        else:
            messages.success(ordering.request, text)
            ordering.host.log_change(ordering.request, product, text)
            return HttpResponseRedirect(ordering.request.get_full_path())
    form = _opened(ordering, product)
    form.is_valid()
    return _page(ordering, product, form, view)


def _view_form(ordering: Ordering, product: Model, data: Any = None) -> ViewForm:
    return ViewForm.of(product, shop=ordering.shop, request=ordering.request, data=data)


def _page(
    ordering: Ordering, product: Model, form: PlacementForm, view: ViewForm | None = None
) -> HttpResponse:
    host = ordering.host
    name = f"{_names(host)}_placement"
    site = host.admin_site
    chosen = form.cleaned_data.get("style")
    why_none, needs_job = _no_preview(ordering, product, chosen)
    preview_url = admin_url(site, f"{name}_preview", product.pk)
    shown = {key: form.data.get(key) for key in ("style", *NUMBERS, "light", "seed")}
    query = urlencode({key: value for key, value in shown.items() if value not in (None, "")})
    context = {
        "title": _("Place by hand"),
        "subtitle": None,
        "opts": host.opts,
        "product": product,
        "form": form,
        "view_form": view or _view_form(ordering, product),
        "numbers": [form[key] for key in NUMBERS],
        "has_errors": any(key != "__all__" for key in form.errors),
        "width": chosen.dimensions[0] if chosen else 1,
        "height": chosen.dimensions[1] if chosen else 1,
        "why_none": why_none,
        "needs_job": needs_job,
        "preview_url": preview_url,
        "picture_url": "" if why_none or form.errors else f"{preview_url}?{query}",
        "layer_url": admin_url(site, f"{name}_layer", product.pk),
        "bounds": json.dumps(BOUNDS),
        "reset_url": f"?{urlencode({'style': chosen.pk if chosen else '', 'reset': 1})}",
        "product_url": admin_url(site, f"{_names(host)}_change", product.pk),
    }
    return page(ordering.request, site, "prodimages/admin/placement.html", context, is_wide=True)


def _no_preview(ordering: Ordering, product: Model, style: Style | None) -> tuple[str, bool]:
    """Why no preview can be expected, in words, and whether a job would change that."""
    try:
        if style is not None:
            picture_preview.refuse_unless_possible(style)
        photo = picture_preview.stored_photo(product, ordering.shop)
    except RequestRefused as refused:
        return str(refused), False
    return ("", False) if picture_preview.is_cut_out(photo) else (str(NoCutout()), True)


def _refusal(error: Exception) -> HttpResponse:
    if isinstance(error, PreviewBusy):
        response = _words(503, {"__all__": [str(error)]})
        response["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, RequestRefused):
        return _words(422, error.problems)
    return _words(409 if isinstance(error, NoCutout) else 422, {"__all__": [str(error)]})


def _words(status: int, problems: Any) -> HttpResponse:
    return _unstored(JsonResponse({"problems": problems}, status=status))


def _unstored(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _asked_style(ordering: Ordering) -> Style | None:
    value = ordering.request.GET.get("style", "")
    if not value.isdecimal() or len(value) >= 19:
        return None
    return Style.objects.offered(ordering.shop).filter(pk=int(value)).first()


def _first_style(ordering: Ordering) -> Style | None:
    return Style.objects.offered(ordering.shop).first()


def _names(host: Any) -> str:
    return f"{host.opts.app_label}_{host.opts.model_name}"
