"""Whether anybody is there to do the work."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from prodimages.models import WorkerHeartbeat

SILENT_AFTER = timedelta(seconds=60)


def unserved(queues: Iterable[str]) -> list[str]:
    """Those of ``queues`` that no worker seen in the last minute listens to."""
    alive = WorkerHeartbeat.objects.filter(seen_at__gte=timezone.now() - SILENT_AFTER)
    served = {queue for names in alive.values_list("queues", flat=True) for queue in names}
    return sorted(set(queues) - served)
