from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prodimages.exceptions import RequestRefused
from prodimages.services.shipped import install_shipped_styles
from prodimages.shops.registry import shop_backend


class Command(BaseCommand):
    help = "Give a shop the shipped styles that it does not have; those that it has stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            shop_backend(options["shop"])
        except RequestRefused as refused:
            raise CommandError(str(refused)) from refused
        count = install_shipped_styles(options["shop"])
        self.stdout.write(f"{count} styles were installed.")
