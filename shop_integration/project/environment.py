"""What the reference project reads from the environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def demo_secret_key(folder: Path, demo: bool) -> str:
    """A random key kept in the demo's folder. Raises ImproperlyConfigured outside the demo."""
    if not demo:
        raise ImproperlyConfigured("Set SECRET_KEY: only the demo makes one up.")
    path = folder / "demo-secret-key"
    if not path.exists():
        draft = folder / f"demo-secret-key-{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all, also when a worker starts beside us
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def database(folder: Path) -> dict[str, Any]:
    """DATABASES["default"] from DATABASE_URL (postgresql://...), else SQLite in ``folder``.

    SQLite takes the write lock when a transaction begins: a deferred one that has read
    can't wait for the lock later and fails at once with "database is locked".
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "db.sqlite3",
            # Whoever closes the last connection writes the whole log back, and others wait.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def broker(folder: Path) -> tuple[str, dict[str, Any]]:
    """Celery's broker URL and transport options: BROKER_URL, else a folder of files."""
    if url := os.environ.get("BROKER_URL", ""):
        return url, {"socket_timeout": 5, "socket_connect_timeout": 2}
    messages = folder / "broker"
    for name in ("messages", "processed", "control"):
        (messages / name).mkdir(parents=True, exist_ok=True)
    return "filesystem://", {
        "data_folder_in": str(messages / "messages"),
        "data_folder_out": str(messages / "messages"),
        "processed_folder": str(messages / "processed"),
        "control_folder": str(messages / "control"),
        "store_processed": False,
    }


def engines(*, demo: bool = False) -> dict[str, Any]:
    """ENGINES: the studio, the fitting preview, in the demo the model that ships with the package,
    and a diffusion model on the queue ``gpu`` where a preset is named.

    DIFFUSION_REVISIONS is ``repository=commit``, several with commas between them.
    """
    declared: dict[str, Any] = {
        "studio": {"BACKEND": "prodimages.engines.studio.StudioEngine"},
        "fitting": {"BACKEND": "prodimages.engines.fitting.FittingEngine"},
    }
    if demo:
        declared["nano"] = {
            "BACKEND": "prodimages.engines.diffusers.DiffusersEngine",
            "OPTIONS": {"PRESET": "nano"},
        }
    if preset := os.environ.get("DIFFUSION_PRESET", ""):
        pairs = filter(None, os.environ.get("DIFFUSION_REVISIONS", "").split(","))
        parted = (pair.partition("=") for pair in pairs)
        revisions = {name.strip(): commit.strip() for name, _equals, commit in parted}
        declared["diffusion"] = {
            "BACKEND": "prodimages.engines.diffusers.DiffusersEngine",
            "QUEUE": "gpu",
            "OPTIONS": {"PRESET": preset, "REVISIONS": revisions},
        }
    return declared
