"""API keys: made, rotated and revoked; a secret is shown once, in the answer that made it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prodimages.admin.filters import ShopFilter
from prodimages.admin.pages import admin_url, guarded, page
from prodimages.admin.styles import DeclaredChoices
from prodimages.choices import Scope
from prodimages.exceptions import TransitionRefused
from prodimages.models import ApiKey
from prodimages.services import api_keys


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("scopes"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.GENERATIONS_READ, Scope.IMAGES_READ, Scope.STYLES_READ],
    )

    class Meta:
        model = ApiKey
        fields = ("shop", "name", "scopes", "expires_at")


@admin.register(ApiKey)
class ApiKeyAdmin(DeclaredChoices):
    form = ApiKeyForm
    list_display = ("name", "shop", "is_live", "can", "secrets_of", "last_used", "expires_at")
    list_filter = (ShopFilter,)
    search_fields = ("name",)
    change_form_template = "prodimages/admin/api_key.html"
    readonly_fields = ("created_by", "created_at", "revoked_at", "secrets_of", "last_used")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).prefetch_related("secrets")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*ApiKeyForm.Meta.fields, *(self.readonly_fields if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Orders and budgets of the key are of its shop.
        return (*self.readonly_fields, "shop") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the record of who ordered what; revoke it

    @admin.display(description=gettext_lazy("valid"), boolean=True)
    def is_live(self, key: ApiKey) -> bool:
        return key.is_live

    @admin.display(description=gettext_lazy("scopes"))
    def can(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=gettext_lazy("secrets"))
    def secrets_of(self, key: ApiKey) -> str:
        return ", ".join(str(secret) for secret in key.secrets.all())

    @admin.display(description=gettext_lazy("last used"))
    def last_used(self, key: ApiKey) -> str | None:
        used = max((s.last_used_at for s in key.secrets.all() if s.last_used_at), default=None)
        return date_format(timezone.localtime(used), "DATETIME_FORMAT") if used else None

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show(request, obj, api_keys.add_secret(obj))

    def _show(self, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
        """Not as a message, which would keep the secret in a cookie or a session."""
        context = {
            "title": _("The secret of “%(name)s”") % {"name": key.name},
            "secret": secret,
            "opts": self.opts,
            "key": key,
        }
        response = page(request, self.admin_site, "prodimages/admin/api_secret.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{name}/",
                guarded(self.admin_site, view),
                name=f"prodimages_apikey_{name}",
            )
            for name, view in {"rotate": self.rotate, "revoke": self.revoke}.items()
        ]
        return [*own, *super().get_urls()]

    def rotate(self, request: HttpRequest, pk: int) -> HttpResponse:
        key = self._key(request, pk)
        if request.method != "POST":
            return self._ask(
                request,
                key,
                _("Make a new secret"),
                _("The older secrets stay valid for seven days; change to the new one by then."),
            )
        try:
            secret = api_keys.rotate(key)
        except TransitionRefused as refused:
            return self._back(request, key, str(refused))
        self.log_change(request, key, _("Made a new secret."))
        return self._show(request, key, secret)

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        key = self._key(request, pk)
        if request.method != "POST":
            words = _("Whoever uses it is refused from now on. This can't be undone.")
            return self._ask(request, key, _("Revoke the key"), words)
        try:
            api_keys.revoke(key)
        except TransitionRefused as refused:
            return self._back(request, key, str(refused))
        self.log_change(request, key, _("Revoked."))
        messages.success(request, _("The key is revoked."))
        return self._back(request, key)

    def _key(self, request: HttpRequest, pk: int) -> ApiKey:
        key = self.get_queryset(request).filter(pk=pk).first()
        if key is None:
            raise Http404
        if not self.has_change_permission(request, key):
            raise PermissionDenied
        return key

    def _ask(self, request: HttpRequest, key: ApiKey, title: str, words: str) -> HttpResponse:
        context = {"title": title, "words": words, "key": key, "opts": self.opts}
        return page(request, self.admin_site, "prodimages/admin/api_key_confirm.html", context)

    def _back(self, request: HttpRequest, key: ApiKey, problem: str = "") -> HttpResponse:
        if problem:
            messages.error(request, problem)
        url = admin_url(self.admin_site, "prodimages_apikey_change", key.pk)
        return HttpResponseRedirect(url)
