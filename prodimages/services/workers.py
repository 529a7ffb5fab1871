"""Whether anybody is there to do the work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from prodimages.conf import settings
from prodimages.models import WorkerHeartbeat

# A worker looks at the job table every POLL_SECONDS, 15 by default.
SILENT_AFTER = timedelta(seconds=60)


def live_workers() -> QuerySet[WorkerHeartbeat]:
    """Workers that looked at the job table within the last minute."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=timezone.now() - SILENT_AFTER)


def unserved(queues: Iterable[str]) -> list[str]:
    """Those of ``queues`` that no live worker takes from."""
    served = {queue for names in live_workers().values_list("queues", flat=True) for queue in names}
    return sorted(set(queues) - served)


def declared_queues() -> set[str]:
    """The queues that the engines of the settings name."""
    return {engine.get("QUEUE", settings.QUEUE) for engine in settings.ENGINES.values()}


def no_worker_hint() -> str:
    """What to do when a declared queue has no worker; empty when each has one."""
    if not (missing := unserved(declared_queues())):
        return ""
    return _(
        "No worker takes jobs from “%(queues)s” at the moment; the jobs wait. "
        "Start one: celery -A yourproject worker -Q %(queues)s"
    ) % {"queues": ",".join(missing)}
