from __future__ import annotations

import contextlib

import pytest

from shop_integration.project.environment import broker
from tests.broker import broker_at
from tests.chaos.site import Site
from tests.conftest import FLAT
from tests.servers import redis, unavailable

PATIENT = FLAT | {"POLL_SECONDS": 0.5, "LEASE_SECONDS": 30, "RETRY_SECONDS": 0.05}


@contextlib.contextmanager
def _opened(tmp_path_factory, broker_url: str = "", **prodimages):
    site = Site(tmp_path_factory.mktemp("site"), broker_url, PATIENT | prodimages)
    try:
        yield site
    finally:
        site.close()


@pytest.fixture(scope="session")
def redis_url():
    try:
        with redis() as url:
            yield url
    except FileNotFoundError:
        unavailable("redis-server")


@pytest.fixture
def visit(settings):
    """Makes the test's own process a part of a site, as the shop's web process is."""

    def join(site: Site) -> Site:
        site.forget()
        settings.PRODIMAGES = site.prodimages
        settings.MEDIA_ROOT = site.folder / "media"
        private = settings.STORAGES["prodimages"] | {
            "OPTIONS": {"location": site.folder / "private"}
        }
        settings.STORAGES = settings.STORAGES | {"prodimages": private}
        url, options = (site.broker, {}) if site.broker else broker(site.folder)
        joined.enter_context(broker_at(url, options))
        return site

    with contextlib.ExitStack() as joined:
        yield join


@pytest.fixture(scope="module")
def _running_site(django_db_setup, django_db_blocker, tmp_path_factory):
    with _opened(tmp_path_factory) as site, django_db_blocker.unblock():
        site.start_worker()
        yield site


@pytest.fixture
def running(_running_site, visit):
    """A site with a worker that all tests of a module share."""
    return visit(_running_site)


@pytest.fixture(params=["filesystem", pytest.param("redis", marks=pytest.mark.services)])
def site(request, visit, tmp_path_factory):
    """A site of the test's own, with no worker yet, once for each broker."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    with _opened(tmp_path_factory, url, LEASE_SECONDS=2) as opened:
        visit(opened).wipe_broker()
        yield opened


@pytest.fixture
def conveying(visit, tmp_path_factory):
    """A site whose engine lets batches of two overlap."""
    engine = {
        "BACKEND": "tests.testapp.engines.OverlappingEngine",
        "OPTIONS": {"MAX_BATCH": 2, "SECONDS": 0.05},
    }
    with _opened(tmp_path_factory, LEASE_SECONDS=2, ENGINES={"flat": engine}) as site:
        visit(site).wipe_broker()
        yield site


@pytest.fixture
def hasty(visit, tmp_path_factory):
    """A site whose steps have a few seconds each."""
    with _opened(tmp_path_factory, STEP_DEADLINE_SCALE=0.03) as opened:
        yield visit(opened)
