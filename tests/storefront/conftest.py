from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.core.cache import cache
from django.core.signals import got_request_exception

from prodimages.choices import ImageState
from prodimages.models import GeneratedImage, GenerationJob, StorefrontScene
from prodimages.services import execution, publishing, review
from prodimages.services.storefront import renditions
from prodimages.services.storefront.contexts import Context
from prodimages.storefront.pictures import picture_url
from tests.factories import make_product, make_style
from tests.services.running import QUEUES
from tests.storefront.shoppers import FITTING

STATUS = "X-Prodimages-Status"
WIDTHS = [64, 128, 256]


@pytest.fixture
def shop(settings, flat):
    """A shop whose pictures are small, so that their renditions cost little."""
    settings.PRODIMAGES = flat | {"STOREFRONT_WIDTHS": WIDTHS}
    cache.clear()
    return settings.PRODIMAGES


@pytest.fixture
def fitting(settings):
    """A shop whose tops can be tried on."""
    settings.PRODIMAGES = FITTING


def make_scene(slug: str = "marble", **values: Any) -> StorefrontScene:
    style = values.pop("style", None) or make_style(requires_review=values.pop("review", False))
    return StorefrontScene.objects.create(slug=slug, name=slug.title(), style=style, **values)


def url(product: Any, scene: str = "marble", **values: Any) -> str:
    parts = {name: values.pop(name) for name in ("segment", "season", "arm") if name in values}
    return picture_url(product, Context(scene=scene, **parts), **values)


def work() -> int:
    """What a worker does until nothing is left to do. Returns how many jobs ran."""
    jobs = 0
    while True:
        ran = execution.run_next(QUEUES)
        if not (ran or renditions.run_next(QUEUES)):
            return jobs
        jobs += ran


def jobs() -> int:
    return GenerationJob.objects.count()


def make_published(product: Any = None, **style: Any) -> GeneratedImage:
    """A picture that staff ordered, approved and published in the product's gallery."""
    from prodimages.choices import Source
    from prodimages.services.submission import Order, submit

    order = Order(
        products=[product or make_product()],
        style=make_style(**style),
        source=Source.COMMAND,
        client="tests",
    )
    job = submit(order).submission.jobs.get()
    while not job.is_finished:
        assert execution.run_next(QUEUES)
        job.refresh_from_db()
    image = job.images.get()
    review.approve(image, user=None)
    publishing.publish(image)
    image.refresh_from_db()
    assert image.state == ImageState.PUBLISHED
    return image


@pytest.fixture
def from_anywhere(settings):
    """Without the demo's guard, which answers this machine alone."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if ".demo." not in name]


@pytest.fixture
def logged():
    """All that is logged, by handlers of the test's own: an empty list must mean silence."""
    heard: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: heard.append(record.getMessage())
    loggers = [logging.getLogger(), logging.getLogger("prodimages")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    logging.getLogger("prodimages.services.execution").debug("listening")
    assert "listening" in heard
    yield heard
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


@pytest.fixture
def reports():
    """What staff would be told of each error, by mail and on the page that developers see."""
    from django.views.debug import ExceptionReporter

    told: list[str] = []

    def keep(sender, request, **kwargs):
        reporter = ExceptionReporter(request, *sys.exc_info())
        told.append(reporter.get_traceback_text() + reporter.get_traceback_html())

    got_request_exception.connect(keep, weak=False, dispatch_uid="test")
    yield told
    got_request_exception.disconnect(dispatch_uid="test")


def fail(*given):
    """Raise an error here: reports quote the lines around it, which a test must not read there."""
    raise RuntimeError
