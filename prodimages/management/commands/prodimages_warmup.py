from __future__ import annotations

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from prodimages.choices import Task
from prodimages.conf import settings
from prodimages.engines.base import Engine, GenerationRequest, PlacedProduct
from prodimages.engines.registry import get_engine
from prodimages.exceptions import JobFailure, RequestRefused
from prodimages.management.commands._progress import bar

_ORDER = (Task.TEXT_TO_IMAGE, Task.BACKGROUND, Task.PACKSHOT)
"""What is tried, the plainest first."""


class Command(BaseCommand):
    help = (
        "Load the models of the engines and make one small picture with each, so that what is "
        "missing shows before the first job. Without a name: all engines that have a model."
    )
    # It says itself what is wrong with an engine, also where another one is sound.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("engines", nargs="*", metavar="ENGINE", help="alias in the settings")
        parser.add_argument("--size", type=int, default=256, help="side in pixels (256)")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        size = options["size"]
        if not 16 <= size <= settings.MAX_SIZE:
            raise CommandError(f"--size is a number from 16 to {settings.MAX_SIZE}.")
        results = []
        for alias, engine in _chosen(options["engines"]).items():
            results.append({"engine": alias, **_warmed(alias, engine, size)})
            if not options["json"]:
                self.stdout.write(_told(results[-1]))
        if options["json"]:
            self.stdout.write(json.dumps(results, ensure_ascii=False))
        elif not results:
            self.stdout.write("No engine has a model to load.")
        if any(result["error"] for result in results):
            raise CommandError("Not every engine could make a picture; see above.")


def _chosen(aliases: list[str]) -> dict[str, Engine]:
    try:
        if aliases:
            return {alias: get_engine(alias) for alias in aliases}
        engines = {alias: get_engine(alias) for alias in settings.ENGINES}
    except RequestRefused as refused:
        raise CommandError(str(refused)) from refused
    return {alias: engine for alias, engine in engines.items() if engine.is_warm is not None}


def _told(result: dict[str, Any]) -> str:
    if result["error"]:
        return f"{result['engine']}: {result['error']}"
    return f"{result['engine']}: one picture ({result['task']}) after {result['seconds']:.1f} s."


def _warmed(alias: str, engine: Engine, size: int) -> dict[str, Any]:
    """Seconds until the first picture, with the model's loading, or why there is none."""
    task = next((task for task in _ORDER if task in engine.tasks), None)
    if task is None:
        error = "Its settings are wrong, or it has no task that could be tried."
        return {"task": None, "seconds": None, "error": error}
    began, error = time.perf_counter(), ""
    with bar(1.0, alias, bar_format="{desc} {percentage:3.0f} % |{bar}| {elapsed}") as progress:

        def report(done: float) -> None:
            progress.update(max(done - progress.n, 0))

        try:
            (made,) = engine.generate(
                [_request(task, size)], on_progress=report, is_canceled=lambda: False
            )
            error = str(made) if isinstance(made, JobFailure) else ""
            if not error and (engine.warms_up or engine.compiles):
                engine.warm_up()
        except JobFailure as failure:
            error = str(failure)
    return {"task": str(task), "seconds": round(time.perf_counter() - began, 3), "error": error}


def _request(task: Task, size: int) -> GenerationRequest:
    product = None if task == Task.TEXT_TO_IMAGE else _box(size)
    prompt = "a plain gray table"
    return GenerationRequest(
        task=task, prompt=prompt, seed=1, width=size, height=size, product=product
    )


def _box(size: int) -> PlacedProduct:
    """A gray box in the middle, a third of the picture wide."""
    import numpy as np

    third = size // 3
    alpha = np.zeros((size, size), np.float32)
    alpha[third : 2 * third, third : 2 * third] = 1
    return PlacedProduct(
        rgb=np.full((size, size, 3), 128, np.uint8),
        alpha=alpha,
        box=(third, third, 2 * third, 2 * third),
        scale=1.0,
        width_cm=10.0,
    )
