"""A style that needs no review publishes by itself, once its pictures are made."""

from __future__ import annotations

import pytest

from prodimages.choices import ImageState, JobState
from prodimages.services.sink import JobPictures
from shop_integration.catalogue.models import ProductMedia
from tests.factories import make_job, make_style
from tests.services.running import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("flat")]


def test_a_trusted_style_publishes_by_itself():
    job = run(make_job(style=make_style(requires_review=False)))
    image = job.images.get()
    assert image.state == ImageState.PUBLISHED
    assert ProductMedia.objects.generated().get().source_ref == image.publish_key


def test_a_trusted_style_publishes_nothing_that_failed_its_checks(monkeypatch):
    save = JobPictures.save

    def save_failed(self, index, content, thumbnail, *, details):
        save(self, index, content, thumbnail, details=dict(details) | {"passed": False})

    monkeypatch.setattr(JobPictures, "save", save_failed)
    job = run(make_job(style=make_style(requires_review=False)))
    assert (job.state, job.images.get().state) == (JobState.SUCCEEDED, ImageState.PENDING)
    assert not ProductMedia.objects.generated().exists()
