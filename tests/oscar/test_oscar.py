"""prodimages inside a real Oscar shop, with Oscar's own apps and with forked ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("oscar")
ROOT = Path(__file__).resolve().parents[2]


def run(*command: str, cwd: Path = ROOT, **environment: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    plain |= {"DJANGO_SETTINGS_MODULE": "tests.oscar.site", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=plain | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("forked", [False, True], ids=["plain", "forked"])
def test_a_real_oscar_shop(tmp_path: Path, forked: bool) -> None:
    environment = {}
    if forked:
        # Oscar makes the forks, as its documentation says that a shop makes them.
        for label in ("catalogue", "catalogue_dashboard"):
            run("-m", "django", "oscar_fork_app", label, "forks", cwd=tmp_path)
        environment = {"OSCAR_FORK": str(tmp_path)}

    output = run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds=tests.oscar.site"),
        str(Path(__file__).parent / "inside.py"),
        **environment,
    )

    assert " passed" in output
    assert "skipped" not in output
