"""What the numbers were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

PACKAGES = (
    *("Django", "celery", "numpy", "scipy", "Pillow", "onnxruntime", "psycopg"),
    *("torch", "diffusers", "transformers"),
)


def describe() -> list[tuple[str, str]]:
    """Name and value of all that a reader needs to compare numbers with their own."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        ("date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        ("processor", f"{_processor()}, {cores()} cores"),
        ("memory", f"{_memory_gib():.1f} GiB"),
        ("load before", f"{load} (mean of 1, 5 and 15 minutes)"),
        ("system", f"{platform.system()} {platform.release()}"),
        ("Python", platform.python_version()),
        ("packages", ", ".join(f"{name} {_version(name)}" for name in PACKAGES)),
    ]


def cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_mib(pid: int) -> float | None:
    """Most memory that a running process ever held, in MiB; None where the system can't say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) / 1024 if found else None


def parent_of(pid: int) -> int:
    """Raises OSError where there is no /proc."""
    # The name, in parentheses, may hold anything; what follows the last one may not.
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
