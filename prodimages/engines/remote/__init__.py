"""An engine on another machine: any image server that speaks OpenAI's images API.

In the settings::

    "ENGINES": {
        "gpu": {
            "BACKEND": "prodimages.engines.remote.RemoteEngine",
            "OPTIONS": {
                "URL": "http://gpu.internal:8000/v1",
                "MODEL": "Qwen/Qwen-Image-Edit-2511",
                "SERVER": "vllm-omni",
                "LICENSE": "Apache-2.0",
            },
        },
    }

A style's parameters: ``canvas`` (studio, neutral), ``steps``, ``guidance``, ``true_cfg``
and ``quality``, as far as the server takes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, ClassVar

from django.core.checks import CheckMessage, Error
from django.utils.translation import gettext as _

from prodimages.choices import Task
from prodimages.engines.base import (
    Engine,
    EnginePicture,
    GenerationRequest,
    IsCanceled,
    OnProgress,
    PromptReading,
)
from prodimages.engines.canvas import CANVASES
from prodimages.engines.remote.options import TASKS, RemoteOptions
from prodimages.exceptions import JobCanceled, JobFailure

_RANGES: dict[str, tuple[float, float, type[float] | type[int]]] = {
    "steps": (1, 150, int),
    "guidance": (0, 30, float),
    "true_cfg": (0, 30, float),
}
_QUALITIES = ("auto", "low", "medium", "high")
_LOOK_SECONDS = 0.25


class RemoteEngine(Engine):
    """Asks a server for several pictures at once; the server batches and schedules them."""

    tasks: ClassVar[frozenset[Task]] = TASKS
    version: ClassVar[str] = "1"
    max_batch: ClassVar[int] = 8
    deterministic: ClassVar[bool] = False
    sends_pictures: ClassVar[bool] = True

    def __init__(self, alias: str, options: Mapping[str, Any]):
        super().__init__(alias, options)
        self._set, self._problems = RemoteOptions.parse(options)
        self.tasks = self._set.tasks  # type: ignore[misc]  # what this server is declared for

    def generate(
        self,
        requests: Sequence[GenerationRequest],
        *,
        on_progress: OnProgress,
        is_canceled: IsCanceled,
    ) -> list[EnginePicture | JobFailure]:
        """One picture a request, ``CONCURRENCY`` at a time.

        A cancel is heard within a second: the calls under way are hung up on, though the
        server may finish what it draws.
        """
        from prodimages.engines.remote.client import connect
        from prodimages.engines.remote.drawing import draw

        client = connect(self._set)
        pool = ThreadPoolExecutor(self._set.concurrency, thread_name_prefix="prodimages-remote")

        def one(request: GenerationRequest) -> EnginePicture | JobFailure:
            try:
                return draw(request, client, self._set)
            except JobFailure as failure:
                return failure

        try:
            futures = [pool.submit(one, request) for request in requests]
            _watch(futures, on_progress, is_canceled)
            return [future.result() for future in futures]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            client.close()

    def read_prompt(self, task: Task, prompt: str) -> PromptReading:
        """A model may honor any word, so none is reported."""
        return PromptReading()

    def refuse(self, request: Mapping[str, Any]) -> list[str]:
        """Words about parameters that don't exist, are out of range, or that the server lacks."""
        found = []
        for name, value in request.items():
            if name == "canvas":
                good = value in CANVASES
            elif name in _RANGES and name in self._set.server.extra:
                least, most, kind = _RANGES[name]
                numeric = isinstance(value, int | kind) and not isinstance(value, bool)
                good = numeric and least <= value <= most
            elif name == "quality" and name in self._set.server.extra:
                good = value in _QUALITIES
            else:
                found.append(
                    _("%(server)s takes no parameter “%(name)s”.")
                    % {"server": self._set.server.name, "name": name}
                )
                continue
            if not good:
                found.append(_("“%(name)s” can't be %(value)r.") % {"name": name, "value": value})
        return found

    def model_info(self) -> dict[str, Any]:
        return {
            "name": self._set.model,
            "revision": "",  # a server does not tell which weights it holds
            "license": self._set.license,
            "server": self._set.server.name,
        }

    def check(self) -> list[CheckMessage]:
        return [
            Error(
                f'PRODIMAGES["ENGINES"]["{self.alias}"]: {problem}',
                hint="See docs/howto/remote-engines.md.",
                id="prodimages.E050",
            )
            for problem in self._problems
        ]


def _watch(
    futures: Sequence[Future[Any]], on_progress: OnProgress, is_canceled: IsCanceled
) -> None:
    """Until all are done. Raises JobCanceled as soon as nobody wants the pictures any more."""
    waiting = set(futures)
    while waiting:
        if is_canceled():
            raise JobCanceled
        waiting = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED).not_done
        on_progress(1 - len(waiting) / len(futures))
