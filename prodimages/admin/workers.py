"""The workers that were seen lately; nothing to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from prodimages.models import WorkerHeartbeat
from prodimages.services.workers import SILENT_AFTER


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "is_alive", "listens_to", "version", "started_at", "seen_at")
    list_display_links = None
    ordering = ("-seen_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("alive"), boolean=True)
    def is_alive(self, worker: WorkerHeartbeat) -> bool:
        return worker.seen_at >= timezone.now() - SILENT_AFTER

    @admin.display(description=_("queues"))
    def listens_to(self, worker: WorkerHeartbeat) -> str:
        return ", ".join(worker.queues)
