"""What outside shops told us: the events, the work on them, and what was not kept."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from prodimages.admin.access import may_read_payloads, may_replay
from prodimages.admin.filters import ShopFilter
from prodimages.admin.pages import admin_url, back, guarded, page
from prodimages.admin.paginator import CappedPaginator
from prodimages.exceptions import TransitionRefused
from prodimages.models import DeliveryCount, InboundAttempt, InboundEvent
from prodimages.services.inbound import queue

MOST_AT_ONCE = 1000


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that workers and requests write; staff look."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a repeated delivery is known by its row


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    model = InboundAttempt
    fields = readonly_fields = ("started_at", "ended_at", "worker", "outcome", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the event


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnly):
    # Without the topic, which the kind says as well: what came of it must not leave the screen.
    list_display = ("received", "state", "shop", "kind", "external_id", "short_outcome")
    list_filter = ("state", "kind", ShopFilter)
    search_fields = ("=external_id", "=event_id")
    search_help_text = gettext_lazy("The product's id in its shop, or the event's id, exactly")
    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("replay_events",)
    change_form_template = "prodimages/admin/event.html"
    inlines = (AttemptInline,)

    class Media:
        css = {"all": ("prodimages/admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEvent]:
        return super().get_queryset(request).defer("payload")  # which the list never shows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        told = ["shop", "kind", "topic", "external_id", "event_id", "occurred_at", "received_at"]
        work = ["state", "due_at", "attempts_made", "outcome", "ended_at"]
        sets = [(None, {"fields": told}), (_("What was done"), {"fields": work})]
        if may_read_payloads(request):
            sets.append((_("Payload"), {"fields": ["pretty_payload"]}))
        return sets

    @admin.display(description=gettext_lazy("received"), ordering="pk")
    def received(self, event: InboundEvent) -> Any:
        return event.received_at

    @admin.display(description=gettext_lazy("outcome"))
    def short_outcome(self, event: InboundEvent) -> str:
        return Truncator(event.outcome).chars(100)

    @admin.display(description=gettext_lazy("payload"))
    def pretty_payload(self, event: InboundEvent) -> str:
        if event.payload is None:
            return _("It was erased, or never kept.")
        text = json.dumps(event.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="pi-payload">{}</pre>', text)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return may_replay(request)

    def get_urls(self) -> list[Any]:
        own = path(
            "<path:object_id>/replay/",
            guarded(self.admin_site, functools.partial(_replay_one, self)),
            name="prodimages_inboundevent_replay",
        )
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        event = kwargs.get("obj")
        ended = event is not None and event.ended_at is not None
        context["may_replay"] = ended and may_replay(request)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=gettext_lazy("Replay selected events…"), permissions=["replay"])
    def replay_events(
        self, request: HttpRequest, queryset: QuerySet[InboundEvent]
    ) -> TemplateResponse | None:
        events = list(queryset[: MOST_AT_ONCE + 1])
        if len(events) > MOST_AT_ONCE:
            text = _("At most %(most)d events can be chosen at once; nothing was changed.")
            messages.error(request, text % {"most": MOST_AT_ONCE})
            return None
        if "_replay" not in request.POST:
            return _confirm(self, request, events)
        _replay(request, events)
        return None


def _confirm(
    admin_: InboundEventAdmin, request: HttpRequest, events: list[InboundEvent]
) -> TemplateResponse:
    context = {
        "title": _("Replay events"),
        "subtitle": None,
        "opts": admin_.opts,
        "events": events,
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        "list_url": admin_url(admin_.admin_site, "prodimages_inboundevent_changelist"),
    }
    return page(request, admin_.admin_site, "prodimages/admin/replay.html", context)


def _replay_one(admin_: InboundEventAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """The question on GET, the deed on POST."""
    event = admin_.get_object(request, object_id)
    if not (may_replay(request) and admin_.has_view_permission(request, event)):
        raise PermissionDenied
    here = admin_url(admin_.admin_site, "prodimages_inboundevent_change", object_id)
    if event is None:
        messages.error(request, _("There is no such event."))
        return back(request, admin_url(admin_.admin_site, "prodimages_inboundevent_changelist"))
    if request.method != "POST":
        return _confirm(admin_, request, [event])
    _replay(request, [event])
    return back(request, here)


def _replay(request: HttpRequest, events: list[InboundEvent]) -> None:
    done, refused = 0, 0
    for event in events:
        try:
            queue.replay(event)
            done += 1
        except TransitionRefused:
            refused += 1
    if done:
        text = ngettext("%(count)d event is queued.", "%(count)d events are queued.", done)
        messages.success(request, text % {"count": done})
    if refused:
        text = ngettext(
            "%(count)d event has not ended and was left alone.",
            "%(count)d events have not ended and were left alone.",
            refused,
        )
        messages.warning(request, text % {"count": refused})


@admin.register(DeliveryCount)
class DeliveryCountAdmin(ReadOnly):
    list_display = ("day", "shop", "reason", "count")
    list_display_links = None
    list_filter = ("reason", ShopFilter)
    date_hierarchy = "day"
