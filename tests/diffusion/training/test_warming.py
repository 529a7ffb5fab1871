from __future__ import annotations

import torch

from prodimages.diffusion.training import warming
from tests.diffusion.training.conftest import program_in


def differing(before, after):
    return {name for name, weight in before.items() if not torch.equal(weight, after[name])}


def test_a_training_begins_with_what_an_earlier_one_wrote(tmp_path, trained):
    written = trained.order.out / "nano"
    program = program_in(tmp_path, warm=written)
    unet, text = warming.denoiser_weights(written)
    stage = program.denoiser_stage()
    assert differing(unet, stage.unet.state_dict()) == set()
    assert differing(text, stage.text.state_dict()) == set()
    assert (tmp_path / "tokenizer" / "tokenizer.json").read_bytes() == (
        written / "tokenizer" / "tokenizer.json"
    ).read_bytes()


def test_its_autoencoder_is_not_trained_again(tmp_path, trained):
    written = trained.order.out / "nano"
    program = program_in(tmp_path, warm=written)
    program.run()
    assert not (tmp_path / "autoencoder" / "checkpoint.pt").exists()
    assert (tmp_path / "nano" / "model_index.json").is_file()


def test_a_run_that_goes_on_keeps_its_own(tmp_path, trained):
    written = trained.order.out / "nano"
    kept = tmp_path / "tokenizer" / "kept"
    kept.parent.mkdir()
    kept.touch()
    warming.take_over(written, tmp_path)
    assert kept.exists()


def test_words_alone_leave_every_convolution_as_it_was(tmp_path, trained):
    written = trained.order.out / "nano"
    program = program_in(tmp_path, warm=written, words=True, stages=["denoiser"])
    stage = program.denoiser_stage()
    before = {name: weight.clone() for name, weight in stage.unet.state_dict().items()}
    for step in range(3):
        stage.optimizer.zero_grad()
        stage.loss(step).backward()
        stage.optimizer.step()
    changed = differing(before, stage.unet.state_dict())
    assert changed
    assert all("attentions." in name or "time_emb" in name for name in changed)
