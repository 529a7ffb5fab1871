"""The races once more, on PostgreSQL, for a suite that runs on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.servers import postgresql, unavailable

HERE = Path(__file__).parent
RACES = [
    "test_queue.py",
    "test_affinity.py",
    "test_submission.py",
    "test_lifecycle.py",
    "test_publishing.py",
    "test_delivery.py",
    "test_proofs.py",
    "test_review.py",
    "test_budgets.py",
    "test_settlement.py",
    "test_budget_days.py",
    "test_api_keys.py",
    "../storefront/test_races.py",
]


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.skipif(connection.vendor == "postgresql", reason="the whole suite runs there")
def test_the_races_have_the_same_outcome_on_postgresql():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    try:
        with postgresql() as url:
            outcome = subprocess.run(
                [*command, *(str(HERE / name) for name in RACES)],
                cwd=HERE.parent.parent,
                env={name: value for name, value in os.environ.items() if "XDIST" not in name}
                | {"PRODIMAGES_TEST_DATABASE_URL": url},
                capture_output=True,
                text=True,
                check=False,
            )
    except FileNotFoundError:
        unavailable("PostgreSQL")
    assert outcome.returncode == 0, outcome.stdout[-8000:]
    assert " passed" in outcome.stdout
