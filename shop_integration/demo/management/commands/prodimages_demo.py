from __future__ import annotations

import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from prodimages.choices import ImageState, JobState, Source
from prodimages.models import GenerationJob, Style
from prodimages.services import publishing, review
from prodimages.services.submission import Order, submit
from shop_integration.demo.scenes import SOFT, seed_scenes, seed_soft_style
from shop_integration.demo.seed import PhotoRefused, seed_demo_shop
from shop_integration.demo.worker import DemoWorker

STYLES = ("white-packshot", "marble-table", "oak-table", SOFT)
ADDRESS = "127.0.0.1:8000"


class Command(BaseCommand):
    help = "Seed the demo shop, generate every product's pictures with a real worker, and serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--photo", default="", help="a photo of your own to add")
        parser.add_argument("--no-serve", action="store_true", help="end after the table")
        parser.add_argument("--address", default=ADDRESS, help="host:port, on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs with the demo's settings only (PRODIMAGES_DEMO=1).")
        if not options["no_serve"]:
            _must_be_free(options["address"])
        call_command("migrate", verbosity=0)
        password = self._login()
        products = self._seed(options["photo"])
        seed_scenes()
        seed_soft_style()
        with _a_termination_unwinds(), DemoWorker(Path(settings.VAR_DIR)) as worker:
            self._generate(products, worker)
            if options["no_serve"]:
                return
            self.stdout.write(
                f"\nShop:   http://{options['address']}/\n"
                f"Admin:  http://{options['address']}/admin/  (demo / {password})\n"
                "Stop with Ctrl-C.\n"
            )
            call_command("runserver", options["address"], "--noreload")

    def _login(self) -> str:
        """A fresh password at every start, so that none is ever known beforehand."""
        password = secrets.token_urlsafe(6)
        user, _created = get_user_model().objects.get_or_create(
            username="demo", defaults={"is_staff": True, "is_superuser": True}
        )
        user.set_password(password)
        user.save()
        return password

    def _seed(self, photo: str) -> list[Any]:
        with tqdm(desc="demo shop", unit="product", file=sys.stderr) as shown:

            def on_progress(done: int, total: int, name: str) -> None:
                shown.total = total
                shown.update(done - shown.n)

            try:
                return seed_demo_shop(photo or None, on_progress=on_progress)
            except PhotoRefused as refused:
                raise CommandError(str(refused)) from refused

    def _generate(self, products: list[Any], worker: DemoWorker) -> None:
        jobs: list[int] = []
        for slug in STYLES:
            style = Style.objects.get(shop="local", slug=slug)
            for product in products:
                order = Order(
                    products=[product],
                    style=style,
                    seed=7,
                    source=Source.COMMAND,
                    client="demo",
                    # One key a product: what is there needs no new pictures beside a new photo.
                    idempotency_key=f"demo-{slug}-{product.pk}",
                )
                jobs += submit(order).submission.jobs.values_list("pk", flat=True)
        self._wait(jobs, worker)
        self._publish_packshots(jobs)
        self._table(jobs)

    def _wait(self, jobs: list[int], worker: DemoWorker) -> None:
        mine = GenerationJob.objects.filter(pk__in=jobs)
        with tqdm(total=len(jobs), desc="pictures", unit="job", file=sys.stderr) as shown:
            while left := mine.unfinished().count():
                shown.update(len(jobs) - left - shown.n)
                worker.must_be_alive()
                time.sleep(0.3)
            shown.update(len(jobs) - shown.n)

    def _publish_packshots(self, jobs: list[int]) -> None:
        """So that the shop shows something at once; the other pictures wait for your review."""
        for job in GenerationJob.objects.filter(pk__in=jobs, style__slug=STYLES[0]):
            for image in job.images.filter(state=ImageState.PENDING, passed=True):
                review.approve(image, user=None)
                publishing.publish(image)

    def _table(self, jobs: list[int]) -> None:
        rows = GenerationJob.objects.filter(pk__in=jobs).prefetch_related("images")
        self.stdout.write(f"\n{'product':24} {'style':24} {'seconds':>7}  file")
        failed = 0
        for job in rows.order_by("product_label", "pk"):
            name, style = job.product_label[:24], job.style_name[:24]
            if job.state != JobState.SUCCEEDED:
                failed += 1
                self.stdout.write(f"{name:24} {style:24} {job.state:>7}  {job.error}")
                continue
            for image in job.images.all():
                path = image.file.path
                self.stdout.write(f"{name:24} {style:24} {job.seconds:7.1f}  {path}")
        if failed:
            raise CommandError(f"{failed} of {len(jobs)} jobs did not succeed.")


@contextmanager
def _a_termination_unwinds() -> Iterator[None]:
    """A bare SIGTERM would end this process where it stands, and leave its worker running."""

    def leave(signum: int, frame: Any) -> None:
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _must_be_free(address: str) -> None:
    """Before anything is made: Django would end this process at once and leave its worker behind.

    Raises CommandError.
    """
    host, _colon, port = address.rpartition(":")
    try:
        with socket.create_server((host.strip("[]"), int(port)), family=_family(host)):
            pass
    except (OSError, ValueError) as error:
        raise CommandError(
            f"The demo can't serve at {address}: {error}. Name another with --address, "
            "such as 127.0.0.1:8001."
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if host.startswith("[") else socket.AF_INET
