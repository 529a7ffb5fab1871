"""Shoppers' pictures under gunicorn: how many a second, how late the slowest, and how many jobs."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import psutil
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from benchmarks.hook_server import send_all
from benchmarks.photos import coffee
from benchmarks.result import Row
from prodimages.choices import ImageState, JobState, Source
from prodimages.models import GeneratedImage, GenerationJob, StorefrontScene, Style
from prodimages.services.storefront import orders, renditions
from prodimages.services.storefront.contexts import Context
from prodimages.services.submission import Order, submit
from prodimages.storage import private_storage
from prodimages.storefront.pictures import picture_url
from shop_integration.catalogue.models import Product, ProductMedia

RATE = 400
SECONDS = 15
AT_ONCE = 4_000
CROWD = 1_000
PROCESSES, THREADS = 2, 4
KEPT = 8
"""Products whose pictures are asked for, four widths and three formats each."""


def measure(runs: int) -> list[Row]:
    database = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    style = Style.objects.get(shop="local", slug="oak-table")
    for number in range(runs + 1):
        StorefrontScene.objects.create(slug=f"oak-{number}", name="Oak", style=style)
    products = [_product(number) for number in range(KEPT)]
    for product in products:
        _publish(product, style)
    hits = [
        picture_url(product, Context(scene="oak-0"), width=width, format=format)
        for product in products
        for width in (320, 640, 960, 1280)
        for format in ("avif", "webp", "jpeg")
    ]
    queries = _queries(hits[0])
    fast, alone, slow, middle, jobs, crowd = [], [], [], [], [], []
    with _gunicorn() as (port, server):
        for run in range(runs):
            _check(send_all(port, _gets(hits, 200), rate=RATE))  # warm
            before = _processor_seconds(server)
            whole = send_all(port, _gets(hits, AT_ONCE), rate=None)
            _check(whole)
            fast.append(AT_ONCE / whole["seconds"])
            alone.append(PROCESSES * AT_ONCE / (_processor_seconds(server) - before))
            paced = send_all(port, _gets(hits, RATE * SECONDS), rate=RATE)
            _check(paced)
            slow.append(_percentile(paced["latencies"], 99) * 1000)
            middle.append(statistics.median(paced["latencies"]) * 1000)
            before = GenerationJob.objects.count()
            missing = picture_url(_product(KEPT + run), Context(scene=f"oak-{run + 1}"))
            missed = send_all(port, _gets([missing], CROWD), rate=None, senders=64)
            _check(missed, {200, 302})
            crowd.append(missed["seconds"])
            jobs.append(GenerationJob.objects.count() - before)
    how = (
        f"gunicorn, {PROCESSES} processes of {THREADS} threads, a connection each; pictures of "
        f"{KEPT} products in 4 widths and 3 formats; the sender runs on the same cores, and no "
        "cache or web server stands in front"
    )
    return [
        Row(
            what=f"{database}: shoppers' pictures that are there, answered",
            value=statistics.median(fast),
            unit="a second",
            target=RATE,
            higher_is_better=True,
            least=min(fast),
            most=max(fast),
            processor=statistics.median(alone),
            note=f"{how}; by processor: of gunicorn alone, as with a core for each process",
        ),
        Row(
            what=f"{database}: 99th percentile at {RATE} pictures a second",
            value=statistics.median(slow),
            unit="ms",
            target=100,
            least=min(slow),
            most=max(slow),
            note=f"{SECONDS} s a run; the median answer took {statistics.median(middle):.1f} ms",
        ),
        Row(
            what=f"{database}: queries for a picture that is there",
            value=queries,
            unit="",
            target=1,
        ),
        Row(
            what=f"{database}: jobs ordered by {CROWD:,} misses of one picture at once",
            value=max(jobs),
            unit="",
            target=1,
            least=min(jobs),
            most=max(jobs),
            note=f"64 at a time; all were answered in {statistics.median(crowd):.1f} s",
        ),
    ]


def _product(number: int) -> Product:
    product = Product.objects.create(
        sku=f"STORE-{number}", slug=f"store-{number}", name=f"Mug {number}", category="kitchen/mugs"
    )
    photo = ContentFile(coffee(), name=f"store-{number}.jpg")
    ProductMedia.objects.create(product=product, file=photo, kind=ProductMedia.Kind.PHOTO)
    return product


def _publish(product: Product, style: Style) -> None:
    """A published picture in the style, with its renditions, as a worker leaves it."""
    order = Order(products=[product], style=style, source=Source.COMMAND, client="benchmark")
    job = submit(order).submission.jobs.get()
    content = _picture(product.pk)
    image = GeneratedImage.objects.create(
        job=job,
        index=0,
        shop="local",
        product=product,
        state=ImageState.PUBLISHED,
        file=private_storage().save(f"pictures/{product.pk}.jpg", ContentFile(content)),
        width=1280,
        height=1280,
        mime="image/jpeg",
        digest=f"{product.pk:064d}",
        seed=1,
        source_type="compositeSynthetic",
    )
    GenerationJob.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, made_count=1)
    orders.want("local", product.pk, Context(scene="oak-0"))
    assert renditions.run_next([job.queue]) == 1
    assert image.renditions.count() == 12


def _picture(seed: int) -> bytes:
    """A picture with as much detail as a photo, so that its files are as large."""
    noise = np.random.default_rng(seed).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize((1280, 1280), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def _queries(address: str) -> int:
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(address)  # the scenes are known from now on
    with CaptureQueriesContext(connection) as caught:
        response = client.get(address)
    assert response["X-Prodimages-Status"] == "ready", response.headers
    return len(caught)


@contextlib.contextmanager
def _gunicorn() -> Iterator[tuple[int, psutil.Process]]:
    connections.close_all()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "shop_integration.project.wsgi"),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(PROCESSES)),
        *("--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "warning"),
    ]
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    try:
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("gunicorn did not start")
            time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _processor_seconds(server: psutil.Process) -> float:
    spent = [one.cpu_times() for one in (server, *server.children())]
    return sum(times.user + times.system for times in spent)


def _gets(addresses: Sequence[str], count: int) -> list[Any]:
    return [(addresses[number % len(addresses)], b"", {}) for number in range(count)]


def _check(told: dict[str, Any], expected: set[int] | None = None) -> None:
    wrong = set(told["statuses"]) - (expected or {200})
    if wrong:
        raise RuntimeError(f"expected a picture each time, and got {wrong} as well")


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
