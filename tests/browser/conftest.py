from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from prodimages.models import Style, StyleRule
from prodimages.services import execution
from prodimages.services.storefront import renditions
from tests.services.running import QUEUES

CHROMIUM = Path("/usr/bin/chromium")
# Playwright's own loop runs in this thread, and Django would take it for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        if os.environ.get("PRODIMAGES_REQUIRE_SERVICES") == "1":
            pytest.fail(f"There is no browser at {CHROMIUM}.")
        pytest.skip(f"there is no browser at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def shop(flat, live_server):
    """A shop with one style, one of the staff, and the address of its admin."""
    StyleRule.objects.all().delete()
    Style.objects.all().delete()
    User.objects.create_superuser("boss", password="open sesame")
    return live_server.url


@pytest.fixture
def worker(shop):
    """Runs jobs in a thread of this process, from when it is told to begin."""
    begin, stop = threading.Event(), threading.Event()

    def work() -> None:
        try:
            begin.wait()
            while not stop.is_set():
                if not (execution.run_next(QUEUES) or renditions.run_next(QUEUES)):
                    time.sleep(0.05)
        finally:
            connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield begin
    stop.set()
    begin.set()
    thread.join()
