from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.formats import date_format
from django.utils.timezone import localtime

from prodimages.exceptions import BudgetSpent, ProdimagesError
from prodimages.management.commands._progress import bar
from prodimages.models import Style
from prodimages.services import backfill, direct
from prodimages.services.mirroring import mirror, missing_ids
from prodimages.services.workers import no_worker_hint
from prodimages.shops.registry import platform_shop

EXAMPLES = """examples:
  manage.py prodimages_backfill --shop shoes --mirror --style white-packshot --dry-run
  manage.py prodimages_backfill --shop local --where category=kitchen --where tag=gift
"""


class Command(BaseCommand):
    help = (
        "Order pictures for the products that a shop has already. The same command, given again, "
        "goes on where it stopped and orders nothing twice."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(*args, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", default="local")
        parser.add_argument("--style", help="slug of a style; without it the rules choose")
        parser.add_argument(
            "--where",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="only products that meet this; may be repeated: " + ", ".join(backfill.CONDITIONS),
        )
        parser.add_argument("--count", type=int, default=1, help="pictures a product")
        parser.add_argument(
            "--mirror", action="store_true", help="first fetch what an outside shop has"
        )
        parser.add_argument("--dry-run", action="store_true", help="order nothing, and count")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wish = backfill.Wish(
                shop=options["shop"],
                style=_style(options),
                where=dict(_condition(text) for text in options["where"]),
                count=options["count"],
            )
            total = backfill.products(wish).count()  # refuses an unknown shop or condition
            if options["mirror"]:
                self._mirror(options["shop"], dry=options["dry_run"])
                total = backfill.products(wish).count()
            self._order(wish, total, options)
        except ProdimagesError as error:
            raise CommandError(str(error)) from error

    def _mirror(self, shop: str, *, dry: bool) -> None:
        backend = platform_shop(shop)
        with bar(0, "list", unit="product") as shown:
            ids = missing_ids(backend, lambda count: shown.update(count))
        if dry:
            self.stderr.write(f"{len(ids)} products of the shop are not mirrored yet.")
            return
        gone = 0
        with bar(len(ids), "mirror", unit="product") as shown:
            for is_there in mirror(backend, ids):
                gone += not is_there
                shown.update(1)
        self.stderr.write(f"{len(ids) - gone} products were mirrored.")

    def _order(self, wish: backfill.Wish, total: int, options: dict[str, Any]) -> None:
        progress, spent = backfill.Progress(), None
        with bar(total, "backfill", unit="product") as shown:
            try:
                for _piece in backfill.run(wish, progress, dry=options["dry_run"]):
                    shown.update(progress.looked_at - shown.n)
            except BudgetSpent as error:
                spent = error
        self._tell(progress, options)
        if spent is not None:
            raise CommandError(f"{spent} {_when(spent)}", returncode=3)
        if progress.jobs and (hint := no_worker_hint()):
            self.stderr.write(self.style.WARNING(hint))

    def _tell(self, progress: backfill.Progress, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(progress), ensure_ascii=False))
            return
        would = "would be ordered" if options["dry_run"] else "ordered"
        jobs = "" if options["dry_run"] else f" in {progress.jobs} jobs"
        self.stdout.write(
            f"{progress.ordered} products {would}{jobs}, {progress.before} were before, "
            f"{progress.skipped} skipped; {progress.matching} match."
        )
        for reason, count in sorted(progress.reasons.items()):
            self.stdout.write(f"  {count} skipped: {reason}")


def _style(options: dict[str, Any]) -> Style | None:
    if not options["style"]:
        return None
    style = direct.style_named(options["style"], options["shop"])
    if style.pk is None:
        shop = options["shop"]
        raise CommandError(
            f"The style “{style.slug}” is shipped, but not installed in this shop yet: "
            f"manage.py prodimages_styles --shop {shop}"
        )
    return style


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name and value):
        raise CommandError(f"Write a condition as FIELD=VALUE, not “{text}”.")
    return name.strip(), value.strip()


def _when(spent: BudgetSpent) -> str:
    again = "Give the same command again to go on."
    if spent.resets_at is None:
        return again
    when = date_format(localtime(spent.resets_at), "DATETIME_FORMAT")
    return f"The budget opens again at {when}. {again}"
