"""A shopper who asks for a try-on, and what is stored of them."""

from __future__ import annotations

import json
from pathlib import Path

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from prodimages.models import GenerationAttempt, GenerationJob, ShopperPhoto, Submission, TryOn
from prodimages.testing import run_jobs
from tests.conftest import FLAT
from tests.wearing import make_top, person_bytes

URL = "/api/v1/storefront/try-on/"
FITTING = FLAT | {
    "ENGINES": {
        **FLAT["ENGINES"],
        "fitting": {"BACKEND": "prodimages.engines.fitting.FittingEngine"},
    },
    "CUTOUT_MIN_CONFIDENCE": 0.0,
    "TRY_ON_SIZE": 480,
}
POSE = {
    "neck": [0.5, 0.27],
    "left_shoulder": [0.34, 0.3],
    "right_shoulder": [0.66, 0.3],
    "left_elbow": [0.26, 0.47],
    "right_elbow": [0.74, 0.47],
    "left_wrist": [0.2, 0.62],
    "right_wrist": [0.8, 0.62],
    "left_hip": [0.38, 0.66],
    "right_hip": [0.62, 0.66],
}


def upload(content: bytes | None = None, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, person_bytes() if content is None else content, "image/jpeg")


def form(product, **values):
    given = {
        "product": str(getattr(product, "pk", product)),
        "consent": "yes",
        "of_age": "yes",
        "consent_version": "1",
        "photo": upload(),
    }
    if "landmarks" in values:  # nobody drawn has a face that is found
        given["front_view"] = "yes"
    return {name: value for name, value in (given | values).items() if value is not None}


def ask(client, product=None, *, token: str = "", **values):
    product = values.pop("product", None) or product or make_top()
    mine = headers({"token": token}) if token else {}
    return client.post(URL, form(product, **values), **mine)


def headers(body):
    """What shows whose the try-on is."""
    return {"headers": {"X-Try-On-Token": body["token"]}}


def made(client, **values):
    """A try-on whose picture is there."""
    body = ask(client, landmarks=json.dumps(POSE), **values).json()
    run_jobs()
    return body


def shoppers_files(where) -> list[str]:
    """Below the folder of the test, or in a storage."""
    private = Path(getattr(where, "location", "") or where / "private") / "shoppers"
    return sorted(str(path) for path in private.rglob("*") if path.is_file())


def everything_in_the_database() -> str:
    rows = []
    for model in apps.get_models():
        rows += [str(list(row.items())) for row in model._base_manager.values()]
    return "\n".join(rows)


def assert_nothing_is_left(tmp_path) -> None:
    assert shoppers_files(tmp_path) == []
    for model in (ShopperPhoto, TryOn):
        assert not model.objects.exists()
    assert not GenerationJob.every.filter(for_shopper=True).exists()
    assert not GenerationAttempt.objects.filter(job__for_shopper=True).exists()
    assert not Submission.objects.filter(client="shopper").exists()


def erase_within(monkeypatch, files, client, body, moment: str) -> None:
    """Have the shopper erase everything just before or just after ``files`` writes."""
    write = files.write_verified

    def write_and_erase(storage, name, content):
        if moment == "before the file":
            client.delete(body["links"]["self"], **headers(body))
        written = write(storage, name, content)
        if moment == "after the file":
            client.delete(body["links"]["self"], **headers(body))
        return written

    monkeypatch.setattr(files, "write_verified", write_and_erase)
