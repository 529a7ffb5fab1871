"""The plain data of the presets is that of the installed classes."""

from __future__ import annotations

import importlib
import inspect

import pytest

from prodimages.choices import Task
from prodimages.engines.pipelines import FAMILIES, PIPELINES
from prodimages.engines.presets import FORBIDDEN, PRESETS
from prodimages.pipeline.registry import CHAINS


def signature(name: str) -> dict[str, inspect.Parameter]:
    kind = getattr(importlib.import_module("diffusers"), name)
    return dict(inspect.signature(kind.__call__).parameters)


@pytest.mark.parametrize("name", PIPELINES)
def test_traits_are_those_of_the_installed_class(name):
    traits, takes = PIPELINES[name], signature(name)
    kind = getattr(importlib.import_module("diffusers"), name)
    assert traits.image == ("image" in takes)
    assert traits.mask == ("mask_image" in takes)
    assert traits.strength == ("strength" in takes)
    assert traits.size == ({"height", "width"} <= takes.keys())
    assert traits.negative == ("negative_prompt" in takes)
    assert traits.guidance in takes
    assert traits.callback == ("callback_on_step_end" in takes)
    assert traits.ip_adapter == ("ip_adapter_image" in takes)
    assert traits.control == ("control_image" if "control_image" in takes else "")
    assert traits.ip_adapter == any("IPAdapterMixin" in base.__name__ for base in kind.__mro__)
    assert (traits.reference in takes) == bool(traits.references)
    if "max_sequence_length" in takes:
        assert traits.tokens == takes["max_sequence_length"].default
    else:
        assert traits.tokens == 77


@pytest.mark.parametrize("name", [name for name, traits in PIPELINES.items() if traits.strength])
def test_which_way_a_class_rounds_its_steps_is_as_noted(name):
    kind = getattr(importlib.import_module("diffusers"), name)
    source = inspect.getsource(kind.get_timesteps)
    assert PIPELINES[name].floors == ("int(num_inference_steps * strength)" in source)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_names_known_classes_and_tasks_that_can_be_asked(name):
    family = FAMILIES[name]
    # A try-on is asked of the engine itself: nothing orders one yet.
    assert set(family.tasks) <= {*CHAINS, Task.TRY_ON}
    assert set(family.tasks.values()) <= set(PIPELINES)
    assert family.multiple % family.cell == 0
    if Task.RESTYLE in family.tasks:
        assert PIPELINES[family.tasks[Task.RESTYLE]].strength


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_whole_and_within_bounds(name):
    preset = PRESETS[name]
    assert preset.family in FAMILIES
    assert preset.best_for
    assert 1 <= preset.steps <= 50
    assert preset.sides[0] <= preset.sides[1]
    assert all(side % preset.parts.multiple == 0 for side in preset.sides)
    assert bool(preset.lora) == bool(preset.lora_file)
    if name != "custom":
        assert bool(preset.hub_id) != bool(preset.shipped)
        assert preset.license
        assert preset.memory > preset.parameters
        assert preset.parameters > 0


def test_models_that_forbid_commercial_use_are_known_by_name():
    assert {"QwenImage21", "FLUX.2-dev", "CatVTON"} == set(FORBIDDEN.values())
    assert not PRESETS["sana-sprint"].commercial
    assert not set(FORBIDDEN) & set(PRESETS)
