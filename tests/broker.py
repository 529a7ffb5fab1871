"""Points the test's own process at another broker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from prodimages.tasks import run_queue


@contextlib.contextmanager
def broker_at(url: str, options: dict[str, Any] | None = None) -> Iterator[None]:
    conf = run_queue.app.conf
    # The address for writing follows the other one, but only until somebody has set it.
    before = conf.broker_write_url, conf.broker_url, conf.broker_transport_options
    conf.broker_write_url, conf.broker_url = url, url
    conf.broker_transport_options = options or {}
    try:
        yield
    finally:
        conf.broker_write_url, conf.broker_url, conf.broker_transport_options = before
