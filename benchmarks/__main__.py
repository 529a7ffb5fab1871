"""Runs groups of benchmarks, each in a process of its own, and prints one table.

python -m benchmarks                        all groups
python -m benchmarks pictures imports       some
python -m benchmarks --runs 5 --output t.md more runs, and the table as a file
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import machine
from benchmarks.result import Row
from benchmarks.table import machine_lines, table_lines

GROUPS = (
    *("imports", "queue", "queue-postgresql", "backfill", "backfill-postgresql"),
    *("storefront", "storefront-postgresql"),
    *("webhooks", "webhooks-postgresql", "admin", "pictures", "previews", "memory"),
    *("engine", "nano"),
)
FOLDER = Path(__file__).resolve().parent.parent


def main() -> int:
    options = _options()
    facts = machine.describe()
    rows, failed = [], []
    for group in options.groups or GROUPS:
        print(f"{group} ...", file=sys.stderr, flush=True)
        made = _run(group, options.runs)
        rows += made or []
        if made is None:
            failed.append(group)
    text = "\n".join([*machine_lines(facts), "", *table_lines(rows)])
    print(text)
    if options.output:
        options.output.write_text(text + "\n")
    for group in failed:
        print(f"The group {group} could not be measured.", file=sys.stderr)
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument("groups", nargs="*", metavar="group", help=", ".join(GROUPS))
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--output", type=Path, help="a file for the table besides the screen")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no group {', '.join(sorted(unknown))}; there are: {', '.join(GROUPS)}")
    return options


def _run(group: str, runs: int) -> list[Row] | None:
    """The rows of ``group``; None when it could not be measured."""
    with tempfile.TemporaryDirectory(prefix="prodimages-benchmarks-") as name:
        results = Path(name) / "rows.json"
        environment = _environment(Path(name) / "var")
        (Path(name) / "var" / "static").mkdir(parents=True)  # else each request warns of it
        with contextlib.ExitStack() as stack:
            if group.endswith("-postgresql"):
                url = stack.enter_context(_postgresql())
                if url is None:
                    return None
                environment["DATABASE_URL"] = url
            command = [sys.executable, "-m", "benchmarks.child", group, str(runs), str(results)]
            code = subprocess.run(command, env=environment, cwd=FOLDER, check=False).returncode
        if code:
            return None
        return [Row(**values) for values in json.loads(results.read_text())]


def _environment(folder: Path) -> dict[str, str]:
    """The demo's settings, on SQLite and the broker of files, in a folder that will go."""
    left_out = {"DATABASE_URL", "BROKER_URL", "DEBUG", "SECRET_KEY"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "shop_integration.project.settings",
        "PRODIMAGES_VAR": str(folder),
        "PRODIMAGES_DEMO": "1",
    }


@contextlib.contextmanager
def _postgresql() -> Iterator[str | None]:
    """A private server that keeps its promises to the disk; None where there is none."""
    from tests.servers import postgresql

    try:
        with postgresql(durable=True) as url:
            yield url
    except FileNotFoundError:
        print("PostgreSQL is not installed here.", file=sys.stderr)
        yield None


if __name__ == "__main__":
    sys.exit(main())
