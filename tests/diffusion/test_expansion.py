"""Longer prompts that a language model of this machine proposes."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from prodimages.diffusion import expansion
from prodimages.exceptions import JobFailure
from tests.diffusion import tiny
from tests.factories import make_style


@pytest.fixture(scope="module")
def writer(tmp_path_factory):
    """Folder of a language model that writes letters without sense."""
    folder = tmp_path_factory.mktemp("writer")
    tokenizer = tiny.qwen_tokenizer()
    tokenizer.chat_template = None
    tokenizer.save_pretrained(folder)
    tiny.qwen_text_encoder(len(tokenizer), layers=1).save_pretrained(folder)
    return folder


def test_a_model_without_a_chat_goes_on_and_a_seed_gives_the_same_words(writer):
    one = expansion.expand("a mug on oak", writer, seed=1)
    assert one.startswith("a mug on oak")
    assert len(one) > len("a mug on oak")
    assert expansion.expand("a mug on oak", writer, seed=1) == one
    assert expansion.expand("a mug on oak", writer, seed=2) != one


def test_weights_that_may_run_code_are_refused(writer, tmp_path):
    (tmp_path / "model.bin").write_bytes(b"x")
    with pytest.raises(JobFailure, match="pickles"):
        expansion.expand("a mug", tmp_path)
    (tmp_path / "modeling.py").write_text("raise SystemExit")
    with pytest.raises(JobFailure, match="code of their own"):
        expansion.expand("a mug", tmp_path)
    with pytest.raises(JobFailure, match="no language model"):
        expansion.expand("a mug", tmp_path / "nothing")


@pytest.mark.django_db
def test_a_proposal_is_printed_and_written_only_when_asked(flat, monkeypatch, capsys):
    style = make_style(prompt="{name} on oak")
    monkeypatch.setattr(expansion, "expand", lambda prompt, folder, seed: f"{prompt}, soft light")
    call_command("prodimages_expand", style.slug, model="/x")
    assert capsys.readouterr().out == "{name} on oak, soft light\n"
    style.refresh_from_db()
    assert style.prompt == "{name} on oak"
    call_command("prodimages_expand", style.slug, model="/x", write=True)
    style.refresh_from_db()
    assert style.prompt == "{name} on oak, soft light"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a mug on oak", "lost or made up {name}"),
        ("{name} in {color}", "lost or made up {color}"),
        ("{name} {price}", "a product has only"),
        ("{name} " + 2500 * "x", "allowed"),
    ],
)
def test_a_proposal_that_can_not_be_used_is_refused(flat, monkeypatch, text, words):
    style = make_style(prompt="{name} on oak")
    monkeypatch.setattr(expansion, "expand", lambda prompt, folder, seed: text)
    with pytest.raises(CommandError, match=words):
        call_command("prodimages_expand", style.slug, model="/x", write=True)
    style.refresh_from_db()
    assert style.prompt == "{name} on oak"


@pytest.mark.django_db
def test_a_style_that_is_not_there_is_told():
    with pytest.raises(CommandError, match="has no style nothing"):
        call_command("prodimages_expand", "nothing", model="/x")
