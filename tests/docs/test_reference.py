"""The reference says what the code says: nothing is missing, nothing is stale."""

from __future__ import annotations

import argparse
import inspect
import re
import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class
from django.dispatch import Signal

from prodimages import signals
from prodimages.choices import (
    IMAGE_TRANSITIONS,
    JOB_TRANSITIONS,
    AttemptOutcome,
    FailureKind,
    ImageState,
    JobState,
    Reason,
    Task,
)
from prodimages.conf import DEFAULTS
from prodimages.engines.studio.prompt import read
from prodimages.engines.studio.styles import STYLES
from prodimages.engines.studio.thumbnails import FOLDER
from prodimages.pipeline.overrides import BOUNDS, LIGHTS
from prodimages.pipeline.registry import CHAINS
from prodimages.services.prompts import FIELDS, MAX_PROMPT, MAX_VALUE
from tests.docs.pages import DOCS, ROOT, codes, first_codes, page, rows, section

ROOMS = ("prodimages", "shop_integration")


def test_every_setting_is_documented_and_none_is_stale() -> None:
    assert first_codes(section("reference/settings.md", "## PRODIMAGES")) == list(DEFAULTS)


def test_defaults_of_plain_settings_are_the_documented_ones() -> None:
    for row in rows(section("reference/settings.md", "## PRODIMAGES")):
        default = DEFAULTS[row[0].strip("`")]
        if isinstance(default, int | float | str):
            assert (
                row[1] == "`" + (f'"{default}"' if isinstance(default, str) else f"{default}") + "`"
            )


def test_every_check_is_documented_and_none_is_stale() -> None:
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    source = "".join(path.read_text() for path in modules)
    assert set(first_codes(page("reference/checks.md"))) == set(
        re.findall(r'id="(prodimages\.[EW]\d{3})"', source)
    )


def test_every_signal_is_documented_with_its_arguments() -> None:
    there = {name for name, value in vars(signals).items() if isinstance(value, Signal)}
    documented = first_codes(page("reference/signals.md"))
    assert set(documented) == there
    source = inspect.getsource(signals)
    for row in rows(page("reference/signals.md")):
        name = row[0].strip("`")
        said = re.search(rf'^{name} = Signal\(\)\n"""(.+)"""$', source, re.M)
        assert said is not None
        assert f"Sent by {row[1].strip('`')} with" in said[1]
        assert codes(row[2]) == set(re.findall(r"``(\w+)``", said[1]))


@pytest.mark.parametrize(
    "heading, transitions",
    [("## States of a job", JOB_TRANSITIONS), ("## States of a picture", IMAGE_TRANSITIONS)],
)
def test_tables_of_states_are_those_of_the_code(heading: str, transitions: dict) -> None:
    documented = {
        row[0].strip("`"): codes(row[2])
        for row in rows(section("reference/models-and-states.md", heading))
    }
    assert documented == {str(state): set(after) for state, after in transitions.items()}


def test_every_state_task_and_outcome_is_documented() -> None:
    name = "reference/models-and-states.md"
    assert set(first_codes(section(name, "## States of a job"))) == set(JobState.values)
    assert set(first_codes(section(name, "## States of a picture"))) == set(ImageState.values)
    assert set(first_codes(section(name, "## Outcomes of an attempt"))) == set(
        AttemptOutcome.values
    )
    tasks = rows(section(name, "## Tasks"))
    assert [row[0].strip("`") for row in tasks] == Task.values
    assert {row[0].strip("`") for row in tasks if row[1] != "reserved"} == set(CHAINS)


def test_every_kind_of_failure_is_documented_with_what_to_do() -> None:
    listed = section("reference/models-and-states.md", "## Kinds of failure")
    assert codes(listed) >= set(FailureKind.values)
    assert first_codes(section("howto/troubleshooting.md", "## A job failed")) == FailureKind.values


def test_reasons_are_the_listed_ones() -> None:
    text = section("reference/models-and-states.md", "## Reasons")
    assert codes(text) == set(Reason.values)


def test_placements_have_the_stated_bounds() -> None:
    documented = rows(section("reference/styles.md", "## Placement by hand"))
    bounds = {name: f"{least:g} to {most:g}" for name, (least, most) in BOUNDS.items()}
    lights = ", ".join(f"`{light}`" for light in LIGHTS)
    assert {row[0].strip("`"): row[1] for row in documented} == bounds | {"light": lights}


def test_every_command_and_option_is_documented() -> None:
    ours = {name: app for name, app in get_commands().items() if name.startswith("prodimages_")}
    headings = re.findall(r"^## (prodimages_\w+)$", page("reference/commands.md"), re.M)
    assert set(headings) == set(ours)
    for name, app in ours.items():
        parser = load_command_class(str(app), name).create_parser("manage.py", name)
        common = {"-h", "--help", "--version", "-v", "--verbosity", "--settings", "--pythonpath"}
        common |= {"--traceback", "--no-color", "--force-color", "--skip-checks"}
        options = {
            text
            for action in parser._actions
            if not isinstance(action, argparse._HelpAction)
            for text in action.option_strings
        } - common
        text = section("reference/commands.md", f"## {name}")
        documented = {code.split(" ")[0] for code in codes(text) if code.startswith("--")}
        assert documented == options, name


def test_tables_of_styles_are_current_and_have_their_thumbnails() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "style_tables.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = {path.stem for path in FOLDER.glob("*.webp")}
    assert shown == {style["slug"] for style in STYLES}


def test_numbers_of_styles_and_limits_of_prompts_are_the_stated_ones() -> None:
    backgrounds = sum(style["task"] == "background" for style in STYLES)
    assert f"({backgrounds} scenes" in (ROOT / "README.md").read_text()
    assert f"{len(STYLES)} shipped styles" in (ROOT / "CHANGELOG.md").read_text()
    prompts = section("reference/styles.md", "## Prompts")
    assert {f"{{{field}}}" for field in FIELDS} <= codes(prompts)
    assert f"cut at {MAX_VALUE} characters, a prompt at {MAX_PROMPT:,}" in " ".join(prompts.split())


def test_prompts_that_are_shown_are_understood_word_for_word() -> None:
    shown = re.findall(r"^> (.+)$", section("reference/styles.md", "## Prompts"), re.M)
    assert len(shown) == 2
    for prompt in shown:
        reading = read(prompt)
        assert reading.ignored == ()
        assert reading.understood["color"] == "#a9b597"
        assert reading.understood["light"] == "left"
