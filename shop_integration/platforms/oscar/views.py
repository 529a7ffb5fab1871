"""A product's pictures in Oscar's dashboard: order them, and see what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from oscar.core.loading import get_class, get_model

from prodimages.choices import Source
from prodimages.conf import settings
from prodimages.exceptions import RequestRefused
from prodimages.models import GeneratedImage, GenerationJob, Style
from prodimages.services.submission import Order, submit
from shop_integration.platforms.oscar.receivers import shop_slug

PartnerProductFilterMixin: Any = get_class(
    "dashboard.catalogue.mixins", "PartnerProductFilterMixin"
)
SHOWN = 20


class OrderForm(forms.Form):
    style = forms.ModelChoiceField(Style.objects.none(), label=gettext_lazy("Style"))
    count = forms.IntegerField(label=gettext_lazy("Pictures"), min_value=1, initial=2)

    def __init__(self, *args: Any, shop: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["style"].queryset = Style.objects.offered(shop)  # type: ignore[attr-defined]
        self.fields["count"].max_value = settings.MAX_COUNT  # type: ignore[attr-defined]
        self.fields["count"].widget.attrs["max"] = settings.MAX_COUNT


class ProductPicturesView(PartnerProductFilterMixin, FormView):  # type: ignore[type-arg]
    """Needs our permission to generate, and the dashboard's on the product."""

    template_name = "prodimages_oscar/product.html"
    form_class = OrderForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.shop = shop_slug()
        if not request.user.has_perm("prodimages.add_generationjob"):
            raise PermissionDenied
        products = self.filter_queryset(get_model("catalogue", "Product").objects.all())
        self.product = get_object_or_404(products, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"shop": self.shop}

    def form_valid(self, form: OrderForm) -> HttpResponse:
        order = Order(
            products=[self.product],
            style=form.cleaned_data["style"],
            count=form.cleaned_data["count"],
            shop=self.shop,
            source=Source.ADMIN,
            client=f"user:{self.request.user.pk}",
            user=self.request.user,
        )
        try:
            submit(order)
        except RequestRefused as refused:
            form.add_error(None, [text for texts in refused.problems.values() for text in texts])
            return self.form_invalid(form)
        count = order.count
        messages.success(
            self.request,
            ngettext("%(count)d picture is ordered.", "%(count)d pictures are ordered.", count)
            % {"count": count},
        )
        return HttpResponseRedirect(self.request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        jobs = GenerationJob.objects.filter(product_id=self.product.pk, shop=self.shop)
        pictures = GeneratedImage.objects.filter(product_id=self.product.pk, shop=self.shop)
        return super().get_context_data(**kwargs) | {
            "product": self.product,
            "jobs": jobs.order_by("-pk")[:SHOWN],
            "pictures": pictures.order_by("-pk")[:SHOWN],
            "review_url": self._admin("prodimages_generatedimage_changelist"),
            "title": _("Pictures of %(name)s") % {"name": self.product.get_title()},
        }

    def _admin(self, name: str) -> str:
        """The admin's page, narrowed to the product; empty on a site without the admin."""
        try:
            return f"{reverse(f'admin:{name}')}?product={self.product.pk}"
        except NoReverseMatch:
            return ""
