from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prodimages.choices import JobState, Source
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.management.commands._progress import bar
from prodimages.models import GenerationJob, Submission
from prodimages.services import direct
from prodimages.services.submission import Order, submit
from prodimages.services.workers import no_worker_hint
from prodimages.shops.base import ProductInfo
from prodimages.shops.registry import shop_backend

FORMATS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp"}
EXAMPLES = """examples:
  manage.py prodimages_generate --image mug.jpg --style marble-table --output out.jpg
  manage.py prodimages_generate --product SKU-1 --product SKU-2 --style white-packshot --wait
"""


class Command(BaseCommand):
    help = (
        "Make pictures: of a photo file at once (--image, --output), or of products of the "
        "shop through the queue (--product)."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        kwargs |= {"epilog": EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(*args, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--image", type=Path, help="photo file; needs --output")
        what.add_argument("--product", action="append", help="SKU or key; may be repeated")
        parser.add_argument("--style", required=True, help="slug of a style")
        parser.add_argument("--output", type=Path, help=".jpg, .png or .webp file to write")
        parser.add_argument("--prompt", default="", help="words added to the style's prompt")
        parser.add_argument("--seed", type=int, help="the same seed gives the same picture")
        parser.add_argument("--size", type=int, help="longest side in pixels")
        parser.add_argument("--count", type=int, default=1, help="pictures a product")
        parser.add_argument("--shop", default="local")
        parser.add_argument("--name", default="", help="what the photo file shows")
        parser.add_argument("--category", default="", help="category path of what it shows")
        parser.add_argument("--elevation", type=float, help="camera elevation, 0 to 90 degrees")
        parser.add_argument("--mask", type=Path, help="gray PNG that replaces the cut-out")
        parser.add_argument("--wait", action="store_true", help="wait until the jobs have ended")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["image"]:
                self._from_file(options)
            else:
                self._from_products(options)
        except RequestRefused as refused:
            raise CommandError(str(refused)) from refused

    def _from_file(self, options: dict[str, Any]) -> None:
        output: Path | None = options["output"]
        if output is None or output.suffix.lower() not in FORMATS:
            raise CommandError("Name the picture to write: --output with .jpg, .png or .webp.")
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent}.")
        photo = _read(options["image"])
        mask = _read(options["mask"]) if options["mask"] else None
        with bar(1.0, "picture", bar_format="{desc} {percentage:3.0f}% |{bar}| {postfix}") as shown:

            def report(stage: str, fraction: float) -> None:
                shown.set_postfix_str(stage)
                shown.update(max(fraction - shown.n, 0))

            try:
                picture = direct.make_picture(
                    photo,
                    direct.style_named(options["style"], options["shop"]),
                    info=ProductInfo(
                        key="file",
                        name=options["name"] or options["image"].stem,
                        category=options["category"],
                    ),
                    prompt=options["prompt"],
                    seed=options["seed"] or 0,
                    size=options["size"],
                    format=FORMATS[output.suffix.lower()],
                    elevation=options["elevation"],
                    mask=mask,
                    report=report,
                )
            except JobFailure as failure:
                raise CommandError(str(failure)) from failure
            report("done", 1.0)
        _write(output, picture.content)
        if options["json"]:
            facts = {**picture.details, "output": str(output), "notices": list(picture.notices)}
            facts |= {"plan": picture.plan.as_json(), "seconds": picture.timings}
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        for notice in picture.notices:
            self.stderr.write(self.style.WARNING(notice))
        seconds = sum(picture.timings.values())
        size = f"{picture.details['width']} x {picture.details['height']}"
        self.stdout.write(f"{output}: {size} px in {seconds:.1f} s")

    def _from_products(self, options: dict[str, Any]) -> None:
        if options["output"]:
            raise CommandError("--output goes with --image; a product's pictures go to review.")
        backend = shop_backend(options["shop"])
        products = [_found(backend, text) for text in options["product"]]
        receipt = submit(
            Order(
                products=products,
                style=direct.style_named(options["style"], options["shop"]),
                count=options["count"],
                seed=options["seed"],
                prompt=options["prompt"],
                size=options["size"],
                shop=options["shop"],
                source=Source.COMMAND,
                client="command",
            )
        )
        for _key, name, reason in receipt.skipped:
            self.stderr.write(self.style.WARNING(f"{name}: {reason}"))
        if hint := no_worker_hint():
            self.stderr.write(self.style.WARNING(hint))
        if options["wait"]:
            self._wait(receipt.submission)
        self._show(receipt.submission, as_json=options["json"])
        if options["wait"] and receipt.submission.jobs.exclude(state=JobState.SUCCEEDED).exists():
            raise CommandError("Not every job succeeded.", returncode=2)

    def _wait(self, submission: Submission) -> None:
        jobs = GenerationJob.objects.filter(submission=submission)
        with bar(jobs.count(), "jobs", unit="job") as shown:
            while True:
                left = jobs.unfinished().count()
                shown.update(shown.total - left - shown.n)
                if not left:
                    return
                time.sleep(0.5)

    def _show(self, submission: Submission, *, as_json: bool) -> None:
        rows = [
            {
                "job": job.pk,
                "product": job.product_label,
                "style": job.style_name,
                "state": job.state,
                "seconds": job.seconds,
                "pictures": [image.file.name for image in job.images.order_by("index")],
                "notices": job.notices,
                "error": job.error,
            }
            for job in submission.jobs.order_by("pk").prefetch_related("images")
        ]
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            tail = row["error"] or f"{len(row['pictures'])} pictures to review"
            self.stdout.write(f"{row['job']}  {row['state']}  {row['product']}: {tail}")


def _found(backend: Any, text: str) -> Any:
    product = backend.find(text)
    if product is None:
        raise CommandError(f"The shop has no product “{text}”.")
    return product


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a full disk must not leave half a picture."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
