"""Weights of the diffusion engines: listed, fetched, verified, deleted."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from huggingface_hub import constants

from tests.management.hub import COMMIT, Hub, serving

MODEL, TINY = "shop/tiny-turbo", "shop/tiny-decoder"
ENGINE = "prodimages.engines.diffusers.DiffusersEngine"
OPTIONS = {
    "PRESET": "sd-turbo",
    "TINY_VAE": TINY,
    "REVISIONS": {"stabilityai/sd-turbo": COMMIT, TINY: COMMIT},
}


@pytest.fixture
def hub(monkeypatch, tmp_path):
    hub = Hub()
    hub.repositories = {
        "stabilityai/sd-turbo": {
            "model_index.json": b"{}",
            "unet/config.json": b'{"layers": 1}',
            "unet/model.safetensors": 1000 * b"weights",
            "unet/model.ckpt": b"never fetched",
        },
        TINY: {"config.json": b"{}", "model.safetensors": b"decoder"},
    }
    with serving(hub):
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        yield hub


@pytest.fixture
def declare(flat, settings):
    def declare(**options):
        engine = {"BACKEND": ENGINE, "OPTIONS": OPTIONS | options}
        settings.PRODIMAGES = flat | {"ENGINES": flat["ENGINES"] | {"diffusion": engine}}

    declare()
    return declare


@pytest.fixture
def run(hub, declare, capsys):
    def run(*arguments: str) -> str:
        call_command("prodimages_models", *arguments)
        return capsys.readouterr().out

    return run


def listed(run) -> dict:
    (row,) = json.loads(run("list", "--json"))
    return row


def test_fetches_what_a_model_needs_at_its_pinned_revision_and_deletes_it(run, hub):
    before = listed(run)
    assert (before["cached"], before["disk_gb"]) == (False, 0)
    assert before["weights"] == [f"stabilityai/sd-turbo@{COMMIT}", f"{TINY}@{COMMIT}"]
    assert (before["license"], before["commercial"]) == ("Stability AI Community", True)
    out = run("fetch", "diffusion")
    assert out.count("verified.") == 2
    assert not [path for path in hub.asked if "ckpt" in path and "resolve" in path]
    assert listed(run)["cached"] is True
    assert run("verify").count("is as the hub has it") == 2
    run("delete", "diffusion")
    assert listed(run)["cached"] is False


def test_what_is_there_is_not_fetched_again(run, hub):
    run("fetch")
    hub.asked.clear()
    run("fetch")
    assert not [path for path in hub.asked if path.endswith("model.safetensors")]


def test_a_changed_file_is_found_without_a_connection(run, hub, monkeypatch, tmp_path):
    run("fetch")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    weights = next((tmp_path / "hub").rglob("unet/model.safetensors"))
    weights.resolve().write_bytes(1000 * b"poisons")
    with pytest.raises(CommandError, match="Not all"):
        call_command("prodimages_models", "verify")


def test_a_file_that_arrives_damaged_is_refused(run, hub):
    hub.damaged = {"stabilityai/sd-turbo"}
    with pytest.raises(CommandError, match="is not what the hub says it is"):
        run("fetch")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"REVISIONS": {TINY: COMMIT}}, "No revision of “stabilityai/sd-turbo” is pinned"),
        ({"REVISIONS": {TINY: COMMIT, "stabilityai/sd-turbo": "main"}}, "No revision"),
        ({"COMMERCIAL": False}, "does not permit commercial use"),
        ({"PRESET": "flux2-dev"}, "may not be used commercially"),
        ({"PRESET": "sd-turbos"}, "There is no preset"),
    ],
)
def test_nothing_is_fetched_for_settings_that_are_refused(run, hub, declare, options, words):
    declare(**options)
    with pytest.raises(CommandError, match=words):
        run("fetch")
    assert hub.asked == []
    assert words in str(listed(run)["problems"])


@pytest.mark.parametrize(
    "code, words",
    [
        ("", "The hub refused stabilityai/sd-turbo@0123456789ab"),
        ("GatedRepo", "asks you to accept its terms"),
        ("RepoNotFound", "hides it from you"),
    ],
)
def test_a_hub_that_refuses_is_told_in_words(run, hub, code, words):
    hub.refusal = code
    with pytest.raises(CommandError, match=words):
        run("fetch")


def test_a_revision_that_does_not_exist_is_told_in_words(run, declare):
    declare(REVISIONS=OPTIONS["REVISIONS"] | {"stabilityai/sd-turbo": 40 * "f"})
    with pytest.raises(CommandError, match="has no such revision: stabilityai/sd-turbo@ffff"):
        run("fetch")


def test_a_machine_without_a_connection_is_told_what_to_do(run, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(CommandError, match="can't be reached"):
        run("fetch")
    with pytest.raises(CommandError, match="see above"):
        run("verify")


def test_deleting_and_unknown_engines_need_a_name(run):
    with pytest.raises(CommandError, match="Name the engines"):
        run("delete")
    with pytest.raises(CommandError, match="declared are: diffusion"):
        run("fetch", "flat")


def test_presets_are_listed_with_their_licenses(run):
    rows = {row["preset"]: row for row in json.loads(run("list", "--presets", "--json"))}
    assert rows["flux2-klein-4b"]["license"] == "Apache-2.0"
    assert rows["sana-sprint"]["commercial"] is False
    assert "flux2-klein-4b" in run("list", "--presets")


def test_says_so_where_no_diffusion_engine_is_declared(run, flat, settings):
    settings.PRODIMAGES = flat
    assert "--presets" in run("list")


def kept_graphs(weights, cache) -> list:
    """What OpenVINO would have made of ``weights``, in two versions."""
    from prodimages.diffusion.openvino.folder import digest_of

    made = []
    for part in {file.parent for file in weights.rglob("*.safetensors")}:
        for version in ("one", "two"):
            graph = cache / "openvino" / digest_of(part)[:32] / version / "graph.bin"
            graph.parent.mkdir(parents=True)
            graph.write_bytes(bytes(10**7))
            made.append(graph)
    return made


def test_what_was_made_of_deleted_weights_goes_with_them(run, settings, hub, tmp_path):
    cache = tmp_path / "cache"
    settings.PRODIMAGES = settings.PRODIMAGES | {"MODEL_CACHE": str(cache)}
    run("fetch", "diffusion")
    snapshot = next((tmp_path / "hub").glob("models--stabilityai*/snapshots/*"))
    made = kept_graphs(snapshot, cache)
    others = cache / "openvino" / ("0" * 32) / "graph.bin"
    others.parent.mkdir()
    others.write_bytes(b"of another model")
    assert f"sd-turbo@{COMMIT[:12]}: 0.02 GB are free now." in run("delete", "diffusion")
    assert not [graph for graph in made if graph.exists()]
    assert others.exists()


def test_a_folder_of_the_operators_stays_when_what_was_made_of_it_goes(
    run, declare, settings, tmp_path
):
    own = tmp_path / "own"
    (own / "unet").mkdir(parents=True)
    (own / "unet" / "model.safetensors").write_bytes(b"weights")
    declare(PATH=str(own), TINY_VAE="")
    cache = tmp_path / "cache"
    settings.PRODIMAGES = settings.PRODIMAGES | {"MODEL_CACHE": str(cache)}
    made = kept_graphs(own, cache)
    assert "its own folder stays; 0.02 GB" in run("delete", "diffusion")
    assert (own / "unet" / "model.safetensors").exists()
    assert not [graph for graph in made if graph.exists()]
