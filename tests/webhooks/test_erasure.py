from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from prodimages.choices import ImageState, JobState
from prodimages.models import (
    Cutout,
    GeneratedImage,
    GenerationAttempt,
    GenerationJob,
    InboundEvent,
    SourcePhoto,
    Style,
    StyleRule,
    Submission,
)
from prodimages.services import execution, photos
from prodimages.storage import private_storage
from shop_integration.catalogue.models import MirroredProduct, Product
from tests.factories import make_job, make_product, make_style, photo_bytes
from tests.webhooks.conftest import outcomes, work

pytestmark = pytest.mark.django_db


def stored_files() -> list[str]:
    def walk(folder: str) -> list[str]:
        if not private_storage().exists(folder):
            return []
        folders, files = private_storage().listdir(folder)
        found = [f"{folder}/{name}" for name in files]
        return found + [file for name in folders for file in walk(f"{folder}/{name}")]

    return [file for top in ("sources", "cutouts", "pictures") for file in walk(top)]


def test_everything_of_the_shop_is_erased_and_nothing_of_another(send, rule):
    make_job(make_product(), make_style())
    send("msg_1")
    work()
    while execution.run_next(["prodimages"]):
        pass
    assert GeneratedImage.objects.filter(shop="shoes").count() == 2
    assert SourcePhoto.objects.filter(shop="shoes").exists()
    assert any("/shoes/" in name for name in stored_files())
    others = {name for name in stored_files() if "/shoes/" not in name}
    send("msg_2", kind="redact_shop")
    work()
    assert outcomes()[0][0] == "done"
    assert outcomes()[0][1].startswith("Erased: 1 products, ")
    assert set(stored_files()) == others
    for model in (GeneratedImage, GenerationJob, SourcePhoto, Submission):
        assert set(model.objects.values_list("shop", flat=True)) == {"local"}
    assert not Cutout.objects.filter(photo__shop="shoes").exists()
    assert not MirroredProduct.objects.exists()
    assert Product.objects.count() == 1
    kept = InboundEvent.objects.get()
    assert (kept.kind, kept.payload) == ("redact_shop", None)
    assert StyleRule.objects.exists()
    assert Style.objects.filter(shop="shoes").exists()


def test_files_of_an_attempt_that_never_ended_are_erased(send, rule):
    send("msg_1")
    work()
    job = GenerationJob.objects.first()
    private_storage().save("pictures/shoes/1/0-left.jpg", ContentFile(b"x"))
    GenerationAttempt.objects.create(
        job=job, token=1, worker="dead", files=["pictures/shoes/1/0-left.jpg"]
    )
    send("msg_2", kind="redact_shop")
    work()
    assert stored_files() == []


def test_a_running_job_is_stopped_before_anything_is_erased(send, rule):
    send("msg_1")
    work()
    GenerationJob.objects.filter(pk=GenerationJob.objects.first().pk).update(state=JobState.RUNNING)
    send("msg_2", kind="redact_shop")
    work()
    assert outcomes()[1][0] == "waiting"
    assert GenerationJob.objects.filter(cancel_requested=True).count() == 1
    assert GenerationJob.objects.filter(state=JobState.CANCELED).count() == 1
    assert Product.objects.exists()


def test_erasing_may_be_interrupted_and_repeated(send, rule, monkeypatch):
    send("msg_1")
    work()
    photos.keep("shoes", photo_bytes())
    monkeypatch.setattr("prodimages.services.inbound.erasure.PAGE", 1)
    send("msg_2", kind="redact_shop")
    send("msg_3", kind="redact_shop")
    work()
    assert [state for state, _text in outcomes()] == ["done", "done"]
    assert not SourcePhoto.objects.exists()
    assert not GeneratedImage.objects.exclude(state=ImageState.PENDING).exists()
