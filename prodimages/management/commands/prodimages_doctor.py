from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prodimages.services.diagnosis import OK, PROBLEM, WARNING, examine


class Command(BaseCommand):
    help = (
        "Say what is missing or misconfigured: settings, database, styles, shops, storage, cut-out "
        "weights, broker, workers, queue. Exits with 1 when something keeps jobs from running."
    )
    # It examines what the checks would stop at, and says more about it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = []
        paint = {OK: self.style.SUCCESS, WARNING: self.style.WARNING, PROBLEM: self.style.ERROR}
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                level = paint[finding.level](f"{finding.level:8}")
                self.stdout.write(f"{level} {finding.about:9} {finding.text}")
        if options["json"]:
            rows = [dataclasses.asdict(finding) for finding in findings]
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        if any(finding.level == PROBLEM for finding in findings):
            raise CommandError("Something keeps jobs from running; see above.")
