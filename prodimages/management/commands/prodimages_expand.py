from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.models import Style
from prodimages.services import prompts


class Command(BaseCommand):
    help = (
        "Propose a longer prompt for a style, written by a small language model on this machine. "
        "Prints it; only --write puts it into the style, where staff see it as any other prompt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("style", metavar="STYLE", help="slug of a style")
        parser.add_argument("--model", required=True, help="folder with its safetensors")
        parser.add_argument("--shop", default="local")
        parser.add_argument("--seed", type=int, default=0, help="another one gives other words (0)")
        parser.add_argument("--write", action="store_true", help="make it the style's prompt")

    def handle(self, *args: Any, **options: Any) -> None:
        from prodimages.diffusion.expansion import expand

        style = Style.objects.filter(shop=options["shop"], slug=options["style"]).first()
        if style is None:
            raise CommandError(f"The shop {options['shop']} has no style {options['style']}.")
        try:
            text = expand(style.prompt, Path(options["model"]), seed=options["seed"])
            lost = set(prompts.fields_of(style.prompt)) ^ set(prompts.fields_of(text))
        except (JobFailure, RequestRefused) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(text)
        if lost:
            names = ", ".join(f"{{{name}}}" for name in sorted(lost))
            raise CommandError(f"Not usable: it lost or made up {names}; try another --seed.")
        if options["write"]:
            self._write(style, text)

    def _write(self, style: Style, text: str) -> None:
        style.prompt = text
        try:
            style.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        style.save(update_fields=["prompt"])
        self.stdout.write(f"This is the prompt of {style.slug} now.")
