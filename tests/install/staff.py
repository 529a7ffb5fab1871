"""What the shop's staff do in the admin: a command that the test adds to the shop."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand
from django.test import Client
from django.test.utils import setup_test_environment
from shop import celery_app
from wares.models import Ware, WareImage

import prodimages
from prodimages.models import GeneratedImage, GenerationJob, Style

LIST = "/backstage/wares/ware/"
PICTURES = "/backstage/prodimages/generatedimage/"


def staff(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=name)
    return client


def generate(style: str, permissions: list[str]) -> dict[str, Any]:
    """Tick ann's wares, see that nobody else's and nobody without permission can."""
    ann = staff("ann")
    assert "generate_images" not in ann.get(LIST).content.decode()
    for name in ("ann", "bob"):
        codenames = [permission.removeprefix("prodimages.") for permission in permissions]
        given = Permission.objects.filter(
            content_type__app_label="prodimages", codename__in=codenames
        )
        assert given.count() == len(codenames)
        User.objects.get(username=name).user_permissions.add(*given)
    listing = ann.get(LIST).content.decode()
    assert "The shelf is cold" in listing, "the shop's own template of the list"
    assert "generate_images" in listing
    assert "mark_as_cups" in listing
    wares = list(Ware.objects.order_by("pk"))
    answer = ann.post(
        LIST,
        {"action": "generate_images", "_selected_action": [ware.pk for ware in wares]},
        follow=True,
    )
    form = answer.context["form"]
    fields = {name: form[name].value() for name in ("selection", "key", "count")}
    chosen = Style.objects.get(slug=style)
    order = {**fields, "style": chosen.pk, "prompt": "", "seed": "7", "size": "512"}
    sent = [ann.post(f"{LIST}generate-images/", order, follow=True) for _twice in range(2)]
    assert all(answer.status_code == 200 for answer in sent)
    jobs = GenerationJob.objects.order_by("pk")
    return {
        "from": prodimages.__file__,
        "jobs": [job.product_label for job in jobs],
        "heavy": heavy_libraries(),
    }


def heavy_libraries() -> list[str]:
    """Those that the requests so far have loaded into this process."""
    return sorted({"numpy", "scipy", "onnxruntime", "torch"} & set(sys.modules))


def look() -> dict[str, Any]:
    """The product's page, and what of the shop must be as it was."""
    ware = Ware.objects.order_by("pk")[0]
    ann = staff("ann")
    page = ann.get(f"{LIST}{ware.pk}/change/").content.decode()
    assert ann.get(f"{LIST}{ware.pk}/product-photo/").status_code == 200
    assert staff("bob").get(f"{LIST}{ware.pk}/generate-images/").status_code == 404
    api = Client().get("/api/wares/")
    return {
        "own template": "The kiln is hot" in page,
        "button": f"{LIST}{ware.pk}/generate-images/" in page,
        "api": [api.status_code, api.json()["count"], len(api.json()["results"])],
        "queue": celery_app.conf.task_default_queue,
        "heavy": heavy_libraries(),
    }


def approve(seconds: float = 45) -> dict[str, Any]:
    """Wait for the worker, approve what it made, and say what the shop has now."""
    end = time.monotonic() + seconds
    while GenerationJob.objects.unfinished().exists():
        assert time.monotonic() < end, list(GenerationJob.objects.values("state", "stage"))
        time.sleep(0.2)
    ann, bob = staff("ann"), staff("bob")
    seen = {}
    for image in GeneratedImage.objects.order_by("pk"):
        page = f"/backstage/prodimages/generationjob/{image.job_id}/change/"
        assert ann.get(page).status_code == 200
        assert bob.get(page).status_code in {302, 404}
        assert ann.get(f"{PICTURES}{image.pk}/file/").status_code == 200
        assert bob.get(f"{PICTURES}{image.pk}/file/").status_code == 404
        assert bob.post(f"{PICTURES}review/", {"approve": image.pk}).status_code == 404
        for _twice in range(2):
            ann.post(f"{PICTURES}review/", {"approve": image.pk})
        image.refresh_from_db()
        seen[image.job.product_label] = image.state
    jobs = GenerationJob.objects.values_list("state", "error")
    return {
        "jobs": sorted({f"{state} {error}".strip() for state, error in jobs}),
        "pictures": seen,
        "shop": [
            [image.ware.title, image.picture.name, image.picture.path, image.caption]
            for image in WareImage.objects.select_related("ware").order_by("pk")
        ],
    }


class Command(BaseCommand):
    """``staff generate STYLE PERMISSION...``, ``staff look``, ``staff approve``."""

    def add_arguments(self, parser):
        parser.add_argument("step")
        parser.add_argument("arguments", nargs="*")

    def handle(self, step, arguments, **options):
        setup_test_environment()  # so that an answer carries the context of its template
        if step == "generate":
            answer = generate(arguments[0], arguments[1:])
        else:
            answer = {"look": look, "approve": approve}[step]()
        self.stdout.write(json.dumps(answer))
