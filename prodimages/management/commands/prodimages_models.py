from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm.asyncio import tqdm_asyncio

from prodimages.engines.declared import DeclaredModel, declared_models
from prodimages.exceptions import JobFailure
from prodimages.management.commands._progress import bar

GIGA = 10**9
_ACTIONS = ("list", "fetch", "verify", "delete", "quantize", "steps")


class _Bar(tqdm_asyncio):  # type: ignore[type-arg]  # generic in its stubs only
    """On stderr, and silent where nobody watches."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {"file": sys.stderr, "disable": not sys.stderr.isatty()}
        options.pop("name", None)  # the hub's own; a plain bar does not know it
        super().__init__(*args, **options)


class Command(BaseCommand):
    help = (
        "Models of the diffusion engines: list them, fetch their weights at the pinned revision, "
        "verify the digests, delete them; quantize one to 8 bits for OpenVINO; measure steps "
        "of one for a step cache. Takes all engines where none is named, except for the last three."
    )
    # It says itself what is wrong with an engine, also where another one is sound.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=list(_ACTIONS))
        parser.add_argument("engines", nargs="*", metavar="ENGINE", help="alias in the settings")
        parser.add_argument("--presets", action="store_true", help="list all presets instead")
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--samples", type=int, default=64, help="runs of the denoiser to fit to (64)"
        )
        parser.add_argument(
            "--most",
            type=float,
            default=5.0,
            help="mean CIEDE2000 by which pictures in 8 bits may differ (5)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        models = _chosen(options["engines"])
        match options["action"]:
            case "list":
                self._list(_presets() if options["presets"] else map(_row, models), options["json"])
            case "fetch":
                self._fetch(models)
            case "verify":
                self._verify(models)
            case "quantize":
                self._quantize(options)
            case "steps":
                self._steps(options["engines"])
            case _:
                self._delete(models, named=bool(options["engines"]))

    def _list(self, rows: Any, as_json: bool) -> None:
        rows = list(rows)
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        elif not rows:
            self.stdout.write("No diffusion engine is declared; --presets shows what there is.")
        for row in [] if as_json else rows:
            self.stdout.write(self.style.MIGRATE_HEADING(row.get("engine") or row["preset"]))
            for name, value in row.items():
                shown = ", ".join(value) if isinstance(value, list) else value
                self.stdout.write(f"  {name:12} {'' if shown is None else shown}")

    def _fetch(self, models: list[DeclaredModel]) -> None:
        from prodimages.diffusion import store

        for model in models:
            if model.faults:
                raise CommandError(f"{model.alias}: {' '.join(model.faults)}")
        for pin in _pins(models):
            folder = _tried(lambda pin=pin: store.fetch(pin, _Bar))
            self.stdout.write(f"{pin}: {store.size_of(folder) / GIGA:.2f} GB, verified.")

    def _verify(self, models: list[DeclaredModel]) -> None:
        from prodimages.diffusion import store

        wrong = 0
        for pin in _pins(models):
            folder = store.cached(pin)
            altered = list(store.altered_files(folder)) if folder else []
            wrong += folder is None or bool(altered)
            text = "is not on this machine" if folder is None else "is as the hub has it"
            self.stdout.write(f"{pin} {'was altered: ' + ', '.join(altered) if altered else text}.")
        if wrong:
            raise CommandError("Not all weights are there and unaltered; see above.")

    def _quantize(self, options: dict[str, Any]) -> None:
        if len(options["engines"]) != 1:
            raise CommandError("Name the one engine whose model is to be quantized.")
        if options["samples"] < 64:
            raise CommandError("Fewer than 64 samples do not tell how a model computes.")
        from prodimages.diffusion.openvino.quantize import quantize

        read = _openvino_options(options["engines"][0])
        with contextlib.ExitStack() as bars:

            def begin(label: str, count: int) -> Any:
                return bars.enter_context(bar(count, label)).update

            report = _tried(
                lambda: quantize(
                    read, count=options["samples"], most=options["most"], on_stage=begin
                )
            )
        self.stdout.write(
            f"Kept. By {report.samples} samples; mean CIEDE2000 to the full model's pictures "
            f'{report.mean:.2f}, at most {max(report.distances):.2f}. Set "CPU": "openvino-int8".'
        )

    def _steps(self, aliases: list[str]) -> None:
        if len(aliases) != 1:
            raise CommandError("Name the one engine whose steps are to be measured.")
        from prodimages.diffusion.step_ratios import PICTURES, step_ratios

        read = _options(aliases[0], leave_out="STEP_CACHE")
        with bar(PICTURES, "pictures") as pictures:
            ratios = _tried(lambda: step_ratios(read, pictures.update))
        self.stdout.write(f'"STEP_CACHE_KIND": "magnitude", "STEP_RATIOS": {ratios}')

    def _delete(self, models: list[DeclaredModel], *, named: bool) -> None:
        """A folder that an engine names as its PATH stays; only what was made of it goes."""
        from prodimages.diffusion import store
        from prodimages.diffusion.openvino.folder import clear_of

        if not named:
            raise CommandError("Name the engines whose weights are to be deleted.")
        for pin in _pins(models):
            folder = store.cached(pin)
            freed = clear_of(folder) + store.delete(pin) if folder else 0
            self.stdout.write(f"{pin}: {freed / GIGA:.2f} GB are free now.")
        for model in models:
            if model.folder is not None and model.folder.is_dir():
                freed = clear_of(model.folder)
                self.stdout.write(
                    f"{model.alias}: its own folder stays; {freed / GIGA:.2f} GB that OpenVINO "
                    "had made of it are free now."
                )


def _openvino_options(alias: str) -> Any:
    """Those of the engine ``alias``, which must be a sound one on OpenVINO."""
    read = _options(alias)
    if not read.in_openvino:
        raise CommandError(f'{alias}: only what runs in OpenVINO is quantized: "CPU": "openvino".')
    return read


def _options(alias: str, leave_out: str = "") -> Any:
    """Those of the engine ``alias``, sound but for the option that is left out."""
    from prodimages.conf import settings
    from prodimages.engines.model_options import ModelOptions

    _chosen([alias])
    given = settings.ENGINES[alias].get("OPTIONS", {})
    kept = {name: value for name, value in given.items() if name != leave_out}
    read, faults = ModelOptions.parse(kept)
    if read is None or faults:
        raise CommandError(f"{alias}: {' '.join(fault.message for fault in faults)}")
    return read


def _chosen(aliases: list[str]) -> list[DeclaredModel]:
    models = {model.alias: model for model in declared_models()}
    if unknown := [alias for alias in aliases if alias not in models]:
        known = ", ".join(models) or "none"
        raise CommandError(f"No diffusion engine “{unknown[0]}”; declared are: {known}.")
    return [models[alias] for alias in aliases] if aliases else list(models.values())


def _pins(models: list[DeclaredModel]) -> list[Any]:
    """Each once, also where several engines use it. Raises CommandError for one unpinned."""
    from prodimages.diffusion.store import Pin

    found = {}
    for model in models:
        for repository, revision in model.repositories:
            if not revision:
                raise CommandError(f"{model.alias}: no revision of {repository} is pinned.")
            found[repository, revision] = Pin(repository, revision)
    return list(found.values())


def _tried(action: Any) -> Any:
    try:
        return action()
    except JobFailure as failure:
        raise CommandError(str(failure)) from failure


def _row(model: DeclaredModel) -> dict[str, Any]:
    from prodimages.diffusion import store

    pins = [store.Pin(*pair) for pair in model.repositories]
    folders = [store.cached(pin) if pin.revision else None for pin in pins]
    whole = all(folder is not None for folder in folders)
    size = sum(store.size_of(folder) for folder in folders if folder)
    return {
        "engine": model.alias,
        **model.facts,
        "weights": [f"{pin.repository}@{pin.revision or 'unpinned'}" for pin in pins],
        "cached": whole,
        "disk_gb": round(size / GIGA, 2),
        "problems": model.faults,
    }


def _presets() -> Iterator[dict[str, Any]]:
    from prodimages.engines.declared import facts_of
    from prodimages.engines.presets import PRESETS

    for name, preset in PRESETS.items():
        yield facts_of(name, preset) | {"weights": list(preset.repositories)}
