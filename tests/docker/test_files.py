"""Reads the container files: no engine is needed to see that they fit the project."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
DOCKERFILES = {name: DOCKER / f"Dockerfile.{name}" for name in ("web", "worker", "worker-gpu")}
OURS = ("web", "migrate", "worker", "worker-gpu", "reap")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


def dockerfile_of(service: dict[str, Any]) -> Path:
    return (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).resolve()


def instructions(path: Path, name: str) -> list[str]:
    joined = path.read_text().replace("\\\n", " ")
    return [
        line.partition(" ")[2].strip()
        for line in joined.splitlines()
        if line.startswith(name + " ")
    ]


def command_of(service: dict[str, Any]) -> list[str]:
    if "command" in service:
        return service["command"]
    return json.loads(instructions(dockerfile_of(service), "CMD")[0])


def test_dockerfiles_are_the_ones_that_compose_builds(compose: dict[str, Any]) -> None:
    built = {dockerfile_of(compose["services"][name]) for name in OURS}
    assert built == set(DOCKERFILES.values())


def test_our_commands_name_what_there_is(compose: dict[str, Any]) -> None:
    for name in OURS:
        command = shlex.split(" ".join(command_of(compose["services"][name])).replace(";", " ; "))
        if "manage.py" in command:
            assert (ROOT / "manage.py").is_file()
            assert command[command.index("manage.py") + 1] in get_commands()
        elif command[0] == "celery":
            assert importlib.util.find_spec(command[command.index("-A") + 1])
        else:
            assert command[0] == "gunicorn"
            module, _, attribute = command[1].partition(":")
            assert hasattr(importlib.import_module(module), attribute)


def test_health_is_asked_of_every_lasting_service(compose: dict[str, Any]) -> None:
    for name in ("database", "broker", "web", "worker", "worker-gpu"):
        check = compose["services"][name]["healthcheck"]
        assert check["test"][0] == "CMD"
        if "manage.py" in check["test"]:
            assert check["test"][-1] in get_commands()


def test_variables_are_ones_that_the_project_reads(compose: dict[str, Any]) -> None:
    project = ROOT / "shop_integration" / "project"
    source = "".join(path.read_text() for path in project.glob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"|flag\("(\w+)"', source))
    known = {name for pair in read for name in pair if name}
    assert {"DATABASE_URL", "BROKER_URL", "SECRET_KEY"} <= known
    for name in OURS:
        assert set(compose["services"][name]["environment"]) <= known
    page = (ROOT / "docs" / "howto" / "scale-out.md").read_text()
    table = page.partition("## The reference project in containers")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == known


def test_workers_take_from_the_queue_of_the_settings(compose: dict[str, Any]) -> None:
    from prodimages.conf import DEFAULTS

    command = command_of(compose["services"]["worker"])
    assert command[command.index("-Q") + 1] == DEFAULTS["QUEUE"]


def test_a_preset_declares_an_engine_for_the_worker_with_a_card(compose, monkeypatch) -> None:
    from prodimages.engines.model_options import ModelOptions
    from shop_integration.project.environment import engines

    monkeypatch.delenv("DIFFUSION_PRESET", raising=False)
    assert set(engines()) == {"studio", "fitting"}
    assert set(engines(demo=True)) == {"studio", "fitting", "nano"}
    commit = 40 * "a"
    monkeypatch.setenv("DIFFUSION_PRESET", "sd-turbo")
    pins = f"stabilityai/sd-turbo={commit}, madebyollin/taesd = {commit},"
    monkeypatch.setenv("DIFFUSION_REVISIONS", pins)
    declared = engines()["diffusion"]
    assert ModelOptions.parse(declared["OPTIONS"])[1] == []
    command = command_of(compose["services"]["worker-gpu"])
    assert command[command.index("-Q") + 1] == declared["QUEUE"]
    assert command[command.index("--concurrency") + 1] == "1"


def test_the_worker_with_a_card_gets_one_and_keeps_its_models(compose: dict[str, Any]) -> None:
    service = compose["services"]["worker-gpu"]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["count"], device["capabilities"]) == ("nvidia", 1, ["gpu"])
    assert service["profiles"] == ["gpu"]  # so that a machine without a card starts the rest
    (home,) = re.findall(r"HF_HOME=(\S+)", DOCKERFILES["worker-gpu"].read_text())
    assert f"models:{home}" in service["volumes"]


def test_images_stand_on_pinned_versions(compose: dict[str, Any]) -> None:
    bases = [base for path in DOCKERFILES.values() for base in instructions(path, "FROM")]
    others = [one["image"] for one in compose["services"].values() if "build" not in one]
    for image in [*bases, *others]:
        assert re.fullmatch(r"[\w./-]+:\d[\w.-]*", image), image


def test_torch_is_in_the_image_with_a_card_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, path in DOCKERFILES.items():
        text = path.read_text()
        extras = re.search(r"-e '\.\[([\w,]+)\]'", text)[1].split(",")  # type: ignore[index]
        wanted = [
            *project["dependencies"],
            *(line for extra in extras for line in project["optional-dependencies"][extra]),
            *(DOCKER / "requirements.txt").read_text().splitlines(),
        ]
        has_torch = any(line.startswith(("torch", "diffusers")) for line in wanted)
        assert has_torch == (name == "worker-gpu")


def test_waited_for_services_and_volumes_exist(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, wait in service.get("depends_on", {}).items():
            other = compose["services"][name]
            assert wait["condition"] != "service_healthy" or "healthcheck" in other
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            there = (DOCKER / source).exists() if source.startswith(".") else False
            assert there or source in compose["volumes"]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_images_run_as_somebody_without_rights(name: str) -> None:
    users = instructions(DOCKERFILES[name], "USER")
    assert int(users[-1]) > 0  # a number, as Kubernetes asks for to know that it is not root
    assert f"--uid {users[-1]} " in DOCKERFILES[name].read_text()


@pytest.mark.parametrize("name", DOCKERFILES)
def test_images_install_extras_and_copy_files_that_exist(name: str) -> None:
    text = DOCKERFILES[name].read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = set(re.search(r"-e '\.\[([\w,]+)\]'", text)[1].split(","))  # type: ignore[index]
    assert extras <= set(project["optional-dependencies"])
    assert ("cpu" in extras) == name.startswith("worker")
    assert ("tryon" in extras) == name.startswith("worker")  # without it no shopper's photo passes
    for path in re.findall(r"-[cr] (\S+\.txt)", text):
        assert (ROOT / path).is_file()
    ignored = (DOCKER / f"Dockerfile.{name}.dockerignore").read_text().split()
    needed = ("prodimages", "shop_integration", "templates", "manage.py", "docker", "README.md")
    assert not set(needed) & set(ignored)


def test_extra_requirements_agree_with_the_tested_versions() -> None:
    tested = (ROOT / "constraints.txt").read_text().lower().splitlines()
    for line in (DOCKER / "requirements.txt").read_text().splitlines():
        name, pinned, _version = line.partition("==")
        if pinned and any(other.startswith(name + "==") for other in tested):
            assert line in tested
