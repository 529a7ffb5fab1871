"""The pages on diffusion models say what the presets and options are."""

from __future__ import annotations

from prodimages.choices import Task
from prodimages.engines.model_parameters import OWN
from prodimages.engines.option_values import KNOWN
from prodimages.engines.pipelines import traits_of
from prodimages.engines.presets import FORBIDDEN, PRESETS, Preset
from tests.docs.pages import codes, page, rows, section

CHOOSING = "howto/choosing-a-model.md"


def documented() -> dict[str, list[str]]:
    table = page(CHOOSING).split("\n## ")[0]
    return {row[0].strip("`"): row[1:] for row in rows(table)}


def test_every_preset_has_its_row_with_license_size_and_use() -> None:
    table = documented()
    assert list(table) == list(PRESETS)
    for name, preset in PRESETS.items():
        assert table[name][-1] == preset.best_for
        assert table[name][3] == str(preset.steps)
        if name != "custom":
            commercial = "yes" if preset.commercial else "no"
            assert table[name][:3] == [preset.license, commercial, f"{preset.parameters:g}"]
            assert table[name][4] == f"{preset.memory:g}"


def can(preset: Preset) -> list[str]:
    traits = [traits_of(preset.parts, task) for task in preset.tasks]
    negative = preset.guidance > 1 and not preset.distilled and any(one.negative for one in traits)
    tasks = (Task.BACKGROUND, Task.TEXT_TO_IMAGE, Task.RESTYLE, Task.TRY_ON)
    does = [task in preset.tasks for task in tasks]
    if any(one.references for one in traits):
        reference = "yes"
    else:
        adapts = any(one.ip_adapter for one in traits) and not preset.shipped
        reference = "by an IP-Adapter" if adapts else "–"
    return [*("yes" if one else "–" for one in [*does, negative]), reference]


def test_what_each_preset_can_do_is_as_documented() -> None:
    table = rows(section(CHOOSING, "## What each preset can do"))
    assert {row[0].strip("`"): row[1:] for row in table} == {
        name: can(preset) for name, preset in PRESETS.items()
    }


def test_models_that_no_preset_runs_are_named() -> None:
    assert all(title in page(CHOOSING) for title in FORBIDDEN.values())


def test_every_option_and_parameter_is_documented() -> None:
    name = "howto/diffusion.md"
    options = {code for row in rows(section(name, "## Options")) for code in codes(row[0])}
    assert options == KNOWN
    parameters = rows(section(name, "## What a style can set"))
    assert {row[0].strip("`") for row in parameters} == OWN
