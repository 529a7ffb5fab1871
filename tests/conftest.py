from __future__ import annotations

import gc

import pytest

# Helpers that assert: what they compared is to be told as in a test.
pytest.register_assert_rewrite("tests.storefront.painting", "tests.storefront.shoppers")

FLAT = {
    "SHOPS": {"local": {"BACKEND": "shop_integration.catalogue.shop.CatalogueShop"}},
    "ENGINES": {"flat": {"BACKEND": "tests.testapp.engines.FlatEngine"}},
    "CUTOUT": {"BACKEND": "tests.testapp.cutouts.DarkIsProduct", "OPTIONS": {}},
    "RETRY_SECONDS": 0.001,
}


def pytest_collection_finish():
    """What was imported stays; models that are dropped are looked for among the rest, in a
    fraction of the time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def flat(settings):
    """PRODIMAGES with an engine and a cut-out backend that cost nothing."""
    settings.PRODIMAGES = FLAT
    return FLAT


@pytest.fixture(autouse=True)
def _keeper(request, monkeypatch):
    """A keeper sees nothing of a test that runs in one transaction, and on SQLite it waits for
    the end of that until the database gives up.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if marker and not marker.kwargs.get("transaction") and not commits:
        monkeypatch.setattr("prodimages.services.keeper.TICK_SECONDS", 3600)


@pytest.fixture(autouse=True)
def _scenes():
    """Known by a process for half a minute, which is longer than a test's rows live."""
    from prodimages.services.storefront import scenes

    scenes.forget()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    """Files of each test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    private = settings.STORAGES["prodimages"] | {"OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = settings.STORAGES | {"prodimages": private}
