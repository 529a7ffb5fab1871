from __future__ import annotations

import os
import signal

import pytest

from shop_integration.demo.management.commands import prodimages_demo


def test_a_termination_unwinds_what_is_open():
    """So that the demo's worker, which is open then, ends with the demo."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit), prodimages_demo._a_termination_unwinds():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
