from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from prodimages.services.housekeeping import reap


class Command(BaseCommand):
    help = (
        "Return jobs of workers that died to the queue, and remove files that ended attempts "
        "left behind. Safe to run at any time and beside itself; once a minute is plenty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=1000, help="most jobs and attempts a run")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = reap(limit=options["limit"])
        if options["json"]:
            self.stdout.write(json.dumps(vars(swept)))
            return
        self.stdout.write(
            f"{swept.requeued} jobs queued again, {swept.failed} failed, "
            f"{swept.canceled} canceled; {swept.files} files removed."
        )
