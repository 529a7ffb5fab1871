from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from prodimages.services.storefront.renditions import complete


class Command(BaseCommand):
    help = (
        "Order the renditions that published pictures lack, after STOREFRONT_WIDTHS or "
        "STOREFRONT_FORMATS changed. Workers make them; what is there goes on being shown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--files",
            action="store_true",
            help="ask the storage for each file, and have those made again that it has lost",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = complete(looks_at_files=options["files"])
        self.stdout.write(f"Renditions of {count} pictures are ordered.")
