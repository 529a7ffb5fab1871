"""What the settings say of a server: read once, and refused in words when wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from prodimages.choices import Task
from prodimages.engines.remote.servers import SERVERS, Server

TASKS = frozenset({Task.TEXT_TO_IMAGE, Task.BACKGROUND, Task.RESTYLE, Task.TRY_ON})
_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
_TYPES: dict[str, tuple[type, ...]] = {
    "URL": (str,),
    "MODEL": (str,),
    "SERVER": (str,),
    "KEY": (str,),
    "LICENSE": (str,),
    "CURRENCY": (str,),
    "TASKS": (list, tuple),
    "SIZES": (list, tuple),
    "TIMEOUT": (int, float),
    "PRICE": (int, float),
    "RETRIES": (int,),
    "CONCURRENCY": (int,),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class RemoteOptions:
    """``OPTIONS`` of a remote engine."""

    url: str = ""
    """Base address up to and with ``/v1``."""
    model: str = ""
    server: Server = SERVERS["vllm-omni"]
    key: str = ""
    """Secret sent as a bearer token; servers of one's own may need none."""
    license: str = ""
    """Of the model's weights or the service, as kept with each picture."""
    tasks: frozenset[Task] = TASKS
    sizes: tuple[tuple[int, int], ...] = ()
    timeout: float = 180.0
    """Seconds that one picture may take before it is asked for again."""
    retries: int = 3
    """How often a busy or silent server is asked again, with growing, jittered pauses."""
    concurrency: int = 4
    """Pictures asked for at the same time."""
    price: float | None = None
    """Of one picture, kept with it."""
    currency: str = "USD"

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> tuple[RemoteOptions, list[str]]:
        """The options that can be used, and words about those that can't."""
        problems = [f"There is no option {name!r}." for name in sorted(set(options) - set(_TYPES))]
        good: dict[str, Any] = {}
        for name, types in _TYPES.items():
            if name not in options:
                continue
            value = options[name]
            if isinstance(value, bool) or not isinstance(value, types):
                problems.append(f"{name} is {value!r}; it must be {_words(types)}.")
            else:
                good[name] = value
        parsed = cls(**_fields(good, problems))
        if not parsed.url:
            problems.append("URL is missing, such as http://127.0.0.1:8000/v1.")
        if not parsed.model:
            problems.append("MODEL is missing: the name that the server knows its model by.")
        return parsed, problems


def _fields(good: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name.lower(): value
        for name, value in good.items()
        if name not in ("URL", "SERVER", "TASKS", "SIZES")
    }
    if url := good.get("URL"):
        if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname:
            fields["url"] = url.rstrip("/")
        else:
            problems.append(f"URL is {url!r}; it must begin with http:// or https://.")
    if (server := good.get("SERVER")) is not None:
        if server in SERVERS:
            fields["server"] = SERVERS[server]
        else:
            problems.append(f"SERVER is {server!r}; known are: {', '.join(SERVERS)}.")
    if "TASKS" in good:
        if unknown := [task for task in good["TASKS"] if task not in TASKS]:
            problems.append(f"TASKS names {unknown}; possible are: {', '.join(sorted(TASKS))}.")
        fields["tasks"] = frozenset(Task(task) for task in good["TASKS"] if task in TASKS)
    sizes = [_SIZE.fullmatch(size) for size in map(str, good.get("SIZES", ()))]
    if None in sizes:
        problems.append('SIZES are written like "1024x1024".')
    fields["sizes"] = tuple((int(size[1]), int(size[2])) for size in sizes if size)
    for name, least in (("timeout", 1), ("concurrency", 1), ("retries", 0), ("price", 0)):
        if fields.get(name, least) < least:
            problems.append(f"{name.upper()} is {fields.pop(name)}; the least is {least}.")
    return fields


def _words(types: tuple[type, ...]) -> str:
    return {str: "a text", int: "a whole number", float: "a number", list: "a list"}[
        float if float in types else types[0]
    ]
