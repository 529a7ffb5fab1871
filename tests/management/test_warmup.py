"""One picture of each engine before the first job comes."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from prodimages.engines.registry import get_engine
from tests.diffusion import tiny
from tests.diffusion.conftest import options_for

DIFFUSION = "prodimages.engines.diffusers.DiffusersEngine"
REMOTE = {"BACKEND": "prodimages.engines.remote.RemoteEngine", "OPTIONS": {}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.save(tiny.stable_diffusion(9), tmp_path_factory.mktemp("model"))


@pytest.fixture
def declare(flat, settings):
    def declare(**engines):
        settings.PRODIMAGES = flat | {"ENGINES": flat["ENGINES"] | engines}

    yield declare
    get_engine("model").close()


def run(capsys, *arguments) -> list[dict]:
    call_command("prodimages_warmup", "--size", "64", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


def test_loads_the_models_and_makes_one_picture_with_each(declare, folder, capsys):
    options = options_for(folder, "sd-inpaint")
    declare(model={"BACKEND": DIFFUSION, "OPTIONS": options}, remote=REMOTE)
    (result,) = run(capsys)  # an engine that may charge for it is not asked
    assert (result["engine"], result["task"], result["error"]) == ("model", "text_to_image", "")
    assert result["seconds"] > 0
    assert get_engine("model").is_warm
    (result,) = run(capsys, "flat")
    assert (result["engine"], result["task"]) == ("flat", "background")


def test_an_engine_without_its_weights_fails_in_words_and_the_others_are_tried(
    declare, folder, tmp_path, capsys
):
    broken = options_for(tmp_path / "nothing", "sd-inpaint")
    sound = options_for(folder, "sd-inpaint")
    declare(
        broken={"BACKEND": DIFFUSION, "OPTIONS": broken},
        model={"BACKEND": DIFFUSION, "OPTIONS": sound},
    )
    with pytest.raises(CommandError, match="Not every engine"):
        call_command("prodimages_warmup", "--size", "64")
    out = capsys.readouterr().out
    assert "broken: The folder of the model's weights has no model_index.json." in out
    assert "model: one picture (text_to_image) after" in out


def test_an_engine_with_wrong_settings_and_a_wrong_size_are_told(declare, capsys):
    declare(model={"BACKEND": DIFFUSION, "OPTIONS": {"PRESET": "nothing"}})
    with pytest.raises(CommandError, match="Not every engine"):
        call_command("prodimages_warmup")
    with pytest.raises(CommandError, match="--size is a number"):
        call_command("prodimages_warmup", "--size", "1")
    with pytest.raises(CommandError, match="There is no engine"):
        call_command("prodimages_warmup", "other")


def test_what_a_folder_keeps_compiled_is_compiled_for_the_workers(flat, monkeypatch):
    warmed = []
    kind = type(get_engine("flat"))
    monkeypatch.setattr(kind, "warm_up", lambda self: warmed.append(self.alias))
    call_command("prodimages_warmup", "flat", "--size", "64")
    assert warmed == []
    monkeypatch.setattr(kind, "compiles", True)
    call_command("prodimages_warmup", "flat", "--size", "64")
    assert warmed == ["flat"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_diffusion_engine_compiles_for_others_only_where_that_is_kept(declare, folder, kept):
    options = options_for(folder, "sd-inpaint", DEVICE="cuda", COMPILE=True)
    if kept:
        options["COMPILE_CACHE"] = "/var/cache/compiled"
    declare(model={"BACKEND": DIFFUSION, "OPTIONS": options})
    assert get_engine("model").compiles is kept
