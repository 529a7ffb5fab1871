"""“Generate images…” for the admin of any shop's product model."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin import placement_page
from prodimages.admin.access import may_generate
from prodimages.admin.files import product_thumbnail
from prodimages.admin.generate_page import generate_page
from prodimages.admin.ordering import Ordering
from prodimages.admin.pages import admin_url, guarded
from prodimages.admin.selection import Selection
from prodimages.exceptions import RequestRefused


class GenerateImagesMixin:
    """Put before ModelAdmin: adds an action to the list and a button to the product's page.

    The host's templates, actions, URLs and limits stay as they are. Nothing shows, and
    nothing answers, without the host's view or change permission on the product and
    ``prodimages.add_generationjob``.
    """

    generate_images_shop = "local"
    """The shop, as declared in ``PRODIMAGES["SHOPS"]``, that these products belong to."""

    admin_site: Any
    opts: Any

    def get_generate_images_shop(self, request: HttpRequest) -> str:
        return self.generate_images_shop

    def has_generate_images_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        host: Any = self
        return may_generate(request) and host.has_view_or_change_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        host: Any = super()
        actions: dict[str, Any] = dict(host.get_actions(request))
        switched_off = getattr(self, "actions", ()) is None or IS_POPUP_VAR in request.GET
        if not switched_off and self.has_generate_images_permission(request):
            label = gettext_lazy("Generate images…")
            actions["generate_images"] = (_generate_selected, "generate_images", label)
        return actions

    def get_urls(self) -> list[Any]:
        host: Any = super()
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                "generate-images/",
                guarded(self.admin_site, self.generate_images_view),
                name=f"{name}_generate_images",
            ),
            path(
                "<path:object_id>/generate-images/",
                guarded(self.admin_site, self.generate_image_view),
                name=f"{name}_generate_image",
            ),
            path(
                "<path:object_id>/product-photo/",
                guarded(self.admin_site, self.product_photo_view),
                name=f"{name}_product_photo",
            ),
        ]
        urls: list[Any] = host.get_urls()
        return own + placement_page.urls(self) + urls

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        host: Any = super()
        response: HttpResponse = host.render_change_form(request, context, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
            self._add_button(request, response)
        return response

    def _add_button(self, request: HttpRequest, response: SimpleTemplateResponse) -> None:
        """Let our template extend whichever one the host had chosen."""
        context: Any = response.context_data
        product = context.get("original")
        if product is None or not self.has_generate_images_permission(request, product):
            return
        context["generate_images_host_template"] = response.resolve_template(response.template_name)
        context["generate_images_url"] = self._url("generate_image", product.pk)
        response.template_name = "prodimages/admin/generate_button.html"

    def generate_images_view(self, request: HttpRequest) -> HttpResponse:
        """The form for what was ticked on the list; it names its products itself."""
        self._require(request)
        if request.method != "POST":
            messages.info(request, _("Tick products and choose “Generate images…”."))
            return HttpResponseRedirect(self._url("changelist"))
        return self.generate_images_page(request, None)

    def generate_image_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form for one product."""
        self._require(request)
        self._product_or_404(request, object_id)
        return self.generate_images_page(request, Selection(keys=(object_id,)))

    def product_photo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        self._require(request)
        product = self._product_or_404(request, object_id)
        return product_thumbnail(product, self.get_generate_images_shop(request))

    def generate_images_page(
        self, request: HttpRequest, selection: Selection | None
    ) -> HttpResponse:
        host: Any = self
        ordering = Ordering(host, request, self.get_generate_images_shop(request))
        return generate_page(ordering, selection)

    def _url(self, name: str, *args: Any) -> str:
        return admin_url(
            self.admin_site, f"{self.opts.app_label}_{self.opts.model_name}_{name}", *args
        )

    def _require(self, request: HttpRequest) -> None:
        if not self.has_generate_images_permission(request):
            raise PermissionDenied

    def _product_or_404(self, request: HttpRequest, object_id: str) -> Model:
        host: Any = self
        product: Model | None = Selection(keys=(object_id,)).products(host, request).first()
        if product is None or not self.has_generate_images_permission(request, product):
            raise Http404
        return product


def _generate_selected(
    host: Any, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """The list's action: opens the form."""
    if not host.has_generate_images_permission(request):
        return None
    selection = Selection.of_action(request)
    ordering = Ordering(host, request, host.get_generate_images_shop(request))
    try:
        ordering.products(selection)
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return None
    response: HttpResponse = host.generate_images_page(request, selection)
    return response
